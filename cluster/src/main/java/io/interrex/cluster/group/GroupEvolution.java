package io.interrex.cluster.group;

import io.interrex.cluster.charter.VoterSeats;
import io.interrex.cluster.durability.Reign;
import io.interrex.cluster.group.GroupState.Operation;
import io.interrex.cluster.group.GroupState.Phase;
import io.interrex.cluster.group.GroupState.Promotion;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What an event makes of a group's state. Decides nothing; throws on an event that is illegal where it stands. */
public final class GroupEvolution {

    private GroupEvolution() {}

    /** @param state null before the first event */
    public static GroupState evolve(@Nullable GroupState state, GroupEvent event) {
        GroupState beginning = GroupBeginning.of(event);
        if (state == null) {
            if (beginning == null) {
                throw new IllegalStateException("no group begins with " + event);
            }
            return beginning;
        }
        var b = new GroupStateBuilder(state);
        apply(b, state, event);
        return b.build();
    }

    private static void apply(GroupStateBuilder b, GroupState s, GroupEvent event) {
        switch (event) {
            case GroupEvent.GroupCreated e -> throw new IllegalStateException("created twice: " + e.group());
            case GroupEvent.GroupAdopted e -> throw new IllegalStateException("adopted, but it exists: " + e.group());
            case GroupEvent.SettingsRecorded e -> settings(b, e);
            case GroupEvent.ConfigurationReloaded e -> b.noChange();
            case GroupEvent.FormatRaised e -> b.upkeep = b.upkeep.written(e.format());
            case GroupEvent.PrimarySuspected e -> b.suspectedBy.add(e.by());
            case GroupEvent.SuspicionCleared e -> cleared(b, e);
            case GroupEvent.MemberHealthChanged e -> health(b, e);
            case GroupEvent.FailoverHeld e -> b.held = e.rule();
            case GroupEvent.FailoverStarted e -> started(b, s, e);
            case GroupEvent.PrimaryFenced e -> b.fenced.put(e.member(), e.how());
            case GroupEvent.PromotionAuthorized e -> authorized(b, s, e);
            case GroupEvent.PrimaryEstablished e -> established(b, s, e);
            case GroupEvent.RestartBarrier e -> b.restarted(e.endLsn());
            case GroupEvent.GateMoved _, GroupEvent.RouteMoved _, GroupEvent.PeopleNotified _ -> b.noChange();
            case MembershipEvent.MembersChanged e -> b.noChange();
            case GroupEvent.SyncSetIntended e -> intended(b, s, e);
            case GroupEvent.SyncSetApplied e -> applied(b, s, e);
            case GroupEvent.DurabilityChanged e -> b.durability = e.durability();
            case GroupEvent.RebuildStarted e -> b.rebuild(e.member(), e.method());
            case GroupEvent.CloneSourceChosen e -> b.troubles = b.troubles.copiedFrom(e.member(), e.source());
            case GroupEvent.DivergentWalKept e -> b.noChange();
            case GroupEvent.RebuildHeld e -> b.troubles = b.troubles.copyHeld(e.member(), e.why());
            case GroupEvent.MemberJoined e -> joined(b, e.member());
            case GroupEvent.MemberStuck e -> {
                b.rebuilt(e.member());
                b.stuck.put(e.member(), e.why());
            }
            case GroupEvent.SwitchoverOrdered e -> switchoverOrdered(b, e);
            case GroupEvent.ReinitOrdered e -> b.reinits.put(e.member(), e.operation());
            case GroupEvent.RestartOrdered e -> b.upkeep = b.upkeep.ordered(Restart.of(e));
            case GroupEvent.SwitchoverScheduled e -> b.upkeep = b.upkeep.with(ScheduledSwitchover.of(e));
            case GroupEvent.SwitchoverScheduleHeld e -> b.upkeep = b.upkeep.held(e.by(), e.why());
            case GroupEvent.SwitchoverScheduleEnded e -> scheduleEnded(b, e);
            case MaintenanceEvent e -> maintenance(b, e);
            case SlotEvent e -> b.upkeep = b.upkeep.made(position(e));
            case GroupEvent.ServerRestarted e -> b.upkeep = b.upkeep.restarted(e.member(), e.atMs());
            case GroupEvent.ForcePromotionOrdered e -> forceOrdered(b, e);
            case GroupEvent.PromotionForced e -> forced(b, s, e);
            case GroupEvent.OrderRefused e -> b.noChange();
            case GroupEvent.OperationFinished e -> b.finish(e.operation(), e.succeeded(), e.why());
            case GroupEvent.ModeChanged e -> mode(b, e);
            case GroupEvent.DiskHeadroomChanged e -> b.troubles = b.troubles.disk(e.member(), e.level());
            case GroupEvent.GreyFailureChanged e -> b.troubles = b.troubles.grey(e.failure(), e.member(), e.present());
            case GroupEvent.WritesLimited e -> b.troubles = b.troubles.readOnly(e.limited() ? e.epoch() : 0);
            case GroupEvent.HandOverDecided e ->
                b.troubles = b.troubles.handedOver(e.epoch(), e.rule(), e.target() != null, e.atMs());
            case GroupEvent.FencingStepTaken e -> fencing(b, e);
            case GroupEvent.VotersRecovered e -> recovered(b, s, e);
            case GroupEvent.SeatVacated e -> SeatDecisions.vacated(b, e);
            case GroupEvent.SeatTaken e -> SeatDecisions.taken(b, e);
            case MembershipEvent.SeatMoved e ->
                b.upkeep = b.upkeep.seated(b.upkeep.seats().moved(e.seat(), e.to()));
            case GroupEvent.VotersLost e -> b.noChange();
        }
    }

    private static void maintenance(GroupStateBuilder b, MaintenanceEvent event) {
        switch (event) {
            case MaintenanceEvent.MaintenanceBegun e ->
                b.upkeep = b.upkeep.leaving(
                        e.member(), new Maintenance(e.operation(), e.actor(), e.reason(), e.untilMs()));
            case MaintenanceEvent.MaintenanceEnded e -> {
                Maintenance over = b.upkeep.maintenance().get(e.member());
                b.upkeep = b.upkeep.back(e.member());
                b.ended(e.operation(), true, e.why());
                if (over != null && !over.operation().equals(e.operation())) {
                    b.ended(over.operation(), true, e.why());
                }
            }
        }
    }

    private static SlotPosition position(SlotEvent event) {
        return switch (event) {
            case SlotEvent.LogicalSlotMade e -> new SlotPosition(e.slot(), e.epoch(), e.member(), e.at(), false);
            case SlotEvent.SlotPositionLost e -> new SlotPosition(e.slot(), e.epoch(), e.member(), e.to(), true);
        };
    }

    private static void joined(GroupStateBuilder b, String member) {
        b.rebuilt(member);
        b.forcing = b.forcing.without(member);
        b.stuck.remove(member);
        b.fenced.remove(member);
    }

    private static void fencing(GroupStateBuilder b, GroupEvent.FencingStepTaken e) {
        if (b.failover != null && e.step() == FencingStep.POWER) {
            GroupState.PowerOff last = b.failover.powerOff();
            long begunMs = last == null || e.result() == StepResult.STARTED ? e.atMs() : last.atMs();
            b.failover = b.failover.with(new GroupState.PowerOff(e.attempt(), e.by(), e.result(), begunMs));
        }
    }

    private static void applied(GroupStateBuilder b, GroupState s, GroupEvent.SyncSetApplied e) {
        b.syncSet = e.now();
        b.intent = null;
        if (s.phase() == Phase.ESTABLISHED) {
            // the primary proved a commit: what was held is over
            b.held = null;
        }
    }

    private static void scheduleEnded(GroupStateBuilder b, GroupEvent.SwitchoverScheduleEnded e) {
        b.upkeep = b.upkeep.with(null);
        b.ended(e.operation(), false, e.why());
        UUID cancel = e.cancel();
        if (cancel != null) {
            b.ended(cancel, true, "the scheduled switchover is cancelled");
        }
    }

    private static void switchoverOrdered(GroupStateBuilder b, GroupEvent.SwitchoverOrdered e) {
        b.operation = new Operation(e.operation(), e.actor(), e.from(), e.target());
        b.upkeep = b.upkeep.begun(e.operation());
        if (e.rule() == RuleId.RESTART_HAND_OVER) {
            b.upkeep = b.upkeep.handingOver(e.operation());
        }
    }

    private static void settings(GroupStateBuilder b, GroupEvent.SettingsRecorded e) {
        b.settings = e.settings();
        b.members = byName(e.members());
        b.forgetStrangers();
        b.upkeep = b.upkeep.keeping(e.settings().slots());
    }

    private static void cleared(GroupStateBuilder b, GroupEvent.SuspicionCleared e) {
        b.suspectedBy.remove(e.by());
        if (b.suspectedBy.isEmpty()) {
            b.held = null;
        }
    }

    /** Who is added streams and has caught up: its rebuild is over, and nothing may begin it again (I19). */
    private static void intended(GroupStateBuilder b, GroupState s, GroupEvent.SyncSetIntended e) {
        b.intent = e.to();
        for (String member : e.to().standbys()) {
            if (!s.syncSet().standbys().contains(member)) {
                b.rebuilt(member);
            }
        }
    }

    /** It is carried out by being recorded, so its order ends here; a switchover that runs goes on. */
    private static void mode(GroupStateBuilder b, GroupEvent.ModeChanged e) {
        b.mode = e.mode();
        b.pausedUntilMs = e.untilMs();
        UUID operation = e.operation();
        if (operation != null) {
            b.ended(operation, true, "the mode became " + e.mode());
        }
    }

    private static void health(GroupStateBuilder b, GroupEvent.MemberHealthChanged e) {
        if (e.healthy()) {
            b.unhealthy.remove(e.member());
        } else {
            b.unhealthy.add(e.member());
        }
    }

    private static void authorized(GroupStateBuilder b, GroupState s, GroupEvent.PromotionAuthorized e) {
        requireNext(s, e.epoch(), Phase.STARTED, e);
        b.phase = Phase.AUTHORIZED;
        b.held = null;
        Forcing.Order order = s.forcing().orderFor(e.epoch());
        b.promotion = new Promotion(
                e.epoch(),
                e.candidate(),
                e.floorLsn(),
                e.syncSet(),
                e.uuid(),
                e.baseEpoch(),
                e.baseUuid(),
                order == null ? null : order.notReached());
    }

    private static void forceOrdered(GroupStateBuilder b, GroupEvent.ForcePromotionOrdered e) {
        b.forcing = b.forcing.with(
                new Forcing.Order(e.operation(), e.actor(), e.reason(), e.target(), e.epoch() + 1, e.loss(), null));
    }

    private static void forced(GroupStateBuilder b, GroupState s, GroupEvent.PromotionForced e) {
        requireNext(s, e.epoch(), Phase.STARTED, e);
        Forcing.Order order = s.forcing().orderFor(e.epoch());
        if (order == null) {
            throw new IllegalStateException(e + " was ordered by nobody");
        }
        b.forcing = b.forcing.with(order.carriedOut(e.notReached()));
    }

    private static void started(GroupStateBuilder b, GroupState s, GroupEvent.FailoverStarted e) {
        if (e.epoch() != s.epoch() + 1) {
            throw new IllegalStateException("epoch " + e.epoch() + " was started after epoch " + s.epoch());
        }
        // what held the epoch before holds this one until somebody else answers: it is told once
        b.held = e.reason() == Reason.EXPIRED && s.phase() == Phase.STARTED ? s.held() : null;
        var failover = new GroupState.Failover(
                e.reason(), e.owner(), e.expiresAtMs(), e.previous(), e.target(), e.operation(), null);
        begun(b, s, e.epoch(), failover);
    }

    /** Who was to promote in an epoch that nobody finished may have acknowledged: it binds on, whoever votes now. */
    private static void recovered(GroupStateBuilder b, GroupState s, GroupEvent.VotersRecovered e) {
        if (e.voterConfig() <= s.voterConfig()) {
            throw new IllegalStateException(
                    "generation " + e.voterConfig() + " of the voters follows generation " + s.voterConfig());
        }
        b.voterConfig = e.voterConfig();
        b.voters = e.voters();
        b.upkeep = b.upkeep.seated(VoterSeats.NONE);
        if (s.phase() == Phase.CREATED) {
            return;
        }
        if (e.epoch() <= s.epoch()) {
            throw new IllegalStateException("epoch " + e.epoch() + " was started after epoch " + s.epoch());
        }
        b.held = null;
        var failover =
                new GroupState.Failover(Reason.ORDERED, e.owner(), e.expiresAtMs(), e.previous(), null, null, null);
        begun(b, s, e.epoch(), failover);
    }

    private static void begun(GroupStateBuilder b, GroupState s, long epoch, GroupState.Failover failover) {
        b.epoch = epoch;
        b.phase = Phase.STARTED;
        b.suspectedBy.clear();
        b.rebuildsGoOnLater();
        b.failover = failover;
        if (s.promotion() != null) {
            b.unestablished.add(s.promotion());
        }
        b.promotion = null;
        b.forcing = b.forcing.with(b.forcing.orderFor(epoch));
        String previous = failover.previous();
        if (previous != null) {
            b.fenced.remove(previous);
        }
    }

    private static void established(GroupStateBuilder b, GroupState s, GroupEvent.PrimaryEstablished e) {
        if (e.epoch() != s.epoch() || s.phase() != Phase.AUTHORIZED && s.phase() != Phase.CREATED) {
            throw new IllegalStateException(
                    "epoch " + e.epoch() + " was established while epoch " + s.epoch() + " is " + s.phase());
        }
        Promotion promotion = s.promotion();
        var chain = new ArrayList<Reign>();
        if (promotion != null) {
            chain.addAll(chainTo(s, promotion.baseUuid()));
            b.syncSet = promotion.syncSet();
        }
        chain.add(e.reign());
        b.lineage = chain;
        b.forcing = new Forcing(s.forcing().order(), cloneAnew(s, chain, e.member()));
        b.phase = Phase.ESTABLISHED;
        b.primary = e.member();
        b.establishedEpoch = e.epoch();
        b.held = null;
        b.systemId = e.systemId();
        b.barrierLsn = e.barrierLsn();
        b.barrierCount = 1;
        b.intent = null;
        b.promotion = null;
        b.unestablished.clear();
        b.fenced.remove(e.member());
        b.rebuilt(e.member());
        b.stuck.remove(e.member());
        if (s.failover() != null && s.failover().operation() == null) {
            b.failoversAtMs.add(
                    s.failover().expiresAtMs() - s.settings().failoverExpires().toMillis());
        }
        while (b.failoversAtMs.size() > s.settings().failoversMax() + 1) {
            b.failoversAtMs.removeFirst();
        }
        GroupState.Failover failover = s.failover();
        if (failover != null
                && failover.operation() != null
                && s.operation() == null
                && s.forcing().order() == null) {
            String target = failover.target();
            b.finish(
                    failover.operation(),
                    target == null || target.equals(e.member()),
                    "%s is the primary of epoch %d".formatted(e.member(), e.epoch()));
        }
        b.failover = null;
    }

    /** Who was not reached by a forced reign that is on the chain now: other forced reigns are history that nobody has. */
    private static TreeMap<String, Long> cloneAnew(GroupState s, List<Reign> chain, String primary) {
        var anew = new TreeMap<String, Long>();
        s.forcing().cloneAnew().forEach((member, epoch) -> {
            if (chain.stream().anyMatch(reign -> reign.epoch() == epoch)) {
                anew.put(member, epoch);
            }
        });
        var promotions = new ArrayList<>(s.unestablished());
        if (s.promotion() != null) {
            promotions.add(s.promotion());
        }
        for (Promotion p : promotions) {
            var notReached = p.notReached();
            if (notReached != null
                    && chain.stream().anyMatch(reign -> reign.uuid().equals(p.uuid()))) {
                notReached.forEach(member -> anew.put(member, p.epoch()));
            }
        }
        anew.remove(primary);
        return anew;
    }

    /** The reigns up to and including {@code uuid}, through promotions that were never established where need be. */
    private static List<Reign> chainTo(GroupState s, @Nullable UUID uuid) {
        var chain = new ArrayList<Reign>();
        UUID wanted = uuid;
        for (int i = s.unestablished().size() - 1; i >= 0; i--) {
            Promotion p = s.unestablished().get(i);
            if (p.uuid().equals(wanted)) {
                chain.addFirst(new Reign(p.epoch(), p.uuid(), 0, p.floorLsn()));
                wanted = p.baseUuid();
            }
        }
        for (int i = s.lineage().size() - 1; i >= 0; i--) {
            if (s.lineage().get(i).uuid().equals(wanted)) {
                chain.addAll(0, s.lineage().subList(0, i + 1));
                return chain;
            }
        }
        return chain;
    }

    private static void requireNext(GroupState s, long epoch, Phase phase, GroupEvent event) {
        if (epoch != s.epoch() || s.phase() != phase) {
            throw new IllegalStateException(event + " does not follow epoch " + s.epoch() + " in phase " + s.phase());
        }
    }

    static TreeMap<String, MemberInfo> byName(List<MemberInfo> members) {
        var map = new TreeMap<String, MemberInfo>();
        members.forEach(m -> map.put(m.name(), m));
        return map;
    }
}
