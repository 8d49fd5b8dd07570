package io.interrex.actors.agent;

import io.interrex.actors.log.GroupLog;
import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.group.GroupCommand;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.member.SlotPlanner;
import io.interrex.cluster.port.DatabaseStatus;
import io.interrex.cluster.port.Outcome;
import io.interrex.cluster.port.Slot;
import io.interrex.cluster.port.SlotKeeper;
import io.interrex.cluster.port.SlotPlan;
import java.util.List;
import java.util.Map;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has the slots for others than members kept as {@link SlotPlanner} says, after each look at them; one plan at a time. */
final class AgentSlots {

    private static final Logger LOG = LoggerFactory.getLogger(AgentSlots.class);

    private final String member;
    private final SlotKeeper keeper;
    private final ActorRef<GroupLog.Message> log;
    private volatile boolean busy;
    private @Nullable String lastTrouble;

    AgentSlots(String member, AgentPorts ports) {
        this.member = member;
        this.keeper = ports.slots();
        this.log = ports.log();
    }

    /** @param there as they were seen last, null: not seen since the last call */
    void tick(
            @Nullable GroupState group,
            @Nullable DatabaseStatus database,
            @Nullable List<Slot> there,
            AgentPeers peers,
            long now) {
        if (group == null || database == null || there == null || busy) {
            return;
        }
        var stamp = new GroupCommand.Stamp(member, System.currentTimeMillis());
        SlotPlanner.reports(group, member, there, peers.confirmed(), stamp)
                .forEach(report -> log.tell(new GroupLog.Submit(report, null)));
        Map<String, Lsn> onPrimary = peers.slotsOf(group.primary(), now);
        SlotPlanner.plan(group, member, database.process(), there, onPrimary).ifPresent(this::keep);
    }

    private void keep(SlotPlan plan) {
        busy = true;
        keeper.keep(plan).whenComplete((outcome, failure) -> {
            told(outcome == null ? Outcome.unknown(String.valueOf(failure)) : outcome);
            busy = false;
        });
    }

    private synchronized void told(Outcome<?> outcome) {
        String trouble = outcome instanceof Outcome.Done<?> ? null : outcome.toString();
        if (trouble != null && !trouble.equals(lastTrouble)) {
            LOG.warn("slots are not as the settings say: {}", trouble);
        }
        lastTrouble = trouble;
    }
}
