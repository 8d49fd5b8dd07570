package io.interrex.cluster.simulation;

import io.interrex.cluster.group.GroupCommand;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.hands.HandsMessage;
import io.interrex.cluster.lease.VoterHard;
import io.interrex.cluster.member.CrashHistory;
import io.interrex.cluster.member.MemberHard;
import io.interrex.cluster.simulation.Fault.Point;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One node: voter, agent where there is a member, supervisor, its copy of the log. What is on its disk survives, the rest does not. */
final class SimNode {

    private final World world;
    final int host;
    final String name;
    private VoterHard voterDisk = VoterHard.NEW;
    private MemberHard memberDisk = MemberHard.NEW;
    private CrashHistory crashes = CrashHistory.NONE;
    private @Nullable Parts parts;
    private int generation;
    private long pausedUntilNs;
    private long logLagsUntilNs;
    boolean stateNotWritten;

    private record Parts(
            VoterShell voter, LogShell log, @Nullable AgentShell agent, SupervisorShell supervisor) {}

    SimNode(World world, int host) {
        this.world = world;
        this.host = host;
        this.name = World.NAMES.get(host);
    }

    long localNs() {
        return world.clock(host).localNs(world.time.nowNs());
    }

    long wallMs() {
        return 1_700_000_000_000L + world.clock(host).wallOffsetMs() + world.time.nowMs();
    }

    /** Which of its processes this is, or the next will be. */
    int process() {
        return generation;
    }

    boolean isAway() {
        return parts == null || pausedUntilNs > world.time.nowNs();
    }

    /** @param long ago: its voter has been silent long enough, and its supervisor has watched long enough */
    void start(boolean longAgo) {
        if (parts != null || !world.net.isUp(host)) {
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
        if (world.has(Mutant.RELEASE_FORGOTTEN)) {
            memberDisk = new MemberHard(
                    memberDisk.maxEpoch(),
                    0,
                    memberDisk.incarnation(),
                    memberDisk.role() == MemberHard.Role.FENCED ? MemberHard.Role.PRIMARY : memberDisk.role(),
                    memberDisk.roleEpoch(),
                    memberDisk.openedStartMs());
        }
        memberDisk = memberDisk.started();
        world.invariants.leases.started(name, memberDisk);
        var log = new LogShell(world, this);
        var voter = new VoterShell(world, this, voterDisk, longAgo);
        var agent = world.hasMember(host) ? new AgentShell(world, this, log, memberDisk) : null;
        var supervisor = new SupervisorShell(world, this, log, voter, longAgo);
        log.follow(event -> voter.logMoved(log.state(), event));
        if (agent != null) {
            log.follow(event -> agent.logMoved());
        }
        log.follow(supervisor::logMoved);
        parts = new Parts(voter, log, agent, supervisor);
        world.trace(host, "the node starts");
        tick(mine);
    }

    void stop() {
        if (parts != null) {
            world.trace(host, "the node dies");
        }
        parts = null;
        generation++;
        pausedUntilNs = 0;
    }

    void pauseFor(long ns) {
        world.trace(host, () -> "the node stands still for " + ns / 1_000_000 + " ms");
        pausedUntilNs = Math.max(pausedUntilNs, world.time.nowNs() + ns);
    }

    private void tick(int of) {
        Parts p = parts;
        if (p == null || of != generation) {
            return;
        }
        long wait = pausedUntilNs - world.time.nowNs();
        if (wait <= 0) {
            p.log().tick();
            if (p.agent() != null) {
                p.agent().tick();
            }
            p.supervisor().tick();
        }
        world.time.after(host, wait > 0 ? wait : world.tickNs, () -> tick(of));
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
            world.time.after(host, wait, () -> runAs(of, action));
        } else {
            action.run();
        }
    }

    /** The answer to something that this process asked: nobody is told if it is gone by then. */
    <T> Consumer<T> here(Consumer<T> action) {
        int of = generation;
        return value -> runAs(of, () -> action.accept(value));
    }

    Runnable hereRun(Runnable action) {
        int of = generation;
        return () -> runAs(of, action);
    }

    void send(String to, HandsMessage message) {
        SimNode receiver = world.node(to);
        world.net.send(host, receiver.host, () -> receiver.receive(name, message));
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
        AgentShell agent = p.agent();
        switch (message) {
            case HandsMessage.Renew m -> p.voter().heard(from, m);
            case HandsMessage.AskVoter m -> p.voter().heard(from, m);
            case HandsMessage.Release m -> {
                p.voter().heard(from, m);
                p.supervisor().heard(from, m);
            }
            case HandsMessage.Revoke m -> {
                p.voter().heard(from, m);
                if (agent != null) {
                    agent.heard(from, m);
                }
            }
            case HandsMessage.VoterAnswer m -> p.supervisor().heard(from, m);
            case HandsMessage.RevokeAnswer m -> p.supervisor().heard(from, m);
            case HandsMessage.Status m -> {
                if (agent != null) {
                    agent.heard(from, m);
                }
                p.supervisor().heard(from, m);
            }
            default -> {
                if (agent != null) {
                    agent.heard(from, message);
                }
            }
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

    /** Until then this host's copy of the log moves only where an append is answered. */
    void lagUntil(long ns) {
        logLagsUntilNs = ns;
    }

    boolean logLags() {
        return world.time.nowNs() < logLagsUntilNs;
    }

    /** @param other where no member lives there, the best is asked for */
    void orderFailover(int other) {
        run(() -> {
            Parts p = parts;
            if (p != null) {
                String target = world.hasMember(other) ? World.NAMES.get(other) : null;
                p.log().submit(p.supervisor().orderFailover(target), answer -> {});
            }
        });
    }

    /** @param mistyped the epoch before is typed */
    void orderForcePromotion(String target, boolean mistyped) {
        run(() -> {
            Parts p = parts;
            GroupState group = p == null ? null : p.log().state();
            if (p != null && group != null) {
                long typed = mistyped ? group.epoch() - 1 : group.epoch();
                p.log().submit(p.supervisor().orderForcePromotion(target, typed), answer -> {});
            }
        });
    }

    void submit(GroupCommand command) {
        run(() -> {
            Parts p = parts;
            if (p != null) {
                p.log().submit(command, answer -> {});
            }
        });
    }

    private void agent(Consumer<AgentShell> action) {
        run(() -> {
            Parts p = parts;
            if (p != null && p.agent() != null) {
                action.accept(p.agent());
            }
        });
    }

    void guardExpired() {
        agent(a -> a.serverEnded(false));
    }

    void serverCrashed() {
        agent(a -> a.serverEnded(true));
    }

    void serverStuck() {
        agent(a -> a.serverStuck(true));
    }

    void serverFreed() {
        agent(a -> a.serverStuck(false));
    }

    void slept() {
        agent(AgentShell::slept);
    }

    CrashHistory crashes() {
        return crashes;
    }

    void keepCrashes(CrashHistory history) {
        crashes = history;
    }

    MemberHard memberDisk() {
        return memberDisk;
    }

    /** Before the simulation begins. */
    void installDisk(MemberHard hard, long voterEpoch) {
        memberDisk = hard;
        voterDisk = new VoterHard(Map.of(World.GROUP, voterEpoch), 0);
    }

    /** False where nobody knows whether it is on the disk. */
    boolean saveMember(MemberHard hard) {
        world.invariants.leases.promised(name, memberDisk, hard);
        if (stateNotWritten) {
            if (world.random.nextBoolean()) {
                memberDisk = hard;
            }
            return false;
        }
        memberDisk = hard;
        world.reached(Point.STATE_SAVED, host);
        return true;
    }

    long voterEpoch() {
        return voterDisk.maxEpochs().getOrDefault(World.GROUP, 0L);
    }

    boolean saveVoter(VoterHard hard) {
        if (stateNotWritten && world.random.nextBoolean()) {
            return false;
        }
        voterDisk = hard;
        world.reached(Point.STATE_SAVED, host);
        return !stateNotWritten;
    }

    String doing() {
        Parts p = parts;
        return p == null ? "down" : p.agent() == null ? "witness" : p.agent().doing();
    }
}
