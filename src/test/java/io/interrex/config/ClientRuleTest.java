package io.interrex.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.testkit.TempPostgres;
import io.interrex.testkit.Unprivileged;
import java.nio.file.Files;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A line of client-rules")
@Timeout(60)
final class ClientRuleTest {

    private static final List<String> NAMES = List.of("all", "app,web", "\"my-db\"", "+team", "a,", "a,,b", "\"open");

    private static final List<String> ADDRESSES = List.of(
            "all",
            "samehost",
            "samenet",
            "10.0.0.0/8",
            "10.0.0.1/32",
            "10.0.0.0/33",
            "10.0.0.0/08",
            "10.0.0.0 255.0.0.0",
            "10.0.0.0 255.0.255.0",
            "10.0.0.1",
            "10.0.0",
            "10.0.0.256/8",
            "::1/128",
            "fe80::/10",
            "::1/129",
            "::1",
            "2001:db8::/ffff::",
            "db.example.org",
            ".example.org",
            "db.example.org/24",
            "all/8");

    private static final List<String> METHODS = List.of(
            "trust",
            "reject",
            "scram-sha-256",
            "scram-sha256",
            "md5",
            "cert",
            "cert map=web",
            "scram-sha-256 clientcert=verify-full",
            "scram-sha-256 clientcert=yes",
            "gss include_realm=0 krb_realm=X",
            "gss include_realm=",
            "ident map=web",
            "pam pamservice=pg",
            "peer",
            "ldap",
            "ldap ldapserver=x ldapprefix=cn=",
            "ldap ldapserver=x ldapprefix=cn= ldapbasedn=dc=x",
            "ldap ldapserver=x ldapbasedn=dc=x ldapsearchattribute=uid",
            "ldap ldapserver=x ldapbasedn=dc=x ldapsearchattribute=uid ldapsearchfilter=a",
            "trust map=web",
            "");

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "host all all all scram-sha-256",
                "hostssl app app 10.0.0.0/8 scram-sha-256 clientcert=verify-full",
                "hostnossl\tapp,web\t+team\t10.1.2.3  255.255.255.255  md5",
                "hostssl all all ::/0 cert map=web"
            })
    void accepted(String line) {
        assertEquals(null, ClientRule.wrong(line));
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "local all all trust",
                "host all all 10.0.0.0 scram-sha-256",
                "host all all 10.0.0.0/8",
                "host all all 10.0.0.0/8 scram",
                "host all all 10.0.0.0/40 md5",
                "host app, web all 10.0.0.0/8 md5",
                "host all all all md5 # a comment",
                "host @file all all md5",
                "host all all all cert",
                "host all all all md5 \\",
                "host all all all ldap ldapserver=x ldapprefix=cn\\",
                "host /^app all all md5",
                "host all web,\"/^app\" all md5",
                "host all all all radius radiusservers=x radiussecrets=y"
            })
    void refused(String line) {
        assertTrue(ClientRule.wrong(line) != null, line);
    }

    @Test
    @DisplayName("that goes on in the next one, or has a regular expression, is refused with that reason")
    void reasons() {
        assertTrue(String.valueOf(ClientRule.wrong("host all all all md5 \\")).contains("the next line"));
        assertTrue(String.valueOf(ClientRule.wrong("host all a,/b all md5")).contains("regular expression"));
    }

    @Test
    @DisplayName("that is accepted is one that PostgreSQL understands, whatever it is made of")
    void asPostgresUnderstands() throws Exception {
        var lines = new ArrayList<String>();
        for (String type : List.of("host", "hostssl")) {
            for (String names : NAMES) {
                for (String address : ADDRESSES) {
                    METHODS.forEach(method -> lines.add("%s %s all %s %s".formatted(type, names, address, method)));
                }
            }
        }
        List<String> accepted =
                lines.stream().filter(line -> ClientRule.wrong(line) == null).toList();
        assertTrue(accepted.size() > 400, "only " + accepted.size());
        try (var postgres = TempPostgres.create()) {
            Process server = new ProcessBuilder(Unprivileged.command(postgres.argv()))
                    .redirectErrorStream(true)
                    .redirectOutput(postgres.serverLog().toFile())
                    .start();
            try (Connection connection = postgres.connect(Duration.ofSeconds(20))) {
                assertEquals(new TreeMap<>(), errors(postgres, connection, accepted));
                List<String> wrong = List.of(
                        "host all all 10.0.0.0/33 md5", "host all all all scram-sha256", "host all all all ldap");
                assertEquals(wrong.size(), errors(postgres, connection, wrong).size(), "it says what is wrong");
            } finally {
                server.destroy();
                server.waitFor();
            }
        }
    }

    /** That a line cannot match without TLS is no error of the line. */
    private static TreeMap<String, String> errors(TempPostgres postgres, Connection connection, List<String> lines)
            throws Exception {
        Files.write(postgres.data().resolve("pg_hba.conf"), lines);
        var errors = new TreeMap<String, String>();
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery(
                        "select line_number, error from pg_hba_file_rules where error is not null"
                                + " and error not like '%cannot match%'")) {
            while (rows.next()) {
                errors.put(lines.get(rows.getInt(1) - 1), rows.getString(2));
            }
        }
        return errors;
    }
}
