package io.interrex.actors.supervisor;

import io.interrex.actors.lease.VoterActor;
import io.interrex.actors.lease.VoterWindow;
import io.interrex.actors.log.GroupLog;
import io.interrex.cluster.group.Evidence;
import io.interrex.cluster.group.Evidence.VoterView;
import io.interrex.cluster.group.FileSettings;
import io.interrex.cluster.group.GroupCommand;
import io.interrex.cluster.group.GroupCommand.Stamp;
import io.interrex.cluster.group.GroupEvent;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.MemberInfo;
import io.interrex.cluster.hands.HandsMessage;
import io.interrex.cluster.hands.MemberStatus;
import io.interrex.cluster.port.GroupJournal.Recorded;
import io.interrex.cluster.port.PowerHook;
import io.interrex.cluster.settings.Timings;
import io.interrex.cluster.supervision.Act;
import io.interrex.cluster.supervision.Beginning;
import io.interrex.cluster.supervision.GreyWatch;
import io.interrex.cluster.supervision.Rank;
import io.interrex.cluster.supervision.Sight;
import io.interrex.cluster.supervision.Supervision;
import io.interrex.cluster.supervision.Watch;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Watches one group from one node: gathers what {@link Supervision} decides on, and does what it says. */
public final class SupervisorActor extends AbstractBehavior<SupervisorActor.Message> {

    private static final Logger LOG = LoggerFactory.getLogger(SupervisorActor.class);

    public sealed interface Message {}

    /** A message of the hands' protocol for this supervisor. */
    public record Heard(String from, HandsMessage message) implements Message {}

    public record LogMoved(GroupLog.Update update) implements Message {}

    private record Viewed(VoterView view) implements Message {}

    private enum Tick implements Message {
        TICK
    }

    /**
     * @param file what this node's file says now, its members in the file's order: the first creates the group
     * @param timings as configured
     * @param beginning how the group begins where its log is empty
     */
    public record Settings(
            String group,
            String node,
            List<String> voters,
            Timings timings,
            Supplier<FileSettings> file,
            Beginning beginning) {}

    /** This node's voter: what it has promised so far, and the actor, which answers when it has done what came before. */
    public record OwnVoter(ActorRef<VoterActor.Message> actor, VoterWindow window) {}

    /**
     * @param voters this node's voter, null where none takes part: it may begin to at any time
     * @param voterConfig by which this node counts voters
     * @param send to one node, by name; to the own node too
     * @param commonFormat that every configured node knows, 0 while one is not connected
     * @param hook powers hosts off, null: there is none
     */
    public record Ports(
            ActorRef<GroupLog.Message> log,
            Supplier<@Nullable OwnVoter> voters,
            IntSupplier voterConfig,
            BiConsumer<String, HandsMessage> send,
            IntSupplier commonFormat,
            @Nullable PowerHook hook) {}

    /** The last rank, and of what: it is asked for several times per r, and seldom another. */
    private record Ranked(SortedSet<String> alive, long epoch, int rank) {}

    private final Settings settings;
    private final Ports ports;
    private final ActorRef<VoterView> viewed;
    private final @Nullable ActorRef<PowerOffs.Message> powerOffs;
    private final Map<String, Watch.Heard> peers = new HashMap<>();
    private final long startedMs = nowMs();
    private final boolean hasMember;
    private Watch.Inquiry inquiry = Watch.Inquiry.NONE;
    private int counted;
    private GroupLog.@Nullable Update log;
    private @Nullable VoterView voter;
    private long lastEventMs = nowMs();
    private long knownEpoch;
    private long epochSinceMs = nowMs();
    private Sight sight;
    private GreyWatch grey = GreyWatch.START;
    private long request;
    /** For the next decision that needs one; made when the last was used, because most turns decide nothing. */
    private UUID freshId = UUID.randomUUID();

    private boolean settingsChecked;
    private final FormatRaise formats = new FormatRaise(startedMs);
    private Ranked ranked = new Ranked(new TreeSet<>(), -1, 0);

    public static Behavior<Message> create(Settings settings, Ports ports) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            timers.startTimerAtFixedRate(
                    Tick.TICK, settings.timings().renewEvery().dividedBy(4));
            return new SupervisorActor(context, settings, ports);
        }));
    }

    private SupervisorActor(ActorContext<Message> context, Settings settings, Ports ports) {
        super(context);
        this.settings = settings;
        this.ports = ports;
        this.counted = ports.voterConfig().getAsInt();
        this.hasMember = settings.file().get().members().stream()
                .anyMatch(member -> member.name().equals(settings.node()));
        this.sight = Sight.start(settings.timings(), startedMs);
        PowerHook hook = ports.hook();
        Supplier<Stamp> stamps = () -> new Stamp(settings.node(), System.currentTimeMillis(), 0);
        this.powerOffs = hook == null
                ? null
                : context.spawn(PowerOffs.create(settings.group(), hook, ports.log(), stamps), "power-offs");
        this.viewed = context.messageAdapter(VoterView.class, Viewed::new);
        ports.log().tell(new GroupLog.Subscribe(context.messageAdapter(GroupLog.Update.class, LogMoved::new)));
    }

    @Override
    public Receive<Message> createReceive() {
        return newReceiveBuilder()
                .onMessageEquals(Tick.TICK, this::tick)
                .onMessage(Heard.class, this::heard)
                .onMessage(LogMoved.class, this::logMoved)
                .onMessage(Viewed.class, this::viewed)
                .build();
    }

    private Behavior<Message> tick() {
        recount();
        GroupState group = log == null ? null : log.state();
        sight = sight.tick(peers, group == null ? List.of() : group.members().keySet(), nowMs());
        OwnVoter own = ports.voters().get();
        if (own != null) {
            voter = own.window().view(settings.group(), System.nanoTime());
        }
        supervise();
        if (group != null && !isStranger(group)) {
            Sight.News news = sight.news(group, rank(group), startedMs, stamp(), nowMs());
            sight = news.sight();
            news.acts().forEach(act -> act(group, act));
            GreyWatch.Turn turn = grey.turn(watch(group));
            grey = turn.watch();
            turn.acts().forEach(act -> act(group, act));
            if (formats.isDue(group, ports.commonFormat().getAsInt(), lastEventMs, nowMs()) && rank(group) == 0) {
                ports.log().tell(new GroupLog.Submit(formats.raise(stamp(), nowMs()), null));
            }
        }
        return this;
    }

    /** The voter was told of a release a moment ago, and may not have looked at it yet. */
    private void askView() {
        OwnVoter own = ports.voters().get();
        if (own != null) {
            own.actor().tell(new VoterActor.AskView(settings.group(), viewed));
        }
    }

    /** A lease that was given back is news that does not wait for the next tick. */
    private Behavior<Message> viewed(Viewed m) {
        boolean news = m.view().released() && (voter == null || !voter.released());
        voter = m.view();
        if (news) {
            supervise();
        }
        return this;
    }

    private Behavior<Message> logMoved(LogMoved m) {
        log = m.update();
        GroupState group = m.update().state();
        long epoch = group == null ? 0 : group.epoch();
        if (epoch != knownEpoch) {
            knownEpoch = epoch;
            epochSinceMs = nowMs();
        }
        Recorded recorded = m.update().recorded();
        if (recorded != null) {
            lastEventMs = nowMs();
            settingsChecked &= !(recorded.event() instanceof GroupEvent.FormatRaised);
        }
        supervise();
        return this;
    }

    private Behavior<Message> heard(Heard m) {
        switch (m.message()) {
            case HandsMessage.Status peer -> status(peer.status());
            case HandsMessage.VoterAnswer answer -> {
                recount();
                inquiry = inquiry.heard(answer.view(), answer.voterConfig(), counted);
                supervise();
            }
            case HandsMessage.RevokeAnswer answer -> {
                inquiry = inquiry.heard(answer.epoch(), memberOf(answer.evidence(), m.from()), answer.evidence());
                supervise();
            }
            case HandsMessage.Release release -> askView();
            case HandsMessage.Hello other -> ignore(other);
            case HandsMessage.Beat other -> ignore(other);
            case HandsMessage.Charter other -> ignore(other);
            case HandsMessage.Renew other -> ignore(other);
            case HandsMessage.Ack other -> ignore(other);
            case HandsMessage.Nack other -> ignore(other);
            case HandsMessage.Fenced other -> ignore(other);
            case HandsMessage.AskVoter other -> ignore(other);
            case HandsMessage.Revoke other -> ignore(other);
            case HandsMessage.Hold other -> ignore(other);
            case HandsMessage.Routed other -> ignore(other);
            case HandsMessage.Committed other -> ignore(other);
            case HandsMessage.AskPromises other -> ignore(other);
            case HandsMessage.Promises other -> ignore(other);
            case HandsMessage.Submit other -> ignore(other);
            case HandsMessage.SubmitAnswer other -> ignore(other);
        }
        return this;
    }

    private void recount() {
        int now = ports.voterConfig().getAsInt();
        if (now != counted) {
            counted = now;
            inquiry = inquiry.recounted();
        }
    }

    private void ignore(HandsMessage other) {
        LOG.warn("a supervisor was given {}, which is not for supervisors", other);
    }

    private static String memberOf(Evidence evidence, String from) {
        return switch (evidence) {
            case Evidence.Revoked r -> r.member();
            case Evidence.Dead d -> d.member();
            case Evidence.NoAnswer n -> n.who();
            case Evidence.VoterView v -> from;
            case Evidence.PeerView p -> from;
        };
    }

    private void status(MemberStatus status) {
        Watch.Heard before = peers.get(status.member());
        boolean older = before != null
                && before.status().incarnation() == status.incarnation()
                && before.status().sequence() >= status.sequence();
        if (!older) {
            peers.put(status.member(), Watch.Heard.of(before, status, nowMs()));
            sight = sight.heard(status.member(), nowMs());
        }
    }

    private void supervise() {
        GroupLog.Update update = log;
        if (update == null || !update.readable()) {
            return;
        }
        GroupState group = update.state();
        if (group == null) {
            create();
            return;
        }
        if (isStranger(group)) {
            return;
        }
        recordSettings(group);
        Supervision.Step step = Supervision.tick(watch(group));
        inquiry = step.inquiry();
        step.acts().forEach(act -> act(group, act));
    }

    /** Its member was removed, or is not added yet: nobody tells it anything, and what it misses is no news. */
    private boolean isStranger(GroupState group) {
        return hasMember && !group.members().containsKey(settings.node());
    }

    private int rank(GroupState group) {
        var alive = new TreeSet<String>();
        alive.add(settings.node());
        long limitMs = group.settings().timings().suspectAfter().toMillis();
        peers.forEach((member, heard) -> {
            if (nowMs() - heard.atMs() < limitMs && group.members().containsKey(member)) {
                alive.add(member);
            }
        });
        if (!alive.equals(ranked.alive()) || group.epoch() != ranked.epoch()) {
            ranked = new Ranked(alive, group.epoch(), Rank.of(settings.node(), group.group(), group.epoch(), alive));
        }
        return ranked.rank();
    }

    private Watch watch(GroupState group) {
        return new Watch(
                settings.node(),
                group,
                lastEventMs,
                startedMs,
                Map.copyOf(peers),
                voter,
                rank(group),
                sight,
                inquiry,
                stamp(),
                freshId,
                nowMs());
    }

    private void act(GroupState group, Act act) {
        switch (act) {
            case Act.AskVoters ask ->
                group.voters()
                        .forEach(v -> ports.send().accept(v, new HandsMessage.AskVoter(settings.group(), ++request)));
            case Act.Revoke revoke -> {
                var nodes = new TreeSet<>(revoke.members());
                nodes.addAll(group.voters());
                nodes.forEach(n ->
                        ports.send().accept(n, new HandsMessage.Revoke(settings.group(), ++request, revoke.epoch())));
            }
            case Act.Submit submit -> {
                freshId = UUID.randomUUID();
                ports.log().tell(new GroupLog.Submit(submit.command(), null));
            }
            case Act.PowerOff power -> {
                if (powerOffs != null) {
                    String host = group.member(power.order().member())
                            .map(MemberInfo::host)
                            .orElse("");
                    powerOffs.tell(new PowerOffs.Order(power.order(), host));
                }
            }
        }
    }

    private void create() {
        GroupCommand command = inquiry.submittedMs() > nowMs() - 1_000
                ? null
                : settings.beginning()
                        .command(
                                new Beginning.Where(
                                        settings.group(), settings.node(), settings.voters(), settings.timings()),
                                settings.file().get(),
                                stamp(),
                                UUID.randomUUID(),
                                nowMs() - startedMs);
        if (command != null) {
            inquiry = new Watch.Inquiry(0, 0, -1, Map.of(), 0, 0, -1, Map.of(), nowMs());
            ports.log().tell(new GroupLog.Submit(command, null));
        }
    }

    private void recordSettings(GroupState group) {
        if (settingsChecked || group.phase() != GroupState.Phase.ESTABLISHED) {
            return;
        }
        settingsChecked = true;
        FileSettings file = settings.file().get();
        if (!file.isRecordedIn(group)) {
            ports.log()
                    .tell(new GroupLog.Submit(
                            new GroupCommand.RecordSettings(
                                    stamp(), null, file.base(), file.settings(), file.members(), List.of()),
                            null));
        }
    }

    private Stamp stamp() {
        return new Stamp(settings.node(), System.currentTimeMillis(), nowMs() - epochSinceMs);
    }

    private static long nowMs() {
        return System.nanoTime() / 1_000_000;
    }
}
