package io.interrex.cluster.simulation;

import static io.interrex.cluster.simulation.VirtualTime.MS;

import io.interrex.cluster.settings.Timings;
import io.interrex.cluster.simulation.Fault.Kind;
import io.interrex.cluster.simulation.Fault.Point;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What one seed plays: how the group is made up, how it begins, what goes wrong and when. Everything then heals, and the
 * group has to be well again. A fault waits for its moment in the protocol, or for its time; how long it lasts is biased to
 * the boundaries of the lease's times.
 *
 * @param fromNothing the log and the disks are empty at first; otherwise the group runs
 * @param windowNs no fault begins later
 * @param loss of datagrams during the window, 0 to 1
 * @param slowNs how much later than usual a message may come during the window
 */
record Schedule(
        long seed, Layout layout, boolean fromNothing, long windowNs, double loss, long slowNs, List<Fault> faults) {

    /** The nodes of a group that runs have found by then what there is. */
    private static final long AT_REST_NS = 600 * MS;

    /** All but the last four, which are drawn by themselves. */
    private static final Kind[] KINDS = Arrays.copyOf(Kind.values(), Kind.REINIT.ordinal());

    private static final long ORDERS_OF_THEIR_OWN = 0x5EED0FC0B1E5L;
    private static final long POWER_OF_ITS_OWN = 0x0FF_0FFL;
    private static final long DEATHS_OF_THEIR_OWN = 0xDEAD_0D15L;
    private static final long RESTARTS = 0x2E57A27L;
    private static final long MAINTENANCES = 0x3A1_27E_0A3CEL;
    private static final long OTHER_MODES = 0xA5C_0DEL;
    private static final long SCHEDULES = 0x5C_4ED0_1EDL;
    private static final Kind[] CAUSES = {
        Kind.HOST_DIES,
        Kind.HOST_DIES,
        Kind.ISOLATED,
        Kind.ISOLATED,
        Kind.DEAF,
        Kind.MUTE,
        Kind.NODE_PAUSES,
        Kind.HOST_STUNNED,
        Kind.SERVER_HANGS,
        Kind.POSTMASTER_KILLED,
        Kind.NODE_DIES,
        Kind.SWITCHOVER,
        Kind.SWITCHOVER,
        Kind.FAILOVER,
        Kind.ALL_HOSTS_DIE,
        Kind.SWIZZLE,
        Kind.DISK_FULL,
        Kind.DISK_LOW,
        Kind.FSYNC_FAILS
    };
    private static final Kind[] COMPANIONS = {
        Kind.DISK_SLOW,
        Kind.DISK_SLOW,
        Kind.DISK_LOW,
        Kind.SERVER_HANGS,
        Kind.SERVER_HANGS,
        Kind.PAIR_CUT,
        Kind.ONE_WAY_CUT,
        Kind.POSTMASTER_KILLED,
        Kind.NODE_DIES,
        Kind.HOST_DIES,
        Kind.STATE_NOT_WRITTEN,
        Kind.LOG_LAGS,
        Kind.LOG_LAGS
    };
    private static final Point[] PROMOTION = {
        Point.AUTHORIZED, Point.PROMOTED, Point.MARKED, Point.ESTABLISHED, Point.OPENED, Point.REBUILDING
    };
    private static final Point[] POINTS = Point.values();

    static Schedule of(long seed) {
        var random = new SplittableRandom(seed);
        Layout drawn = Layout.draw(random);
        Layout layout = new SplittableRandom(seed ^ POWER_OF_ITS_OWN).nextInt(8) == 0 ? drawn.withPowerOff() : drawn;
        // dice of their own, so that the other schedules are what they were
        var lostDice = new SplittableRandom(seed ^ 0x105_7F02L);
        if (lostDice.nextInt(50) == 0) {
            return lostForLong(seed, layout, lostDice);
        }
        boolean fromNothing = random.nextInt(12) == 0;
        long windowNs = random.nextLong(1_000, 4_000) * MS;
        double loss = random.nextInt(6) == 0 ? 0.15 : 0;
        long slowNs = random.nextInt(8) == 0 ? random.nextLong(50, 400) * MS : 0;
        var faults = new ArrayList<Fault>();
        if (random.nextInt(16) == 0) {
            logOnly(random, layout, windowNs, faults);
            return new Schedule(seed, layout, false, windowNs, 0, 0, List.copyOf(faults));
        }
        if (random.nextInt(60) == 0) {
            long untilNs = random.nextLong(18_000, 20_000) * MS;
            cutShort(random, layout, untilNs, faults);
            return new Schedule(seed, layout, false, untilNs, 0, 0, List.copyOf(faults));
        }
        if (random.nextInt(40) == 0) {
            Fault agent = agentAway(random, layout);
            return new Schedule(seed, layout, false, windowNs, 0, 0, List.of(agent));
        }
        Fault cause = cause(random, layout);
        if (fromNothing && !isWholeFirst(seed) && random.nextBoolean()) {
            cause = whileCopied(random, cause);
            windowNs += 3_500 * MS;
        }
        faults.add(cause);
        if (random.nextInt(3) == 0) {
            faults.add(sequel(random, layout));
        }
        int more = random.nextInt(3);
        if (random.nextBoolean()) {
            faults.add(companion(random, layout, cause));
        }
        for (int i = 0; i < more; i++) {
            faults.add(draw(random, layout, windowNs));
        }
        reinit(new SplittableRandom(seed ^ ORDERS_OF_THEIR_OWN), layout, windowNs, faults);
        unkillable(new SplittableRandom(seed ^ DEATHS_OF_THEIR_OWN), windowNs, faults);
        restart(new SplittableRandom(seed ^ RESTARTS), layout, windowNs, faults);
        schedule(new SplittableRandom(seed ^ SCHEDULES), layout, windowNs, faults);
        maintenance(new SplittableRandom(seed ^ MAINTENANCES), layout, windowNs, faults);
        otherMode(new SplittableRandom(seed ^ OTHER_MODES), layout, windowNs, faults);
        return new Schedule(seed, layout, fromNothing, windowNs, loss, slowNs, List.copyOf(faults));
    }

    /** A person lets all servers be restarted, one after the other. The fault's number says whether in place. */
    private static void restart(SplittableRandom random, Layout layout, long windowNs, List<Fault> faults) {
        if (random.nextInt(12) == 0) {
            int host = random.nextInt(layout.hosts());
            int nth = 1 + random.nextInt(2);
            faults.add(new Fault(Kind.RESTART, Point.WINDOW, nth, random.nextLong(windowNs / 2), host, host, windowNs));
        }
    }

    /** A person makes the group asynchronous, or synchronous, and back again if it goes. */
    private static void otherMode(SplittableRandom random, Layout layout, long windowNs, List<Fault> faults) {
        if (random.nextInt(10) == 0) {
            int host = random.nextInt(layout.hosts());
            long atNs = random.nextLong(windowNs);
            faults.add(new Fault(Kind.ASYNCHRONOUS, Point.WINDOW, 1, atNs, host, host, random.nextLong(windowNs)));
        }
    }

    /** A person takes a member into maintenance, for a while. */
    private static void maintenance(SplittableRandom random, Layout layout, long windowNs, List<Fault> faults) {
        if (random.nextInt(10) == 0) {
            int host = random.nextInt(layout.hosts());
            long atNs = random.nextLong(windowNs);
            long forNs = random.nextLong(200 * MS, windowNs);
            faults.add(new Fault(Kind.MAINTENANCE, Point.WINDOW, 1, atNs, host, host, forNs));
        }
    }

    /** A person schedules a switchover, which is due after the fault's length. Its number says whether to a named member. */
    private static void schedule(SplittableRandom random, Layout layout, long windowNs, List<Fault> faults) {
        if (random.nextInt(12) == 0) {
            int host = random.nextInt(layout.hosts());
            int nth = 1 + random.nextInt(2);
            long inNs = random.nextLong(1, 2_000) * MS;
            int target = random.nextInt(layout.members().size());
            faults.add(new Fault(Kind.SCHEDULE, Point.WINDOW, nth, random.nextLong(windowNs), host, target, inNs));
        }
    }

    /** A person lets one member, or each after the other, be copied anew. */
    private static void reinit(SplittableRandom random, Layout layout, long windowNs, List<Fault> faults) {
        int times = random.nextInt(12) == 0 ? 1 + random.nextInt(2) : 0;
        for (int i = 0; i < times; i++) {
            int host = random.nextInt(layout.hosts());
            faults.add(new Fault(Kind.REINIT, Point.WINDOW, 1, random.nextLong(windowNs), host, host, windowNs));
        }
    }

    /** A primary dies that cannot be killed, for a while. */
    private static void unkillable(SplittableRandom random, long windowNs, List<Fault> faults) {
        if (random.nextInt(12) == 0) {
            long forNs = random.nextLong(500, 8_000) * MS;
            faults.add(new Fault(Kind.UNKILLABLE, Point.WINDOW, 1, random.nextLong(windowNs), Fault.PRIMARY, 0, forNs));
        }
    }

    /**
     * The primary's host and all standbys but one are away for long, and that one may be behind: the failover is held, and only
     * an {@link Operator} can go on.
     */
    private static Schedule lostForLong(long seed, Layout layout, SplittableRandom dice) {
        int members = layout.members().size();
        int left = 1 + dice.nextInt(members - 1);
        long lostNs = dice.nextLong(1_600, 2_600) * MS;
        var faults = new ArrayList<Fault>();
        if (members == 2) {
            faults.add(new Fault(Kind.HOST_DIES, Point.WINDOW, 1, 100 * MS, left, 0, lostNs));
            lostNs += dice.nextLong(400) * MS;
        } else if (dice.nextInt(3) > 0) {
            long behindNs = dice.nextLong(200, 1_500) * MS;
            faults.add(new Fault(Kind.PAIR_CUT, Point.WINDOW, 1, lostNs - behindNs, 0, left, behindNs + 500 * MS));
        }
        long awayNs = dice.nextLong(4_000, 9_000) * MS;
        faults.add(new Fault(Kind.HOST_DIES, Point.WINDOW, 1, lostNs, Fault.PRIMARY, 0, awayNs));
        for (int host = 1; host < members; host++) {
            if (host != left) {
                long atNs = lostNs + dice.nextLong(-150, 150) * MS;
                faults.add(new Fault(Kind.SERVER_HANGS, Point.WINDOW, 1, atNs, host, 0, awayNs));
            }
        }
        long windowNs = lostNs + dice.nextLong(3_000, 9_000) * MS;
        return new Schedule(seed, layout, false, windowNs, 0, 0, List.copyOf(faults));
    }

    /** A group that begins from nothing is whole before anything goes wrong, or not. */
    static boolean isWholeFirst(long seed) {
        return (seed & 1) == 0;
    }

    /** The first takes the primary away, most of the time, so that there is something to disturb. */
    private static Fault cause(SplittableRandom random, Layout layout) {
        Kind kind = CAUSES[random.nextInt(CAUSES.length)];
        long lengthNs = random.nextInt(3) == 0 ? length(random, layout.timings()) : random.nextLong(900, 4_000) * MS;
        int target = random.nextInt(4) == 0 ? random.nextInt(layout.hosts()) : Fault.PRIMARY;
        return new Fault(
                kind, Point.WINDOW, 1, random.nextLong(400 * MS), target, random.nextInt(layout.hosts()), lengthNs);
    }

    /** The primary is struck while its second standby is copied from it. */
    private static Fault whileCopied(SplittableRandom random, Fault cause) {
        long delayNs = random.nextLong(400 * MS);
        return new Fault(cause.kind(), Point.REBUILDING, 2, delayNs, Fault.PRIMARY, cause.other(), cause.lengthNs());
    }

    /** The one that takes over is struck too, at a moment of its own promotion. */
    private static Fault sequel(SplittableRandom random, Layout layout) {
        Kind kind = CAUSES[random.nextInt(CAUSES.length)];
        Point on = PROMOTION[random.nextInt(PROMOTION.length)];
        long delayNs = random.nextBoolean() ? random.nextLong(10 * MS) : random.nextLong(700 * MS);
        int other = random.nextInt(layout.hosts());
        return new Fault(kind, on, 1, delayNs, Fault.PRIMARY, other, length(random, layout.timings()));
    }

    /** Weakens another host at about the same time, so that the standbys are not all alike. */
    private static Fault companion(SplittableRandom random, Layout layout, Fault cause) {
        Kind kind = COMPANIONS[random.nextInt(COMPANIONS.length)];
        long atNs = Math.max(0, cause.delayNs() + random.nextLong(-300, 1_200) * MS);
        long lengthNs = random.nextLong(400, 3_000) * MS;
        int host = random.nextInt(layout.hosts());
        return new Fault(kind, Point.WINDOW, 1, atNs, host, random.nextInt(layout.hosts()), lengthNs);
    }

    /**
     * A promotion that nobody else heard of: its host dies as soon as it has left recovery, and stays away until its epoch has
     * expired; the former primary's comes back as a voter, and another promotion begins a timeline of the same number.
     */
    private static void cutShort(SplittableRandom random, Layout layout, long untilNs, List<Fault> faults) {
        int other = random.nextInt(layout.hosts());
        long backNs = random.nextLong(1_000, 1_800) * MS;
        faults.add(new Fault(Kind.HOST_DIES, Point.WINDOW, 1, random.nextLong(200 * MS), Fault.PRIMARY, other, backNs));
        Point on = random.nextBoolean() ? Point.PROMOTED : Point.MARKED;
        faults.add(new Fault(Kind.HOST_DIES, on, 1, random.nextLong(5 * MS), Fault.PRIMARY, other, untilNs));
    }

    private static Fault agentAway(SplittableRandom random, Layout layout) {
        boolean dies = random.nextBoolean();
        long shortMs = shortAbsenceMs(layout);
        long awayMs = random.nextInt(3) == 0
                ? shortMs - random.nextLong(300)
                : random.nextLong(shortMs, layout.timings().promiseFor().toMillis());
        return new Fault(
                dies ? Kind.NODE_DIES : Kind.NODE_PAUSES,
                Point.WINDOW,
                1,
                AT_REST_NS + random.nextLong(400 * MS),
                Fault.PRIMARY,
                0,
                awayMs * MS * (dies ? Faults.DOWN_PART : 1));
    }

    private static void logOnly(SplittableRandom random, Layout layout, long windowNs, List<Fault> faults) {
        Kind[] kinds = {
            Kind.LOG_AWAY,
            Kind.LOG_SLOW,
            Kind.LOG_LEADER_LOST,
            Kind.LOG_ANSWERS_LOST,
            Kind.LOG_WRITES_LATE,
            Kind.LOG_LAGS
        };
        for (int i = 0; i < 3; i++) {
            Kind kind = kinds[random.nextInt(kinds.length)];
            // half of them begin while the nodes tell what they found when they started
            long atNs = random.nextLong(random.nextBoolean() ? windowNs : 60 * MS);
            int host = random.nextInt(layout.hosts());
            faults.add(new Fault(kind, Point.WINDOW, 1, atNs, host, 0, length(random, layout.timings())));
        }
    }

    private static Fault draw(SplittableRandom random, Layout layout, long windowNs) {
        boolean timed = random.nextInt(5) < 2;
        Kind kind = random.nextInt(3) == 0 && !timed
                ? CAUSES[random.nextInt(CAUSES.length)]
                : KINDS[random.nextInt(KINDS.length)];
        Point on = timed ? Point.WINDOW : POINTS[1 + random.nextInt(POINTS.length - 1)];
        int nth = on == Point.STEP_BEGUN || on == Point.STEP_DONE || on == Point.STATE_SAVED
                ? 1 + random.nextInt(25)
                : 1 + random.nextInt(2);
        long delayNs = timed
                ? random.nextLong(windowNs)
                : random.nextInt(3) == 0 ? random.nextLong(400 * MS) : random.nextLong(12 * MS);
        int target = switch (random.nextInt(5)) {
            case 0, 1 -> Fault.PRIMARY;
            case 2 -> timed ? Fault.PRIMARY : Fault.ACTOR;
            default -> random.nextInt(layout.hosts());
        };
        return new Fault(
                kind,
                on,
                timed ? 1 : nth,
                delayNs,
                target,
                random.nextInt(layout.hosts()),
                length(random, layout.timings()));
    }

    private static long length(SplittableRandom random, Timings t) {
        if (random.nextBoolean()) {
            return random.nextLong(20, 2_500) * MS;
        }
        long edgeMs = switch (random.nextInt(5)) {
            case 0 -> t.leaseFor().toMillis();
            case 1 -> t.promiseFor().toMillis();
            case 2 -> t.silentFor().toMillis();
            case 3 -> t.suspectAfter().toMillis();
            default -> t.pauseMax().toMillis();
        };
        return (edgeMs + random.nextLong(-100, 100)) * MS;
    }

    boolean breaksOnlyTheLog() {
        return loss == 0
                && slowNs == 0
                && faults.stream().allMatch(f -> f.kind().name().startsWith("LOG_"));
    }

    /** T, less two renewal periods, as the last round may not have been granted, and three ticks: the guard's deadline is met. */
    private static long shortAbsenceMs(Layout layout) {
        Timings t = layout.timings();
        return t.leaseFor().minus(t.renewEvery().multipliedBy(2)).toMillis() - 150;
    }

    /** The primary's agent is away, in a group that runs and is at rest, and nothing else goes wrong. */
    boolean stopsOnlyAnAgent() {
        if (fromNothing || faults.size() != 1 || loss != 0 || slowNs != 0) {
            return false;
        }
        Fault f = faults.getFirst();
        return (f.kind() == Kind.NODE_DIES || f.kind() == Kind.NODE_PAUSES)
                && f.on() == Point.WINDOW
                && f.target() == Fault.PRIMARY
                && f.delayNs() >= AT_REST_NS;
    }

    /** And is back before its lease has run out. */
    boolean stopsAnAgentBriefly() {
        Fault f = faults.getFirst();
        long awayNs = f.kind() == Kind.NODE_DIES ? f.lengthNs() / Faults.DOWN_PART : f.lengthNs();
        return stopsOnlyAnAgent() && awayNs <= shortAbsenceMs(layout) * MS;
    }

    Schedule with(List<Fault> fewer) {
        return new Schedule(seed, layout, fromNothing, windowNs, loss, slowNs, List.copyOf(fewer));
    }

    Schedule inWindow(long shorterNs) {
        return new Schedule(seed, layout, fromNothing, shorterNs, loss, slowNs, faults);
    }

    Schedule onGoodNetwork() {
        return new Schedule(seed, layout, fromNothing, windowNs, 0, 0, faults);
    }

    /** In words, for the head of a history. */
    List<String> words() {
        var words = new ArrayList<String>();
        words.add(layout.words() + (fromNothing ? ", beginning from nothing" : ", running"));
        words.add("for %d ms, loss %.2f, delay up to %d ms more:".formatted(windowNs / MS, loss, slowNs / MS));
        faults.forEach(f -> words.add("  " + f));
        return words;
    }
}
