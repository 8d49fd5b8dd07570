package io.interrex.haproxy;

import io.interrex.cluster.group.MemberInfo;
import io.interrex.cluster.port.Nothing;
import io.interrex.cluster.port.Outcome;
import io.interrex.cluster.port.Router;
import io.interrex.cluster.routing.RoutePlan;
import io.interrex.router.RouterDriver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns a plan into commands of the runtime socket, and HAProxy's answers into an outcome. */
final class PlanRunner implements RouterDriver {
    private static final Logger LOG = LoggerFactory.getLogger(PlanRunner.class);
    private static final long LOOK_AGAIN_NANOS = 2_000_000;
    private static final Set<String> DONE = Set.of("New server registered.", "Server deleted.");

    private final RuntimeSocket socket;
    private volatile HaproxySettings settings;
    /** Its servers may be others than the members'. */
    private boolean moved;
    /** Its file does not say what is wanted. */
    private boolean unwritten;
    /** Servers of members that it could not be given yet. */
    private Set<String> absent = Set.of();

    private final PatientNames names = new PatientNames(InetAddress::getByName);
    private String told = "";

    PlanRunner(HaproxySettings settings, RuntimeSocket socket) {
        this.settings = settings;
        this.socket = socket;
    }

    @Override
    public void use(List<MemberInfo> members) {
        HaproxySettings next = settings.withMembers(members);
        boolean same = HaproxyConfig.render(next).equals(HaproxyConfig.render(settings));
        settings = next;
        if (same && !unwritten) {
            return;
        }
        moved = true;
        if (settings.ownership() == HaproxySettings.Ownership.CHILD) {
            unwritten = true;
            HaproxyConfig.write(settings);
            unwritten = false;
        }
    }

    /**
     * Without a restart, which would cut everybody. One that was added to HAProxy while it runs starts closed, as those of its file do;
     * one whose member is gone is closed, and goes when its last session has ended. HAProxy itself resolves names at its start only.
     */
    private void serversOfMembers() throws IOException {
        var commands = new ArrayList<String>();
        var whys = new TreeSet<String>();
        Map<String, ServerState> before = servers();
        var named = new TreeSet<String>();
        for (MemberInfo member : settings.members()) {
            List<String> own = HaproxyConfig.BACKENDS.stream()
                    .map(backend -> backend + "/" + member.name())
                    .toList();
            named.addAll(own);
            try {
                commands.addAll(placed(member, own, before));
            } catch (UnknownHostException e) {
                whys.add("the name %s of member %s does not resolve".formatted(member.host(), member.name()));
            }
        }
        for (String server : before.keySet()) {
            if (!named.contains(server)) {
                commands.add("set server " + server + " state maint");
                commands.add("shutdown sessions server " + server);
                commands.add("del server " + server);
            }
        }
        if (!commands.isEmpty()) {
            socket.ask(String.join(";", commands))
                    .lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty() && DONE.stream().noneMatch(line::startsWith))
                    .forEach(whys::add);
        }
        Map<String, ServerState> now = servers();
        absent = new TreeSet<>(named);
        absent.removeAll(now.keySet());
        moved = !now.keySet().equals(named) || now.values().stream().anyMatch(state -> !state.hasAddress());
        tell(now.keySet(), whys);
    }

    /** Commands that give a member's servers the address that its name has now, where they are not there or have none. */
    private List<String> placed(MemberInfo member, List<String> own, Map<String, ServerState> before)
            throws UnknownHostException {
        var commands = new ArrayList<String>();
        for (String server : own) {
            ServerState state = before.get(server);
            if (state != null && state.hasAddress()) {
                continue;
            }
            String address = names.address(member.host());
            if (state != null) {
                // one without an address cannot be given one
                commands.add("set server " + server + " state maint");
                commands.add("del server " + server);
            }
            commands.add("add server %s %s on-marked-down shutdown-sessions"
                    .formatted(server, HaproxyConfig.address(address, member.port())));
        }
        return commands;
    }

    /** That sessions are not gone yet is no news each second. */
    private void tell(Set<String> servers, Set<String> whys) {
        String sentence = "HAProxy of group %s has the servers %s: %s"
                .formatted(settings.group(), servers, whys.isEmpty() ? "as its log says" : String.join("; ", whys));
        if (sentence.equals(told)) {
            return;
        }
        told = sentence;
        if (whys.isEmpty()) {
            LOG.info(sentence);
        } else {
            LOG.warn("{}; tried again each second", sentence);
        }
    }

    /** Those that HAProxy has behind the two ports. */
    private Map<String, ServerState> servers() throws IOException {
        var servers = new TreeMap<>(ServerState.parse(socket.ask("show servers state")));
        servers.keySet().removeIf(server -> HaproxyConfig.BACKENDS.stream().noneMatch(b -> server.startsWith(b + "/")));
        return servers;
    }

    @Override
    public Outcome<Nothing> run(RoutePlan plan) {
        try {
            if (moved) {
                serversOfMembers();
            }
            String difference = difference(ServerState.parse(socket.ask(commands(plan))), plan);
            if (difference != null) {
                return Outcome.unknown("HAProxy of group %s did not take the plan of epoch %d: %s"
                        .formatted(settings.group(), plan.epoch(), difference));
            }
            Outcome<Nothing> cut = awaitCut(plan);
            if (moved) {
                // one whose member is gone was not deleted while it had sessions
                serversOfMembers();
            }
            return cut;
        } catch (IOException e) {
            return Outcome.unknown(
                    "HAProxy of group %s, plan of epoch %d: %s; the plan is applied again once it answers"
                            .formatted(settings.group(), plan.epoch(), e.getMessage()));
        }
    }

    @Override
    public @Nullable String difference(RoutePlan plan) throws IOException {
        String difference = difference(ServerState.parse(socket.ask("show servers state")), plan);
        return difference == null && moved ? "its servers are not those of the members" : difference;
    }

    /** Members that HAProxy does not have, or has at another port; null: none. */
    @Override
    public @Nullable String missing() throws IOException {
        Map<String, ServerState> states = ServerState.parse(socket.ask("show servers state"));
        for (String backend : HaproxyConfig.BACKENDS) {
            for (MemberInfo member : settings.members()) {
                ServerState state = states.get(backend + "/" + member.name());
                if (state == null || state.port() != member.port()) {
                    return "no server %s/%s at port %d".formatted(backend, member.name(), member.port());
                }
            }
        }
        return null;
    }

    @Override
    public Outcome<Router.Sessions> sessions() {
        try {
            int writing = 0;
            int reading = 0;
            for (var row :
                    ServerState.parseSessions(socket.ask("show stat -1 4 -1")).entrySet()) {
                if (row.getKey().startsWith(HaproxyConfig.WRITE + "/")) {
                    writing += row.getValue();
                } else {
                    reading += row.getValue();
                }
            }
            return Outcome.done(new Router.Sessions(writing, reading));
        } catch (IOException e) {
            return Outcome.unknown("HAProxy of group %s: %s".formatted(settings.group(), e.getMessage()));
        }
    }

    void requireServers() {
        try {
            String missing = missing();
            if (missing != null) {
                throw new HaproxyException(
                        "HAProxy at %s has %s; restart it with the configuration that 'render' gives for group %s"
                                .formatted(settings.socket(), missing, settings.group()));
            }
        } catch (IOException e) {
            throw new HaproxyException(
                    "no HAProxy of group %s answers at %s: %s; start it, or let the node start its own"
                            .formatted(settings.group(), settings.socket(), e.getMessage()),
                    e);
        }
    }

    private String commands(RoutePlan plan) {
        var cut = new ArrayList<String>();
        var open = new ArrayList<String>();
        for (String backend : HaproxyConfig.BACKENDS) {
            for (MemberInfo member : settings.members()) {
                String server = backend + "/" + member.name();
                if (absent.contains(server)) {
                    continue;
                }
                if (allows(plan, backend, member.name())) {
                    open.add("set server " + server + " state ready");
                } else {
                    cut.add("set server " + server + " state maint");
                    cut.add("shutdown sessions server " + server);
                }
            }
        }
        cut.addAll(open);
        cut.add("show servers state");
        return String.join(";", cut);
    }

    private @Nullable String difference(Map<String, ServerState> states, RoutePlan plan) {
        for (String backend : HaproxyConfig.BACKENDS) {
            for (MemberInfo member : settings.members()) {
                ServerState state = states.get(backend + "/" + member.name());
                if (state == null) {
                    moved = true;
                    return "it has no server %s/%s".formatted(backend, member.name());
                }
                boolean allowed = allows(plan, backend, member.name());
                if (allowed && !state.hasAddress()) {
                    moved = true;
                    return "the name %s of member %s does not resolve".formatted(member.host(), member.name());
                }
                if (allowed ? !state.isReady() : !state.isClosed()) {
                    return "%s should be %s and is in state %d/%d"
                            .formatted(
                                    state.id(),
                                    allowed ? "ready" : "closed",
                                    state.operational(),
                                    state.administrative());
                }
            }
        }
        return null;
    }

    /** HAProxy marks sessions as killed and ends them a moment later: look until they are gone. */
    private Outcome<Nothing> awaitCut(RoutePlan plan) throws IOException {
        long deadlineNanos = System.nanoTime() + settings.callMax().toNanos();
        while (true) {
            Map<String, Integer> left = new TreeMap<>(ServerState.parseSessions(socket.ask("show stat -1 4 -1")));
            left.entrySet().removeIf(row -> row.getValue() == 0 || allows(plan, row.getKey()));
            if (left.isEmpty()) {
                return Outcome.done(Nothing.NOTHING);
            }
            if (System.nanoTime() > deadlineNanos) {
                return Outcome.unknown("HAProxy of group %s still has sessions that epoch %d does not allow: %s"
                        .formatted(settings.group(), plan.epoch(), left));
            }
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
    }

    private static boolean allows(RoutePlan plan, String server) {
        List<String> parts = List.of(server.split("/", 2));
        return parts.size() == 2 && allows(plan, parts.get(0), parts.get(1));
    }

    private static boolean allows(RoutePlan plan, String backend, String member) {
        return backend.equals(HaproxyConfig.WRITE)
                ? member.equals(plan.writer())
                : plan.readers().contains(member);
    }
}
