package io.interrex.demo.versus;

import io.interrex.lab.LabException;
import io.interrex.lab.ProbeTarget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/** pg_auto_failover: a monitor on a host of its own, three nodes, of which one standby has to confirm each commit. */
final class AutoFailover implements Peer {

    private static final String MONITOR = "monitor";
    private static final String AGENT = "pg_autoctl";
    private static final String REMEDY = "apt-get install pg-auto-failover-cli postgresql-15-auto-failover haproxy";
    private static final Duration CREATE_MAX = Duration.ofSeconds(90);
    private static final Duration WHOLE_MAX = Duration.ofSeconds(180);
    private static final Duration CONNECT_MAX = Duration.ofMillis(500);
    private static final Duration ANSWER_MAX = Duration.ofSeconds(5);
    private static final String STATES =
            "select nodename, reportedstate::text, goalstate::text, health from pgautofailover.node";

    private final PeerHosts hosts;

    private AutoFailover(PeerHosts hosts) {
        this.hosts = hosts;
    }

    /** A member that the monitor has in the state that it wants it in, and that it reaches. */
    private record State(String reported, String goal, boolean healthy) {
        boolean is(String wanted) {
            return reported.equals(wanted) && goal.equals(wanted) && healthy;
        }
    }

    static AutoFailover create() {
        return new AutoFailover(
                PeerHosts.create(List.of(MEMBERS.get(0), MEMBERS.get(1), MEMBERS.get(2), MONITOR, EDGE)));
    }

    static void requirePrograms() {
        Programs.require(AGENT, REMEDY);
        Programs.require("haproxy", REMEDY);
        Programs.requireLibrary("pgautofailover", REMEDY);
    }

    @Override
    public PeerHosts hosts() {
        return hosts;
    }

    @Override
    public void start() {
        String program = Programs.require(AGENT, REMEDY);
        Path data = hosts.data(MONITOR);
        hosts.run(
                MONITOR, "create", AutoFailoverTexts.createMonitor(program, data, hosts.address(MONITOR)), CREATE_MAX);
        admitAll(MONITOR);
        hosts.serve(MONITOR, AGENT, AutoFailoverTexts.run(program, data));
        require("its monitor answers", () -> connected(statement -> true).isPresent());
        var members = new LinkedHashMap<String, String>();
        for (String host : MEMBERS) {
            members.put(host, hosts.address(host));
            hosts.run(
                    host,
                    "create",
                    AutoFailoverTexts.createNode(
                            program, host, hosts.data(host), hosts.address(host), hosts.address(MONITOR)),
                    CREATE_MAX);
            admitAll(host);
            hosts.serve(host, AGENT, AutoFailoverTexts.run(program, hosts.data(host)));
            require(
                    "host " + host + " has joined",
                    () -> states().size() == members.size()
                            && states().values().stream()
                                    .allMatch(state -> state.reported().equals(state.goal())));
        }
        Path file = hosts.write(EDGE, "haproxy.cfg", AutoFailoverTexts.wires(members));
        hosts.serve(EDGE, "haproxy", List.of(Programs.require("haproxy", REMEDY), "-db", "-f", file.toString()));
        require("it is whole", this::isWhole);
    }

    private void require(String what, BooleanSupplier condition) {
        if (!Patience.until(WHOLE_MAX, condition)) {
            throw new LabException(
                    "pg_auto_failover: that %s was not so within %d s; its states are %s; the last words of a:\n%s"
                            .formatted(what, WHOLE_MAX.toSeconds(), states(), hosts.lastWords("a", AGENT)));
        }
    }

    /** The clients are on other hosts than the members. */
    private void admitAll(String host) {
        Path file = hosts.data(host).resolve("pg_hba.conf");
        try {
            Files.writeString(file, "host all all all trust\n", StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new LabException(file + " cannot be written: " + e, e);
        }
    }

    private interface Question<T> {
        T of(Statement statement) throws SQLException;
    }

    private <T> Optional<T> connected(Question<T> question) {
        var target = new ProbeTarget(
                hosts.address(MONITOR), PeerHosts.PG_PORT, "pg_auto_failover", hosts.userName(), "none");
        try (Connection connection = target.connect(CONNECT_MAX, ANSWER_MAX, false);
                Statement statement = connection.createStatement()) {
            return Optional.of(question.of(statement));
        } catch (SQLException e) {
            return Optional.empty();
        }
    }

    /** What the monitor knows; nothing where it does not answer. */
    private Map<String, State> states() {
        return connected(statement -> {
                    var states = new TreeMap<String, State>();
                    try (ResultSet rows = statement.executeQuery(STATES)) {
                        while (rows.next()) {
                            states.put(
                                    rows.getString(1),
                                    new State(rows.getString(2), rows.getString(3), rows.getInt(4) == 1));
                        }
                    }
                    return states;
                })
                .orElseGet(TreeMap::new);
    }

    private List<String> in(String state) {
        return states().entrySet().stream()
                .filter(member -> member.getValue().is(state))
                .map(Map.Entry::getKey)
                .toList();
    }

    @Override
    public boolean isWhole() {
        return in("primary").size() == 1 && in("secondary").size() == MEMBERS.size() - 1;
    }

    @Override
    public Optional<String> primary() {
        return in("primary").stream().findFirst();
    }

    @Override
    public Optional<String> synchronous() {
        return in("secondary").stream().findFirst();
    }

    @Override
    public String coordinator(String primary) {
        return MONITOR;
    }

    @Override
    public void prepare(PeerFault fault) {
        // the monitor has its own host always
    }

    @Override
    public void switchover(String primary) {
        if (connected(statement -> statement.execute("select pgautofailover.perform_failover('default', 0)"))
                .isEmpty()) {
            throw new LabException("pg_auto_failover's monitor refused the switchover from " + primary);
        }
    }

    /** They have one name, and all of a host's belong together; PostgreSQL is another program. */
    @Override
    public Collection<ProcessHandle> agents(String host) {
        return hosts.lab().processes(host).stream()
                .filter(process -> process.info()
                        .command()
                        .filter(command -> Path.of(command).endsWith(AGENT))
                        .isPresent())
                .toList();
    }

    @Override
    public ProbeTarget router() {
        int first = AutoFailoverTexts.FIRST_WIRE;
        return new ProbeTarget(
                hosts.address(EDGE), first, List.of(first + 1, first + 2), "postgres", hosts.userName(), "none");
    }

    @Override
    public Map<String, ProbeTarget> members() {
        var members = new LinkedHashMap<String, ProbeTarget>();
        MEMBERS.forEach(host -> members.put(
                host, new ProbeTarget(hosts.address(host), PeerHosts.PG_PORT, "postgres", hosts.userName(), "none")));
        return members;
    }
}
