package io.interrex.postgresql;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * What a server stores of a password (RFC 5803, as PostgreSQL's {@code pg_authid.rolpassword} has it). A server that others
 * run is given this and not the password: what it logs or counts of statements keeps no secret.
 */
final class ScramVerifier {

    private static final int ITERATIONS = 4096;
    private static final int SALT_BYTES = 16;
    private static final int KEY_BITS = 256;

    private ScramVerifier() {}

    static String of(String password) throws Trouble {
        byte[] salt = new byte[SALT_BYTES];
        new SecureRandom().nextBytes(salt);
        return of(password, ITERATIONS, salt);
    }

    /** Whether a stored verifier is this password's. */
    static boolean matches(String verifier, String password) throws Trouble {
        String[] parts = verifier.split("[$:]", -1);
        if (parts.length != 5 || !parts[0].equals("SCRAM-SHA-256") || !parts[1].matches("[0-9]{1,7}")) {
            return false;
        }
        String again =
                of(password, Integer.parseInt(parts[1]), Base64.getDecoder().decode(parts[2]));
        return MessageDigest.isEqual(again.getBytes(StandardCharsets.UTF_8), verifier.getBytes(StandardCharsets.UTF_8));
    }

    private static String of(String password, int iterations, byte[] salt) throws Trouble {
        if (!password.chars().allMatch(c -> c > ' ' && c < 127)) {
            throw Trouble.refused("a password of Interrex's own roles has other characters than printable ASCII ones:"
                    + " let it be made anew, or write another into its file");
        }
        try {
            byte[] salted = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                    .generateSecret(new PBEKeySpec(password.toCharArray(), salt, iterations, KEY_BITS))
                    .getEncoded();
            byte[] stored = MessageDigest.getInstance("SHA-256").digest(mac(salted, "Client Key"));
            Base64.Encoder base64 = Base64.getEncoder();
            return "SCRAM-SHA-256$" + iterations + ":" + base64.encodeToString(salt) + "$"
                    + base64.encodeToString(stored) + ":" + base64.encodeToString(mac(salted, "Server Key"));
        } catch (GeneralSecurityException e) {
            throw Trouble.refused("this Java has no SCRAM-SHA-256: " + e.getMessage());
        }
    }

    private static byte[] mac(byte[] key, String text) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    }
}
