package io.interrex.cluster.simulation;

import io.interrex.cluster.hands.HandsMessage;
import io.interrex.cluster.member.MemberHard;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One node: voter, agent, supervisor and its copy of the log. What is on its disk survives; the rest does not. */
final class SimNode {

    private final World world;
    final String name;
    private final Map<String, Long> voterDisk = new HashMap<>();
    private MemberHard memberDisk = MemberHard.NEW;
    private @Nullable Parts parts;
    private int generation;
    private long pausedUntilNs;

    private record Parts(VoterShell voter, LogShell log, AgentShell agent, SupervisorShell supervisor) {}

    SimNode(World world, String name) {
        this.world = world;
        this.name = name;
    }

    long localNs() {
        return world.clock(name).localNs(world.time.nowNs());
    }

    long wallMs() {
        return 1_700_000_000_000L + world.clock(name).wallOffsetMs() + world.time.nowMs();
    }

    boolean isUp() {
        return parts != null;
    }

    void start() {
        if (parts != null || !world.net.isUp(name)) {
            return;
        }
        int mine = ++generation;
        if (world.has(Mutant.MEMBER_FORGETS_PROMISE)) {
            memberDisk = new MemberHard(
                    0,
                    memberDisk.released(),
                    memberDisk.incarnation(),
                    memberDisk.role(),
                    memberDisk.roleEpoch(),
                    memberDisk.openedStartMs());
        }
        memberDisk = memberDisk.started();
        world.invariants.started(name, memberDisk);
        var log = new LogShell(world, this);
        var voter = new VoterShell(world, this, voterDisk);
        var agent = new AgentShell(world, this, log, memberDisk);
        var supervisor = new SupervisorShell(world, this, log, voter);
        log.follow(event -> voter.logMoved(log.state(), event));
        log.follow(event -> agent.logMoved());
        log.follow(supervisor::logMoved);
        parts = new Parts(voter, log, agent, supervisor);
        world.trace(name, "the node starts");
        tick(mine);
    }

    void stop() {
        if (parts != null) {
            world.trace(name, "the node dies");
        }
        parts = null;
        generation++;
        pausedUntilNs = 0;
    }

    void pauseFor(long ns) {
        world.trace(name, "the node stands still for " + ns / 1_000_000 + " ms");
        pausedUntilNs = world.time.nowNs() + ns;
    }

    private void tick(int of) {
        run(() -> {
            Parts p = parts;
            if (p == null || of != generation) {
                return;
            }
            p.log().tick();
            p.agent().tick();
            p.supervisor().tick();
            world.time.after(world.tickNs, () -> tick(of));
        });
    }

    /** In this process, if it still is this process; late where it stands still. */
    void run(Runnable action) {
        runAs(generation, action);
    }

    private void runAs(int of, Runnable action) {
        if (of != generation || parts == null) {
            return;
        }
        long wait = pausedUntilNs - world.time.nowNs();
        if (wait > 0) {
            world.time.after(wait, () -> runAs(of, action));
        } else {
            action.run();
        }
    }

    /** The answer to something that this process asked: nobody is told if it is gone by then. */
    <T> java.util.function.Consumer<T> here(java.util.function.Consumer<T> action) {
        int of = generation;
        return value -> runAs(of, () -> action.accept(value));
    }

    Runnable hereRun(Runnable action) {
        int of = generation;
        return () -> runAs(of, action);
    }

    void send(String to, HandsMessage message) {
        world.net.send(name, to, () -> world.node(to).receive(name, message));
    }

    private void receive(String from, HandsMessage message) {
        run(() -> {
            Parts p = parts;
            if (p != null) {
                route(p, from, message);
            }
        });
    }

    private void route(Parts p, String from, HandsMessage message) {
        switch (message) {
            case HandsMessage.Renew m -> p.voter().heard(from, m);
            case HandsMessage.AskVoter m -> p.voter().heard(from, m);
            case HandsMessage.Release m -> {
                p.voter().heard(from, m);
                p.supervisor().heard(from, m);
            }
            case HandsMessage.Revoke m -> {
                p.voter().heard(from, m);
                p.agent().heard(from, m);
            }
            case HandsMessage.Ack m -> p.agent().heard(from, m);
            case HandsMessage.VoterAnswer m -> p.supervisor().heard(from, m);
            case HandsMessage.RevokeAnswer m -> p.supervisor().heard(from, m);
            case HandsMessage.Status m -> {
                p.agent().heard(from, m);
                p.supervisor().heard(from, m);
            }
            default -> world.trace(name, "heard " + message);
        }
    }

    void pullLog() {
        run(() -> {
            Parts p = parts;
            if (p != null) {
                p.log().pull();
            }
        });
    }

    void submit(io.interrex.cluster.group.GroupCommand command) {
        run(() -> {
            Parts p = parts;
            if (p != null) {
                p.log().submit(command, answer -> {});
            }
        });
    }

    void guardExpired() {
        run(() -> {
            Parts p = parts;
            if (p != null) {
                p.agent().serverEnded(false);
            }
        });
    }

    void serverCrashed() {
        run(() -> {
            Parts p = parts;
            if (p != null) {
                p.agent().serverEnded(true);
            }
        });
    }

    MemberHard memberDisk() {
        return memberDisk;
    }

    void saveMember(MemberHard hard) {
        world.invariants.promised(name, memberDisk, hard);
        memberDisk = hard;
    }

    long voterEpoch() {
        return voterDisk.getOrDefault(World.GROUP, 0L);
    }

    void saveVoter(long epoch) {
        voterDisk.put(World.GROUP, epoch);
    }

    String doing() {
        Parts p = parts;
        return p == null ? "down" : p.agent().doing();
    }
}
