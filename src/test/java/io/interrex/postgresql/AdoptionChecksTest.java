package io.interrex.postgresql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.charter.Adoption;
import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.port.Database.Upstream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("In the way of adopting a server is")
final class AdoptionChecksTest {

    private static final Path FROM = Path.of("/var/lib/postgresql/15/main");
    private static final List<String> RULES = List.of("host all all 10.0.0.0/8 md5");

    private static PostgresSettings settings(String member) {
        return PostgresSettings.of(
                        "main",
                        member,
                        Path.of("/var/lib/postgresql/interrex"),
                        Path.of("/usr/lib/postgresql/15/bin"),
                        "10.0.0.1",
                        5432,
                        Path.of("/secrets"),
                        Map.of("c", new Upstream("c", "10.0.0.3", 5432)))
                .withApplication(new PostgresSettings.Application("app", "shop"))
                .withClientRules(RULES)
                .withParameters(Map.of("max_connections", "300"));
    }

    private static AdoptionChecks checks(String member, String first) {
        PostgresSettings settings = settings(member);
        var configuration = new ServerConfiguration(settings);
        return new AdoptionChecks(new AdoptionChecks.Wanted(
                "main",
                first,
                settings,
                configuration::decides,
                name -> name.startsWith("wal_l") || name.equals("archive_mode") || name.equals("listen_addresses")));
    }

    /** What differs from a sound primary, or a sound standby, by name. */
    private static AdoptionFacts facts(Map<String, String> other) {
        boolean standby = other.containsKey("standby");
        return new AdoptionFacts(
                Integer.parseInt(other.getOrDefault("version", "15")),
                !other.containsKey("nobody"),
                standby,
                standby ? "10.0.0.9:5432" : "",
                "7011",
                3,
                !other.containsKey("no-checksums"),
                other.containsKey("hints"),
                Integer.parseInt(other.getOrDefault("senders", "10")),
                list(other.get("physical")),
                list(other.get("logical")),
                list(other.get("tablespaces")),
                List.of("postgres", other.getOrDefault("database", "shop")),
                List.of("postgres", other.getOrDefault("role", "app")),
                new TreeMap<>(),
                other.containsKey("foreign"),
                list(other.getOrDefault("markers", standby ? "1 u" : null)),
                setting(other),
                "/etc/pg_hba.conf",
                List.of("host  all all\t10.0.0.0/8 md5", other.getOrDefault("rule", RULES.getFirst())),
                "/etc/pg_ident.conf",
                other.containsKey("ident"));
    }

    private static List<String> list(@Nullable String words) {
        return words == null || words.equals("-") ? List.of() : List.of(words.split("\\+"));
    }

    private static List<AdoptionFacts.Setting> setting(Map<String, String> other) {
        String set = other.get("set");
        if (set == null) {
            return List.of();
        }
        String[] words = set.split(":");
        String file = words.length > 2 ? words[2] : null;
        return List.of(new AdoptionFacts.Setting(words[0], words[1], file, file != null && file.startsWith("/data/")));
    }

    private static String told(AdoptionChecks checks) {
        var words = new StringBuilder();
        checks.found()
                .forEach(h -> words.append(h.what())
                        .append(h.giveUp().isEmpty() ? "" : " [" + h.giveUp() + "]")
                        .append("; "));
        return words.toString();
    }

    private static Map<String, String> parsed(String situation) {
        var words = new TreeMap<String, String>();
        for (String word : situation.split(",", -1)) {
            int equals = word.indexOf('=');
            words.put(
                    (equals < 0 ? word : word.substring(0, equals)).strip(),
                    equals < 0 ? "" : word.substring(equals + 1).strip());
        }
        return words;
    }

    @ParameterizedTest(name = "a server with {0}: {1}")
    @CsvSource(delimiter = '|', textBlock = """
        nothing                                           | ''
        version=13                                        | it is PostgreSQL 13, and 14 is the oldest
        nobody                                            | the login is no superuser's
        standby                                           | it is in recovery, and follows 10.0.0.9:5432, but the group is to begin with it
        no-checksums                                      | it has neither checksums nor wal_log_hints
        no-checksums,hints                                | ''
        tablespaces=fast                                  | it has tablespaces (fast), which a clone does not bring
        senders=17                                        | max_wal_senders is 17, and Interrex sets 16
        logical=reports                                   | it has logical slots (reports)
        physical=a+b+c+d+e+f+g+h+i+j+k+l+m+n+o+p          | with those of the members there would be 17 slots
        physical=a+b                                      | ''
        database=other                                    | it has no database shop
        role=other                                        | it has no role app
        foreign                                           | it has a database interrex with something else in it
        markers=1 u+2 v                                   | it was a member of an Interrex group before
        markers=7 v                                       | it was a member of an Interrex group before
        markers=1 u                                       | ''
        rule=hostssl all all all scram-sha-256            | would not let clients in any more: hostssl all all all scram-sha-256 [pg_hba.conf]
        ident                                             | the rules in /etc/pg_ident.conf would not hold any more [pg_ident.conf]
        set=work_mem:8MB:/etc/postgresql.conf             | work_mem = '8MB' (/etc/postgresql.conf) would not hold any more [work_mem]
        set=work_mem:8MB                                  | work_mem = '8MB' (its command line) would not hold any more [work_mem]
        set=work_mem:8MB:/data/postgresql.conf            | ''
        set=max_wal_size:9GB:/data/postgresql.conf        | max_wal_size = '9GB' (/data/postgresql.conf) would not hold any more [max_wal_size]
        set=max_wal_size:9GB:/data/postgresql.auto.conf   | ''
        set=max_connections:300:/etc/postgresql.conf      | ''
        set=log_directory:/var/log:/etc/postgresql.conf   | ''
        set=listen_addresses:*:/etc/postgresql.conf       | ''
        set=archive_mode:on:/data/postgresql.conf         | archive_mode = on would not hold any more
        set=archive_mode:off:/data/postgresql.conf        | ''
        set=wal_level:logical:/data/postgresql.conf       | wal_level = logical would not hold any more
        set=wal_log_hints:on:/etc/postgresql.conf         | wal_log_hints = on is set outside of the data directory
        set=wal_log_hints:on:/data/postgresql.conf        | ''
        """)
    void primary(String situation, String told) {
        var checks = checks("a", "a");
        checks.server(facts(parsed(situation)));
        assertTold(told, checks);
    }

    @ParameterizedTest(name = "a replica with {0}: {1}")
    @CsvSource(delimiter = '|', textBlock = """
        standby                | ''
        standby,markers=-      | the marker of the group's first reign has not come here
        standby,markers=7 v    | it was a member of an Interrex group before
        primary                | two nodes would have a primary's data: the group is to begin with a, and the server of b is out of recovery too (system identifier 7011, timeline 3)
        """)
    void replica(String situation, String told) {
        var checks = checks("b", "a");
        checks.server(facts(parsed(situation)));
        assertTold(told, checks);
    }

    @Test
    @DisplayName("a replica whose passwords are not this node's")
    void passwords(@TempDir Path secrets) throws Exception {
        Files.writeString(secrets.resolve("interrex_admin"), "right\n");
        var passwords = checks("b", "a");
        passwords.passwords(withVerifier(ScramVerifier.of("right")), new Secrets(secrets));
        assertEquals(List.of(), passwords.found());
        passwords.passwords(withVerifier(ScramVerifier.of("wrong")), new Secrets(secrets));
        assertTrue(told(passwords).contains("the password of interrex_admin"), told(passwords));
        passwords.passwords(withVerifier("md5abc"), new Secrets(secrets));
        assertEquals(2, passwords.found().size());
    }

    @Test
    @DisplayName("a directory of secrets without the application's password, which nobody but a person knows")
    void applicationPassword(@TempDir Path secrets) throws IOException {
        var checks = checks("a", "a");
        checks.applicationPassword(secrets);
        assertTold("the password of app is not in the directory of secrets", checks);
        Files.writeString(secrets.resolve("app"), "known\n");
        var again = checks("a", "a");
        again.applicationPassword(secrets);
        assertTold("", again);
    }

    @ParameterizedTest(name = "a server that was prepared as {0}, where the group begins with {1} now")
    @CsvSource({"primary, b, the primary", "standby, a, a replica"})
    @DisplayName("a file that says another primary than the one that was prepared")
    void changedItsMind(String prepared, String first, String told) {
        var checks = checks("a", first);
        boolean primary = prepared.equals("primary");
        checks.stopped(
                place(Map.of()),
                control(Map.of("state", primary ? "shut down" : "shut down in recovery")),
                adoption(primary));
        assertTold("it was prepared as " + told + ", and now the group is to begin with " + first, checks);
    }

    private static Adoption adoption(boolean primary) {
        return new Adoption("a", primary, "7011", 3, new UUID(0, 1), FROM.toString(), "eve");
    }

    private static ControlData control(Map<String, String> other) {
        return new ControlData(
                other.getOrDefault("system", "7011"),
                other.getOrDefault("state", ""),
                Lsn.ZERO,
                Integer.parseInt(other.getOrDefault("timeline", "3")),
                Lsn.ZERO,
                0,
                8192,
                16 << 20,
                true);
    }

    private static AdoptionFacts withVerifier(String verifier) {
        AdoptionFacts f = facts(Map.of("standby", ""));
        f.verifiers().put("interrex_admin", verifier);
        return f;
    }

    private static AdoptionPlace place(Map<String, String> other) {
        return new AdoptionPlace(
                FROM,
                !other.containsKey("broken"),
                other.getOrDefault("owner", "postgres"),
                "postgres",
                !other.containsKey("fixed"),
                other.containsKey("taken"),
                Long.parseLong(other.getOrDefault("free", "600")) << 20,
                !other.containsKey("no-history"),
                other.containsKey("link"),
                Long.parseLong(other.getOrDefault("pid", "0")),
                null,
                list(other.get("manager")),
                other.getOrDefault("unit", ""));
    }

    @ParameterizedTest(name = "a directory with {0}: {1}")
    @CsvSource(delimiter = '|', textBlock = """
        nothing     | ''
        broken      | /var/lib/postgresql/15/main is no data directory of PostgreSQL
        owner=root  | /var/lib/postgresql/15/main belongs to the user root, and this runs as postgres
        fixed       | cannot become /var/lib/postgresql/interrex/data by one rename
        taken       | /var/lib/postgresql/interrex has something in it already
        free=511    | 511 MiB are free
        no-history  | the history file of its timeline is not in /var/lib/postgresql/15/main/pg_wal
        link        | pg_wal is a relative link
        """)
    void directory(String situation, String told) {
        var checks = checks("a", "a");
        checks.place(place(parsed(situation)));
        assertTold(told, checks);
    }

    @Test
    @DisplayName("a file that does not say that the group adopts one")
    void unwanted() {
        var checks = checks("a", "");
        checks.place(place(Map.of()));
        assertTold("the file does not say that group main begins with an existing database", checks);
    }

    @ParameterizedTest(name = "{0} that is to be moved: {1}")
    @CsvSource(delimiter = '|', textBlock = """
        primary,state=shut down                          | ''
        standby,state=shut down in recovery              | ''
        primary,state=shut down in recovery              | its server ended as 'shut down in recovery'
        standby,state=shut down                          | its server ended as 'shut down'
        primary,state=in production                      | its server ended as 'in production'
        primary,state=in production,pid=7                | its server runs (process 7)
        primary,state=shut down,system=8                 | it is of system identifier 8 and timeline 3 now, and was prepared with 7011 and 3
        primary,state=shut down,timeline=4               | it is of system identifier 7011 and timeline 4 now
        primary,state=shut down,manager=patroni          | patroni runs on this host
        """)
    void stopped(String situation, String told) {
        Map<String, String> other = parsed(situation);
        boolean primary = other.containsKey("primary");
        var checks = checks("a", primary ? "a" : "b");
        checks.stopped(place(other), control(other), adoption(primary));
        assertTold(told, checks);
    }

    private static void assertTold(@Nullable String expected, AdoptionChecks checks) {
        if (expected == null || expected.isEmpty()) {
            assertEquals("", told(checks));
        } else {
            assertEquals(1, checks.found().size(), told(checks));
            assertTrue(told(checks).contains(expected), told(checks));
            assertFalse(checks.found().getFirst().remedy().isBlank());
        }
    }

    @ParameterizedTest(name = "{0} is the unit {1}")
    @CsvSource({
        "0::/system.slice/system-postgresql.slice/postgresql@15-main.service, postgresql@15-main.service",
        "9:name=systemd:/system.slice/patroni.service/x, patroni.service",
        "0::/user.slice/session-3.scope, ''"
    })
    @DisplayName("something that has a unit of the service manager")
    void unit(String cgroup, String unit) {
        assertEquals(unit, AdoptionSearch.unitIn(cgroup));
    }

    @Test
    @DisplayName("a control file that is cut short: it names no database")
    void cutShort(@TempDir Path data) throws IOException {
        Files.createDirectories(data.resolve("global"));
        Path control = data.resolve("global/pg_control");
        Files.write(control, new byte[] {1, 0, 0, 0, 0, 0, 0, (byte) 0x80});
        assertEquals("9223372036854775809", SystemId.of(data));
        Files.write(control, new byte[] {1, 0, 0, 0, 0, 0, 0});
        assertThrows(IOException.class, () -> SystemId.of(data));
    }
}
