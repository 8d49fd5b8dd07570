package io.interrex.config;

import java.net.Inet6Address;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether PostgreSQL understands a line of pg_hba.conf: with one that it does not it would not start, and an admission of
 * clients would be ignored. Stricter than PostgreSQL (https://www.postgresql.org/docs/15/auth-pg-hba-conf.html): what is accepted here
 * is accepted there, not the other way round.
 */
final class ClientRule {

    private static final Set<String> TYPES = Set.of("host", "hostssl", "hostnossl", "hostgssenc", "hostnogssenc");
    private static final Set<String> NO_ADDRESS = Set.of("all", "samehost", "samenet");

    /** Methods, each with the options that it takes. */
    private static final Map<String, Set<String>> METHODS = Map.of(
            "trust", Set.of(),
            "reject", Set.of(),
            "scram-sha-256", Set.of(),
            "md5", Set.of(),
            "password", Set.of(),
            "ident", Set.of("map"),
            "gss", Set.of("include_realm", "map", "krb_realm"),
            "cert", Set.of("map"),
            "pam", Set.of("pamservice", "pam_use_hostname"),
            "ldap",
                    Set.of(
                            "ldapserver",
                            "ldapport",
                            "ldapscheme",
                            "ldaptls",
                            "ldapprefix",
                            "ldapsuffix",
                            "ldapbasedn",
                            "ldapbinddn",
                            "ldapbindpasswd",
                            "ldapsearchattribute",
                            "ldapsearchfilter"));

    private static final Map<String, String> VALUES = Map.of(
            "include_realm", "[01]",
            "pam_use_hostname", "[01]",
            "ldaptls", "[01]",
            "ldapport", "[1-9][0-9]{0,4}",
            "ldapscheme", "ldaps?",
            "clientcert", "verify-(ca|full)");

    private ClientRule() {}

    /** Null: nothing is wrong with it. */
    static @Nullable String wrong(String line) {
        List<String> fields = new ArrayList<>(List.of(line.strip().split("[ \\t]+")));
        if (line.chars().anyMatch(c -> c == '#' || c == '@' || c != '\t' && Character.isISOControl(c))) {
            return "a line has no comment, names no file by @, and has no control characters";
        }
        if (line.strip().endsWith("\\")) {
            return "it ends with a \\, by which PostgreSQL takes the next line for the rest of this one";
        }
        if (!TYPES.contains(fields.removeFirst())) {
            return "it begins with host, hostssl, hostnossl, hostgssenc or hostnogssenc";
        }
        if (fields.size() < 4) {
            return "after that come databases, users, an address and a method";
        }
        for (String field : fields) {
            if (field.chars().filter(c -> c == '"').count() % 2 != 0) {
                return "'" + field + "' has a quote that does not end";
            }
        }
        for (String names : List.of(fields.removeFirst(), fields.removeFirst())) {
            if (!names.matches("[^,]+(,[^,]+)*")) {
                return "'" + names + "' is no list of names with a comma between each two, and no blank";
            }
            if (List.of(names.replace("\"", "").split(",")).stream().anyMatch(name -> name.startsWith("/"))) {
                return "'" + names
                        + "' has a name that begins with /: to PostgreSQL 16 and newer that is a regular expression, which is not"
                        + " checked here, and to older ones a name";
            }
        }
        String address = address(fields);
        return address != null ? address : method(line.strip().startsWith("hostssl"), fields);
    }

    /** Takes the address, and its mask where it has one, off the fields. */
    private static @Nullable String address(List<String> fields) {
        String address = fields.removeFirst();
        if (NO_ADDRESS.contains(address)) {
            return null;
        }
        int slash = address.indexOf('/');
        String host = slash < 0 ? address : address.substring(0, slash);
        int bits = isIpv4(host) ? 32 : isIpv6(host) ? 128 : 0;
        if (bits == 0) {
            return host.matches("\\.?[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?")
                            && !host.matches("[0-9.]+")
                            && slash < 0
                    ? null
                    : "'" + address
                            + "' is neither an address with its mask, such as 10.0.0.0/8, nor the name of a host";
        }
        if (slash >= 0) {
            String mask = address.substring(slash + 1);
            return mask.matches("0|[1-9][0-9]{0,2}") && Integer.parseInt(mask) <= bits
                    ? null
                    : "'" + address + "' has no mask from /0 to /" + bits;
        }
        String mask = fields.isEmpty() ? "" : fields.removeFirst();
        boolean same = bits == 32 ? isIpv4(mask) && isContiguous(mask) : isIpv6(mask);
        return same
                ? null
                : "the address '" + address + "' has no mask: write " + address + "/" + bits + " for one host";
    }

    private static boolean isIpv4(String text) {
        return text.matches("((25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(\\.(?!$)|$)){4}");
    }

    private static boolean isIpv6(String text) {
        if (!text.contains(":") || !text.matches("[0-9A-Fa-f:.]+")) {
            return false;
        }
        try {
            return Inet6Address.ofLiteral(text) instanceof Inet6Address;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean isContiguous(String mask) {
        long bits = 0;
        for (String part : mask.split("\\.")) {
            bits = bits << 8 | Integer.parseInt(part);
        }
        long inverted = ~bits & 0xFFFF_FFFFL;
        return (inverted & inverted + 1) == 0;
    }

    private static @Nullable String method(boolean ssl, List<String> fields) {
        String method = fields.isEmpty() ? "" : fields.removeFirst();
        Set<String> known = METHODS.get(method);
        if (known == null) {
            return "'" + method + "' is none of the methods "
                    + String.join(", ", METHODS.keySet().stream().sorted().toList());
        }
        if (method.equals("cert") && !ssl) {
            return "the method cert is for hostssl";
        }
        var names = new ArrayList<String>();
        for (String option : fields) {
            String name = option.replaceAll("=.*", "");
            boolean takes = known.contains(name) || name.equals("clientcert") && ssl && !method.equals("cert");
            String value = option.substring(Math.min(option.length(), name.length() + 1));
            if (!takes || value.isEmpty() || !value.matches(VALUES.getOrDefault(name, ".+"))) {
                return "'" + option + "' is no option of the method " + method + ", or has no such value";
            }
            if (names.contains(name)) {
                return "the option " + name + " is there twice";
            }
            names.add(name);
        }
        return method.equals("ldap") ? ldap(names) : null;
    }

    /** Either a prefix or suffix, or a search below a base. */
    private static @Nullable String ldap(List<String> names) {
        boolean simple = names.contains("ldapprefix") || names.contains("ldapsuffix");
        boolean search = names.stream().anyMatch(name -> name.matches("ldap(base|bind|search).*"));
        if (!names.contains("ldapserver")) {
            return "the method ldap needs the option ldapserver";
        }
        if (simple == names.contains("ldapbasedn") || simple && search) {
            return "the method ldap needs either ldapprefix or ldapsuffix, or ldapbasedn and what belongs to a search";
        }
        return names.contains("ldapsearchattribute") && names.contains("ldapsearchfilter")
                ? "the method ldap takes ldapsearchattribute or ldapsearchfilter, not both"
                : null;
    }
}
