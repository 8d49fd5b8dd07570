package io.interrex.config;

import io.interrex.cluster.group.MemberInfo;
import io.interrex.cluster.port.Notifier;
import io.interrex.cluster.settings.DiskPolicy;
import io.interrex.cluster.settings.GroupSettings;
import io.interrex.cluster.settings.Profile;
import io.interrex.cluster.settings.Timings;
import io.interrex.config.ClusterConfig.Directories;
import io.interrex.config.ClusterConfig.FencingHook;
import io.interrex.config.ClusterConfig.Group;
import io.interrex.config.ClusterConfig.KernelGate;
import io.interrex.config.ClusterConfig.Member;
import io.interrex.config.ClusterConfig.Node;
import io.interrex.config.ClusterConfig.NotifyCommand;
import io.interrex.config.ClusterConfig.Ports;
import io.interrex.config.ClusterConfig.Postgres;
import io.interrex.config.ClusterConfig.Rebuild;
import io.interrex.config.ClusterConfig.RouterConfig;
import io.interrex.config.ClusterConfig.RouterKind;
import io.interrex.pgbouncer.PgbouncerSettings;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** Turns the sections of a file into values, one method per section. */
final class ConfigReader {

    private static final int PORT_MAX = 65_535;
    private static final int GENERATION_MAX = 999_999;
    private static final String DEFAULT = "default";
    private static final Duration FENCING_USUAL = Duration.ofSeconds(30);
    private static final Duration FENCING_MAX = Duration.ofSeconds(50);

    private static final int KIB = 1 << 10;
    private static final int CLONE_RATE_MIN = 32 * KIB;
    private static final int CLONE_RATE_MAX = KIB * KIB * KIB;

    private final Notes notes;

    ConfigReader(Notes notes) {
        this.notes = notes;
    }

    ClusterConfig read(Path file, Section root) {
        Section cluster = root.section("cluster");
        String name = cluster.required("name", "interrex");
        int generation = cluster.integer("generation", 1, GENERATION_MAX);
        Profile profile = root.choice("profile", Profile.class);
        Timings timings = timings(profile, root.section("timings"));
        SortedMap<String, Node> nodes = mapped(root.named("nodes"), ConfigReader::node);
        SortedMap<String, Group> groups =
                mapped(root.named("groups"), (group, section) -> group(group, section, timings, nodes));
        var routers = mapped(root.named("routers"), ConfigReader::router);
        var notifiers = mapped(root.section("notify").named("commands"), ConfigReader::command);
        Directories directories = directories(root.section("directories"));
        KernelGate gate = root.section("gate").choice("kernel", KernelGate.class);
        boolean insecure = root.section("security").flag("insecure");
        return new ClusterConfig(
                file,
                name,
                generation,
                profile,
                timings,
                nodes,
                groups,
                routers,
                List.copyOf(notifiers.values()),
                directories,
                gate,
                insecure,
                watchdog(root.section("fencing"), timings),
                List.of(),
                List.of());
    }

    /** Null: none is named. */
    private static ClusterConfig.@Nullable Watchdog watchdog(Section section, Timings timings) {
        Optional<String> device = section.textIfSet("watchdog");
        Duration fits = Duration.ofSeconds(Math.max(1, timings.watchdogAllowed().toSeconds()));
        Duration timeout = section.duration("watchdog-timeout", fits, "the longest that fits the timings");
        return device.map(text -> new ClusterConfig.Watchdog(path(section, "watchdog", text, ""), timeout))
                .orElse(null);
    }

    private static Timings timings(Profile profile, Section section) {
        Timings of = profile.timings();
        String from = "profile " + profile.key();
        return new Timings(
                section.duration("renew-every", of.renewEvery(), from),
                section.duration("lease-for", of.leaseFor(), from),
                section.duration("promise-for", of.promiseFor(), from),
                section.duration("silent-for", of.silentFor(), from),
                section.duration("pause-max", of.pauseMax(), from),
                section.duration("suspect-after", of.suspectAfter(), from),
                section.duration("write-probe-max", of.writeProbeMax(), from),
                section.duration("round-trip-max", of.roundTripMax(), from),
                section.duration("continue-after", of.continueAfter(), from),
                section.duration("closing-max", of.closingMax(), from));
    }

    private static Node node(String name, Section section) {
        String host = section.required("host", "10.0.0.11");
        String zone = section.text("zone");
        boolean edge = section.flag("edge");
        boolean voter = section.flag("voter", !edge, edge ? "edge node" : DEFAULT);
        if (edge && voter) {
            section.problem("voter", "an edge node has no voter", "Remove voter, or edge");
        }
        String seat = section.textIfSet("seat").orElse(name);
        if (!Section.isName(seat)) {
            section.problem("seat", "is no name of a voter", "Write the name of the node that had the seat before");
        } else if (!voter && section.isSet("seat")) {
            section.problem("seat", "a node without a voter has no seat", "Remove seat, or let it be a voter");
        }
        return new Node(name, host, zone, voter, seat, edge, ports(section.section("ports")));
    }

    private static Ports ports(Section section) {
        return new Ports(port(section, "hands"), port(section, "log"), port(section, "brain"), port(section, "http"));
    }

    private static int port(Section section, String key) {
        return section.integer(key, 1, PORT_MAX);
    }

    private Group group(String name, Section section, Timings timings, SortedMap<String, Node> nodes) {
        boolean synchronous = section.flag("synchronous");
        int k = section.integer("k", 1, 9);
        var onLoss = section.choice("on-last-standby-loss", GroupSettings.OnLastStandbyLoss.class);
        boolean strict = section.flag("strict");
        if (strict && section.isSet("on-last-standby-loss") && onLoss == GroupSettings.OnLastStandbyLoss.DEGRADE) {
            section.problem(
                    "on-last-standby-loss",
                    "strict never acknowledges with fewer than k standbys, and degrade does",
                    "Write wait, or remove strict");
        }
        long maxLag = section.size("max-lag", 16L << 20, DEFAULT);
        long readMaxLag = section.section("read").size("max-lag", maxLag, "max-lag of the group");
        Section failover = section.section("failover");
        Duration expires = failover.duration("expires-after", Duration.ofSeconds(15), DEFAULT);
        int restartsMax = failover.integer("restarts-max", 0, 1000);
        Duration restartWindow = failover.duration("restart-window", Duration.ofMinutes(10), DEFAULT);
        int failoversMax = failover.integer("failovers-max", 1, 1000);
        Duration failoverWindow = failover.duration("failover-window", Duration.ofHours(1), DEFAULT);
        DiskPolicy disk = disk(section.section("disk"));
        FencingHook fencing = fencing(section.section("fencing"));
        SortedMap<String, Member> members =
                mapped(section.named("members"), (member, own) -> member(member, own, nodes));
        Postgres postgres = postgres(section.section("postgres"));
        var settings = new GroupSettings(
                "",
                synchronous,
                synchronous ? k : 0,
                strict ? GroupSettings.OnLastStandbyLoss.WAIT : onLoss,
                strict,
                maxLag,
                timings,
                expires,
                restartsMax,
                restartWindow,
                failoversMax,
                failoverWindow,
                disk,
                fencing != null);
        return new Group(
                name,
                settings.withSlots(SlotReader.all(section)).identified(),
                readMaxLag,
                members,
                postgres,
                fencing,
                adopt(section, members.keySet()),
                rebuild(section.section("clone"), section.section("kept-wal")));
    }

    private static @Nullable String adopt(Section section, Set<String> members) {
        String member = section.textIfSet("adopt").orElse(null);
        if (member != null && !members.contains(member)) {
            section.problem(
                    "adopt",
                    "is no member of the group; its members are " + String.join(", ", members),
                    "Name the one that has the database, or remove it");
        }
        return member;
    }

    private static Rebuild rebuild(Section clone, Section keptWal) {
        long rate = clone.size("max-rate", 0, "no limit");
        if (rate != 0 && (rate < CLONE_RATE_MIN || rate > CLONE_RATE_MAX)) {
            clone.problem(
                    "max-rate",
                    "is not what pg_basebackup can keep to, from 32 KiB to 1 GiB in a second",
                    "Write a size from 32 KiB to 1 GiB, or null for no limit");
        }
        return new Rebuild(
                (int) Math.min(CLONE_RATE_MAX, rate) / KIB,
                keptWal.size("max-size", 2L << 30, DEFAULT),
                keptWal.integer("max-count", 1, 1000),
                keptWal.flag("required"));
    }

    /** Null: no hook is named. */
    private static @Nullable FencingHook fencing(Section section) {
        List<String> run = section.textsIfSet("run");
        Duration timeout = section.duration("timeout", FENCING_USUAL, DEFAULT);
        if (timeout.compareTo(FENCING_MAX) > 0) {
            section.problem(
                    "timeout",
                    "is longer than " + FENCING_MAX.toSeconds() + " s: the next attempt begins a minute after the last",
                    "Lower it");
        }
        return run.isEmpty() ? null : new FencingHook(run, timeout);
    }

    private static DiskPolicy disk(Section section) {
        DiskPolicy usual = DiskPolicy.DEFAULT;
        long warnBelow = section.size("warn-below", usual.warnBelowBytes(), DEFAULT);
        long actBelow = section.size("act-below", usual.actBelowBytes(), DEFAULT);
        if (actBelow > warnBelow) {
            section.problem(
                    "act-below",
                    "is more than warn-below: nobody would be warned before something is done",
                    "Lower it");
        }
        return new DiskPolicy(warnBelow, actBelow, section.choice("on-critical", DiskPolicy.OnCritical.class));
    }

    private Member member(String name, Section section, SortedMap<String, Node> nodes) {
        Node node = nodes.get(name);
        int port = port(section, "port");
        Path data = path(section, "data", section.required("data", "/var/lib/interrex/main"), name);
        int priority = section.integer("priority", -1000, 1000);
        boolean nofailover = section.flag("nofailover");
        boolean nosync = section.flag("nosync");
        boolean noloadbalance = section.flag("noloadbalance");
        boolean cloneFrom = section.flag("clonefrom");
        String host = node == null ? "" : node.host();
        String zone = node == null ? "" : node.zone();
        var info = new MemberInfo(name, host, port, zone, priority, nofailover, nosync, noloadbalance);
        return new Member(info, data, cloneFrom, replication(section));
    }

    private static @Nullable String replication(Section section) {
        Optional<String> text = section.textIfSet("replication-address");
        if (text.filter(address -> !Hosts.isOneAddress(address)).isPresent()) {
            section.problem(
                    "replication-address",
                    "is not one address of the host",
                    "Write an address such as 10.0.1.11, no name");
            return null;
        }
        return text.orElse(null);
    }

    private Postgres postgres(Section section) {
        String bin = section.text("bin");
        String database = identifier(section, "database");
        String user = identifier(section, "user");
        SortedMap<String, String> parameters = section.free("parameters");
        parameters.keySet().stream()
                .filter(OwnParameters::contains)
                .forEach(name -> notes.problemAt(
                        section.at("parameters") + "." + name,
                        "Interrex sets this parameter itself",
                        "Remove it; src/docs/protocol.md says what it is set to and when"));
        parameters.forEach((name, value) -> {
            if (!OwnParameters.isName(name)) {
                notes.problemAt(
                        section.at("parameters") + "." + name,
                        "is no name of a parameter of PostgreSQL",
                        "Use letters, digits, _ and dots");
            }
            if (OwnParameters.tooFewConnections(name, value)) {
                notes.problemAt(
                        section.at("parameters") + "." + name,
                        "%d of them are kept for Interrex, and none is left for clients"
                                .formatted(OwnParameters.KEPT_CONNECTIONS),
                        "Raise it to what clients need and " + OwnParameters.KEPT_CONNECTIONS);
            }
        });
        return new Postgres(bin, database, user, clientRules(section), parameters);
    }

    /** A line that PostgreSQL does not understand would keep the server from starting. */
    private static List<String> clientRules(Section section) {
        List<String> rules = section.textsIfSet("client-rules");
        for (String rule : rules) {
            String wrong = ClientRule.wrong(rule);
            if (wrong != null) {
                section.problem(
                        "client-rules",
                        "'" + rule + "' is no line of pg_hba.conf for clients on a network: " + wrong,
                        "Write such as: host all all 10.0.0.0/8 scram-sha-256 (neither 'local' nor files by @)");
            }
        }
        return rules;
    }

    private static String identifier(Section section, String key) {
        String text = section.text(key);
        if (!text.matches("[a-z_][a-z0-9_]{0,62}")) {
            section.problem(key, "is not a plain SQL identifier", "Use small letters, digits and _, at most 63");
        } else if (text.equals("interrex") || text.startsWith("pg_") || text.equals("postgres")) {
            section.problem(key, "that name is taken by PostgreSQL or Interrex", "Choose another, such as app");
        }
        return text;
    }

    private static RouterConfig router(String name, Section section) {
        RouterKind kind = section.choice("kind", RouterKind.class);
        List<String> foreign = switch (kind) {
            case HAPROXY -> List.of("databases", "pool-size", "auth-file");
            case PGBOUNCER -> List.of("read-port");
        };
        for (String key : foreign) {
            if (section.isSet(key)) {
                section.problem(
                        key,
                        "is no key of a router of the kind " + section.text("kind"),
                        kind == RouterKind.PGBOUNCER
                                ? "Remove it: PgBouncer has one port, and readers ask for the database's name with "
                                        + PgbouncerSettings.READ_SUFFIX
                                : "Remove it, or write kind = pgbouncer");
            }
        }
        List<String> databases = section.textsIfSet("databases");
        for (String database : databases) {
            if (!database.matches("[a-z_][a-z0-9_]{0,57}") || database.equals("pgbouncer")) {
                section.problem(
                        "databases",
                        "'" + database + "' cannot be served",
                        "Use small letters, digits and _, at most 58");
            }
        }
        return new RouterConfig(
                name,
                kind,
                section.text("group"),
                section.texts("nodes"),
                section.text("bind"),
                port(section, "write-port"),
                port(section, "read-port"),
                section.text("bin"),
                databases,
                section.integer("pool-size", 1, 10_000),
                section.textIfSet("auth-file")
                        .map(text -> path(section, "auth-file", text, "{node}"))
                        .orElse(null));
    }

    private static NotifyCommand command(String name, Section section) {
        return new NotifyCommand(
                name,
                section.texts("run"),
                section.choice("from", Notifier.Severity.class),
                section.duration("timeout", Duration.ofSeconds(10), DEFAULT));
    }

    private Directories directories(Section section) {
        return new Directories(
                path(section, "state", section.text("state"), "{node}"),
                path(section, "run", section.text("run"), "{node}"),
                path(section, "secrets", section.text("secrets"), "{node}"),
                path(section, "log", section.text("log"), "{node}"));
    }

    private static Path path(Section section, String key, String text, String node) {
        try {
            Path path = Path.of(text.replace("{node}", node));
            if (!text.isEmpty() && !path.isAbsolute()) {
                section.problem(key, "is not an absolute path", "Begin it with /");
            }
            return path;
        } catch (InvalidPathException e) {
            section.problem(key, "is not a path (" + e.getReason() + ")", "Write an absolute path");
            return Path.of("/");
        }
    }

    private static <T> SortedMap<String, T> mapped(
            SortedMap<String, Section> sections, BiFunction<String, Section, T> read) {
        var result = new TreeMap<String, T>();
        sections.forEach((name, section) -> result.put(name, read.apply(name, section)));
        return Collections.unmodifiableSortedMap(result);
    }
}
