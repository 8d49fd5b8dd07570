package io.interrex.cluster.group;

import io.interrex.cluster.format.Since;

/**
 * The closed list of rules by which a group is decided. Codes are stable and have gaps; the sentence is what an operator
 * reads, and the table in the README is made from it.
 */
public enum RuleId {
    GROUP_CREATED(
            100, "An empty log gets its group from the first node whose append wins; only its member runs initdb."),
    GROUP_EXISTS(101, "A group that exists is not created again."),
    FIRST_MEMBER_LOST(
            102,
            "Epoch 1 is its first member's: while a majority of voters does not hear that member the group cannot begin, and nobody else makes its database."),
    SETTINGS_RECORDED(105, "Changed settings are recorded before any decision uses them."),
    VOTERS_RECOVERED(
            110,
            "A majority of voters lost for good: by a person's order the next generation of voters begins with the survivor's log, and with an epoch above all that is known to be promised."),
    VOTERS_OTHER_GENERATION(115, "Each generation of the voters begins once, and none after a later one."),
    GROUP_ADOPTED(
            120,
            "A group begins with a database that it did not make only by a person's order, from the node whose disk holds that order; nobody runs initdb for it."),
    SEAT_VACATED(
            140,
            "A voter whose disk was emptied forgot what it granted: by a person's order its seat is vacated, and nothing of the old disk counts any more."),
    SEAT_TAKEN(
            145,
            "An empty disk takes a vacant seat once a majority of the voters grants without it, all that was granted before has run out, and every epoch that they know is on its disk."),
    SEAT_BUSY(150, "One seat changes at a time, and the next when the change before is settled."),
    SEAT_HELD(155, "A seat is vacated only where the voter's node answers with a disk that is not the seat's."),
    SEAT_QUORUM(
            160, "No seat is vacated unless a majority of all voters, without that one, answers with the right disks."),
    SEAT_UNREADY(165, "No seat is taken that is not vacant, or before a majority grants without it."),
    @Since(7)
    SEAT_MOVED(
            170,
            "A voter's seat goes to another node by the nodes' file, one at a time; who counts is decided by its disk alone, which 'voter readmit' changes."),
    @Since(7)
    SEAT_MOVE_QUORUM(
            175,
            "No seat goes to another node unless a majority of all voters, without that one, answers with the right disks and no other seat is vacant."),
    @Since(7)
    MEMBERS_CHANGED(
            180, "Who is a member is what the log says; a file that names others changes it while all nodes run."),
    @Since(7)
    MEMBER_NEEDED(185, "The primary and the members that commits wait for are not removed."),

    PRIMARY_SUSPECTED(
            200,
            "Three failed probes in a row, or a silent host (phi), open the question to the peers; they decide nothing."),
    SUSPICION_CLEARED(205, "A suspicion ends when the primary is heard of again."),
    MEMBER_UNHEALTHY(210, "Three failed probes in a row mark a member unhealthy; one good one marks it healthy."),

    DISK_HEADROOM(
            220,
            "How much room a member's disks have is recorded when it falls below a threshold, or is a quarter above it again."),
    HAND_OVER(
            225,
            "A primary whose disk is nearly full hands over to a synchronous standby that has room, once in a reign and once in 'failover-window'."),
    HAND_OVER_NOBODY(230, "Nothing is handed over where no synchronous standby has room: the primary goes on serving."),
    HAND_OVER_PAUSED(235, "While paused, only a person lets another member take over."),
    HAND_OVER_TOO_SOON(
            240,
            "What fills one disk after the other is not cured by another primary: people are told, and nothing moves."),
    REPLAY_STALLED(
            250, "A standby that receives WAL and applies none of it for long is told once, and that it goes on."),
    CONNECTIONS_SHORT(260, "Clients that have nearly all connections are told once, and that there are some again."),
    UNKILLABLE(
            265,
            "A member whose processes outlive SIGKILL renews no lease and gives none back: the others take over when it has run out."),
    CLONE_DISK_CRITICAL(270, "A member whose disk is nearly full gets no copy of the database."),

    CLONE_FROM_STANDBY(
            275,
            "A clone reads from a standby that streams, is of the current reign, well and within max-lag, one tagged clonefrom before others: the primary is spared."),
    CLONE_FROM_PRIMARY(280, "A clone reads from the primary where no standby is fit for it, or a copy of one failed."),
    REBUILD_HELD(
            285,
            "A rewind or a clone that does not go on is told once for each reason, with what a person can do about it; it is tried again."),
    DIVERGENT_WAL_KEPT(
            290,
            "WAL that only one member had is kept on its host before a rewind or a clone overwrites it, and people are told where."),

    FAILOVER_BY_MAJORITY(
            300,
            "A failover starts when a majority of the configured voters had no renewal for the time 'suspect', or a release, or a verified death, and a revocation quorum is in reach."),
    FAILOVER_NO_MAJORITY(
            305,
            "No failover without a majority of the configured voters: the denominator is the configuration, not who answers."),
    FAILOVER_LEASE_ALIVE(310, "No failover while a peer shows an unexpired, recent lease of the current epoch."),
    FAILOVER_NO_QUORUM(
            315,
            "No failover while fewer than |S|-k+1 synchronous standbys are in reach: one that could lose an acknowledged commit is held, not guessed."),
    FAILOVER_PAUSED(320, "While paused, only a person starts a failover."),
    FAILOVER_TOO_MANY(325, "After too many completed failovers in the window only a person starts another."),
    FAILOVER_RUNNING(330, "One failover at a time; the first to be logged is the one."),
    FAILOVER_EXPIRED(335, "A failover past its expiry is begun anew with the next epoch."),
    FAILOVER_STALE(340, "A command of an older epoch changes nothing."),
    FAILOVER_JUST_STARTED(345, "Nobody is suspected within W + 2*suspect of a supervisor's own start."),

    PROMOTION_AUTHORIZED(
            400,
            "The member with the newest lineage, epoch and flushed position among the revoked is promoted; preference only breaks ties."),
    PROMOTION_NO_QUORUM(
            405,
            "No promotion until every live configuration is covered by |S|-k+1 revoked standbys, or its primary is verified dead and is the candidate, or stopped cleanly and the candidate holds its shutdown checkpoint."),
    PROMOTION_LEASE_MAY_LIVE(
            410, "No promotion until the old lease has run out, was released, or its holder is verified dead."),
    PROMOTION_NO_CANDIDATE(415, "No promotion without a candidate that is not excluded."),
    PROMOTION_NO_STANDBY_LEFT(
            420, "No promotion that leaves no synchronous standby, unless the policy allows degraded."),
    PROMOTION_LAG_OVER_CAP(425, "In asynchronous mode a loss above max-lag is not accepted without a person."),
    PROMOTION_DEGRADED(430, "While degraded only the recorded primary may be promoted again."),
    PROMOTION_FORCED(
            440,
            "By a person's override a member is promoted although the count of revoked standbys is not met, a degraded group's primary is away, or max-lag is passed; lease, lineage, marker and barrier hold as ever."),
    FORCED_TARGET_BEHIND(
            445, "An override promotes the member that it names, and only where nobody who answered is ahead of it."),
    FORCED_NOT_REACHED(
            450,
            "A member that a forced promotion did not reach is cloned anew: it is never streamed to or rewound with the data that it had."),

    @Since(7)
    RESTARTS_SPENT(
            460,
            "A server that dies more than 'restarts-max' times is handed over or left down for longer each time, across restarts of its node; the budget refills while it runs."),

    @Since(7)
    READ_ONLY(
            465,
            "Where a primary's disk is all but full and nobody is fit to take over, its clients only read, until there is a quarter more room; what is to be cleaned up is cleaned up in transactions that say READ WRITE."),

    @Since(7)
    FLUSH_STALLED(
            470,
            "A standby that streams and flushes nothing for longer than 'suspect' is told with its figures, and is in no synchronous set that can do without it until it has flushed what it gets for ten times that."),

    CANDIDATE_OFF_CHAIN(500, "A member whose marker is not on the log's chain of reigns is excluded."),
    CANDIDATE_OLD_LINEAGE(
            505, "A member of an older reign is behind every member of a newer one, whatever its position."),
    CANDIDATE_BEHIND(510, "A member whose flushed position is lower than another's is not promoted before it."),
    CANDIDATE_NOFAILOVER(515, "A member tagged nofailover is not promoted without a person's order."),
    CANDIDATE_UNKNOWN(520, "A member that gave no revoked position is no candidate."),
    CANDIDATE_FOREIGN(525, "A member with another system identifier is excluded."),
    CANDIDATE_IS_FORMER(
            530, "The former primary's preference counts for nothing; it is a candidate only if verified dead."),
    CANDIDATE_PREFERRED(
            535,
            "Among equally safe candidates: the ordered target, then priority, then another zone than the lost one, then the name."),
    CANDIDATE_DISK(
            540,
            "Among equally safe candidates a member whose disk is nearly full comes last; one that is safer than all others is promoted all the same."),
    @Since(7)
    CANDIDATE_MAINTENANCE(
            541,
            "A member in maintenance is not promoted, whoever asks; one that commits waited for yet and that holds more than all others keeps the failover held."),

    @Since(7)
    SLOT_MADE(
            550,
            "A logical slot that the settings name is made on the primary, and the log knows where its stream begins."),
    @Since(7)
    SLOT_POSITION_LOST(
            553,
            "A new primary makes logical slots anew: what was committed between the position known before and the new one is not in the stream, and people are told which."),
    @Since(7)
    SLOTS_AT_STAKE(
            556,
            "A planned change of the primary that loses the positions of logical slots needs a person's word for it."),
    @Since(7)
    SLOT_LOST(560, "A slot whose WAL was removed is told: its consumer cannot go on."),
    @Since(7)
    SLOT_BEHIND(
            563,
            "A slot that keeps three quarters of the WAL that slots may keep (max_slot_wal_keep_size) is told before it is lost; below half of it that is over."),

    ESTABLISHED(
            600,
            "A reign is established when its marker is flushed on k of its standbys; until then the configuration before it binds too."),
    ESTABLISHED_NOT_FLUSHED(605, "No establishment before the marker is flushed on k standbys."),
    BARRIER_PASSED(
            610,
            "A restarted primary opens only after its end of WAL is flushed on k standbys of every live configuration."),
    BARRIER_NOT_FLUSHED(615, "No gate opens before the restart barrier is held by k standbys."),
    FENCED(
            620,
            "The old primary is fenced when it is verified dead, gave its lease back, or its lease ran out on a majority of voters."),
    GATE_RECORDED(625, "Opening and closing of a gate is recorded with its epoch."),
    ROUTE_MOVED(630, "Routes follow the open gate of the current epoch."),
    NOTIFIED(635, "People are told after the decision, never before it and never in its way."),

    POOLERS_BUSY(
            640,
            "A switchover, or a restart in place, begins to stop the primary when every pooler holds its clients; one that cannot within 1 s ends a person's order, and its clients go on; a disk that is nearly full waits no longer."),
    FENCING_STEP(
            650,
            "An old primary is fenced in the order network, process, power, and each step is recorded with what came of it."),
    POWER_NEEDED(
            655,
            "Where hosts can be powered off, nobody is promoted before the old primary is proven dead, by its own host or by the hook's 'done'; refused and unknown prove nothing."),
    POWER_VOTERS_FIRST(
            657,
            "No host is powered off before a majority of voters has promised the new epoch: started again, it gets no lease of the old one."),
    POWER_SELF(659, "No node powers off its own host: the hook runs on the other side."),
    POWER_BUSY(660, "One attempt to power a host off at a time, and the next a minute after the last began."),
    POWER_STALE(665, "What a hook says of another epoch, attempt or member proves nothing."),

    SYNC_SET_SHRUNK(
            700, "A standby that does not acknowledge is removed from the synchronous set so that writes go on."),
    SYNC_SET_GROWN(705, "A standby that streams and has caught up joins the synchronous set."),
    SYNC_SET_APPLIED(
            710,
            "A change of the synchronous set is logged before it is made, and binds together with the old one until it is proven."),
    SYNC_SET_BUSY(715, "One change of the synchronous set at a time, and none during a failover."),
    DURABILITY_DEGRADED(
            720,
            "With the last synchronous standby lost, writes go on without a copy by policy; nobody else is promoted meanwhile."),
    DURABILITY_RESTORED(725, "With a caught-up standby back, commits wait for it again."),
    DURABILITY_WAITS(730, "By policy writes wait when the last synchronous standby is lost."),

    REBUILD_STARTED(
            800, "A member that does not stream is rebuilt: stream, else rewind, else clone; one clone at a time."),
    REBUILD_DONE(805, "A member is whole again when it streams from the current primary."),
    REBUILD_BUSY(810, "Never two clones at once, never below k+1 copies by our own action."),
    MEMBER_STUCK(815, "A member that cannot be rebuilt ends in a named alarm."),

    ORDER_ACCEPTED(900, "A person's order is recorded before it is carried out."),
    ORDER_UNKNOWN_MEMBER(905, "An order names a member of the group."),
    ORDER_SELF(910, "A switchover, and a copy by order, name another member than the primary."),
    ORDER_LAGGING(915, "A switchover target streams and is within the lag limit."),
    ORDER_BUSY(920, "No switchover during a failover or another switchover."),
    ORDER_NO_PRIMARY(925, "A switchover needs an established primary; without one a failover is what is needed."),
    ORDER_NOT_SYNC(930, "A switchover target is a synchronous standby, in synchronous mode."),
    ORDER_ALREADY(935, "The order asks for what already is."),
    ORDER_FINISHED(
            940,
            "An operation ends with its outcome, and the same order sent again is told it: nothing is decided anew."),
    ORDER_KEEPS_COPIES(
            945,
            "By order no member's data are given up, and none is stopped, while commits would be left with fewer copies than they wait for."),
    PAUSE_ENDED(947, "A pause that was given a time ends then, by the wall clock of the node that ends it."),
    VOTERS_LOST(950, "Without a majority of voters the gate closes; it reopens by itself when they are back."),

    FORCE_OTHER_GROUP(960, "An override names its group, as it is called, and no other."),
    FORCE_OTHER_EPOCH(
            963, "An override names the current epoch: what a person saw before it changed is not what is forced now."),
    FORCE_NOT_NEEDED(
            966, "No override where no failover is held by what it skips: a switchover or a failover loses nothing."),
    FORCE_TARGET_AWAY(969, "An override names a member that is in reach and has data."),

    RESTART_STEP(
            970,
            "By order servers are restarted one at a time, standbys first: each leaves the synchronous set where enough others are in it, and is in it again before the next is stopped."),
    RESTART_PAUSED(971, "While paused no server is restarted by order, and a pause ends a restart that runs."),
    RESTART_NOT_RUNNING(972, "Only a server that runs is restarted by order."),
    RESTART_EXPIRED(
            974,
            "A restart by order without progress for five minutes ends, and leaves the other servers as they are."),
    RESTART_HAND_OVER(
            976,
            "A restarted member takes over before the primary's server is restarted, but where the order says in place."),
    RESTART_LOWERS(
            978,
            "No standby runs with less than its primary of what both need (max_connections and such): where that is lowered the primary is restarted first, and in place."),

    SCHEDULE_TIME(
            980,
            "A switchover is scheduled for a time that is to come, at most 30 days ahead, and begins at most a day after it."),
    SCHEDULE_TAKEN(981, "One switchover is scheduled at a time; another is refused and told which."),
    SCHEDULE_DUE(
            982,
            "At its time a scheduled switchover is decided as one that is ordered then, by the wall clock of the node that proposes it."),
    SCHEDULE_HELD(
            983,
            "What keeps a scheduled switchover from beginning is recorded once for each rule, and it is tried again until it expires."),
    SCHEDULE_EXPIRED(984, "A scheduled switchover that could not begin in its time ends, and people are told why."),
    SCHEDULE_POINTLESS(985, "A scheduled switchover ends where its target is the primary by then."),
    SCHEDULE_CANCELLED(986, "A person cancels a scheduled switchover until it has begun."),
    SCHEDULE_NONE(987, "Only a switchover that is scheduled and has not begun is cancelled."),

    SETTINGS_OTHER_FILE(
            1100,
            "A file is recorded only where what is recorded is what the file said before it was changed, or by a person who overwrites it: no two files record in turn."),
    SYNCHRONOUS_STAYS(
            1103,
            "A synchronous group does not become asynchronous while a node of a release before format 7 may run: its primary would not empty the synchronous set."),
    RELOADED(
            1105,
            "By order a node reads its configuration file again: what may change while it runs takes effect, all of it or nothing."),
    RELOAD_REFUSED(
            1110,
            "A file that is wrong, or that changes what takes a restart of the node, is refused as a whole; the node goes on with what it has."),
    @Since(7)
    MAINTENANCE_BEGUN(
            1115,
            "A member in maintenance is left alone by a person's order: it is no candidate, is not waited for, takes no reads, is neither started nor repaired, and nobody is told that it is down."),
    @Since(7)
    MAINTENANCE_ENDED(1116, "A maintenance is ended by a person at any time; the member comes back as any other."),
    @Since(7)
    MAINTENANCE_EXPIRED(
            1117,
            "A maintenance ends by itself at the time that was given for it, by the wall clock of the node that proposes it."),
    @Since(7)
    MAINTENANCE_NONE(1118, "Only a maintenance that is on is ended."),
    @Since(7)
    IN_MAINTENANCE(1119, "A member in maintenance is not the target of another order: its maintenance is ended first."),
    @Since(7)
    MAINTENANCE_KEEPS_COPIES(
            1120,
            "No member goes into maintenance while commits would wait for fewer standbys than configured without it."),
    @Since(7)
    MAINTENANCE_PRIMARY(1121, "The primary is not taken into maintenance: another member takes over first."),
    @Since(7)
    SYNC_SET_EMPTIED(
            1130,
            "Where a person makes a group asynchronous, its synchronous set is emptied by a change like any other: until it is proven the set before it binds too."),

    FORMAT_RAISED(
            1150,
            "The log holds what only a newer release understands once every node is connected and runs one that does: nodes are upgraded one after the other."),
    FORMAT_TOO_NEW(
            1155,
            "What a node of an older release would not understand is not decided while one may run; it is when the last of them is upgraded.");

    private final int code;
    private final String sentence;

    RuleId(int code, String sentence) {
        this.code = code;
        this.sentence = sentence;
    }

    /** Stable number, as in {@code R305}. */
    public int code() {
        return code;
    }

    public String sentence() {
        return sentence;
    }

    /** As operators read it: {@code R305 FAILOVER_NO_MAJORITY}. */
    public String label() {
        return "R" + code + " " + name();
    }
}
