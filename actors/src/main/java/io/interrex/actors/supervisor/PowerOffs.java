package io.interrex.actors.supervisor;

import io.interrex.actors.log.GroupLog;
import io.interrex.cluster.group.GroupCommand.OrderPowerOff;
import io.interrex.cluster.group.GroupCommand.ReportPowerOff;
import io.interrex.cluster.group.GroupCommand.Stamp;
import io.interrex.cluster.group.StepResult;
import io.interrex.cluster.port.Nothing;
import io.interrex.cluster.port.Outcome;
import io.interrex.cluster.port.PowerHook;
import java.time.Duration;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs this node's hook for an order that the log has taken, once, and tells the log what it said until the log has heard it. An
 * order that was read in the log, and not given by this process, is never carried out: the host may have been repaired since.
 */
final class PowerOffs extends AbstractBehavior<PowerOffs.Message> {

    private static final Logger LOG = LoggerFactory.getLogger(PowerOffs.class);
    private static final Duration LOG_LIMIT = Duration.ofSeconds(10);
    private static final Duration AGAIN_AFTER = Duration.ofMillis(500);

    sealed interface Message {}

    record Order(OrderPowerOff order, String host) implements Message {}

    private record Taken(Order order, GroupLog.@Nullable Answer answer) implements Message {}

    private record Ended(Order order, Outcome<Nothing> outcome) implements Message {}

    private record Report(ReportPowerOff report) implements Message {}

    private record Told(ReportPowerOff report, GroupLog.@Nullable Answer answer) implements Message {}

    private final String group;
    private final PowerHook hook;
    private final ActorRef<GroupLog.Message> log;
    private final Supplier<Stamp> stamp;
    private final TimerScheduler<Message> timers;

    static Behavior<Message> create(
            String group, PowerHook hook, ActorRef<GroupLog.Message> log, Supplier<Stamp> stamp) {
        return Behaviors.setup(
                context -> Behaviors.withTimers(timers -> new PowerOffs(context, timers, group, hook, log, stamp)));
    }

    private PowerOffs(
            ActorContext<Message> context,
            TimerScheduler<Message> timers,
            String group,
            PowerHook hook,
            ActorRef<GroupLog.Message> log,
            Supplier<Stamp> stamp) {
        super(context);
        this.timers = timers;
        this.group = group;
        this.hook = hook;
        this.log = log;
        this.stamp = stamp;
    }

    @Override
    public Receive<Message> createReceive() {
        return newReceiveBuilder()
                .onMessage(Order.class, this::order)
                .onMessage(Taken.class, this::taken)
                .onMessage(Ended.class, this::ended)
                .onMessage(Report.class, this::report)
                .onMessage(Told.class, this::told)
                .build();
    }

    private Behavior<Message> order(Order m) {
        getContext()
                .ask(
                        GroupLog.Answer.class,
                        log,
                        LOG_LIMIT,
                        replyTo -> new GroupLog.Submit(m.order(), replyTo),
                        (answer, failure) -> new Taken(m, answer));
        return this;
    }

    private Behavior<Message> taken(Taken m) {
        OrderPowerOff order = m.order().order();
        if (m.answer() == null || !m.answer().known() || !m.answer().accepted()) {
            LOG.info("the log did not take {}: {}", order, m.answer());
            return this;
        }
        LOG.warn(
                "powering off the host of {} for epoch {}, attempt {}", order.member(), order.epoch(), order.attempt());
        var target = new PowerHook.Target(
                group, order.epoch(), order.member(), m.order().host(), order.attempt());
        getContext()
                .pipeToSelf(
                        hook.powerOff(target),
                        (outcome, failure) -> new Ended(
                                m.order(), outcome != null ? outcome : Outcome.unknown(String.valueOf(failure))));
        return this;
    }

    private Behavior<Message> ended(Ended m) {
        OrderPowerOff order = m.order().order();
        LOG.warn("the hook for {}, attempt {}: {}", order.member(), order.attempt(), m.outcome());
        StepResult result = switch (m.outcome()) {
            case Outcome.Done<Nothing> done -> StepResult.DONE;
            case Outcome.Refused<Nothing> refused -> StepResult.REFUSED;
            case Outcome.Unknown<Nothing> unknown -> StepResult.UNKNOWN;
        };
        String why = switch (m.outcome()) {
            case Outcome.Done<Nothing> done -> "the hook says that its host is off";
            case Outcome.Refused<Nothing>(var reason) -> reason;
            case Outcome.Unknown<Nothing>(var reason) -> reason;
        };
        return report(new Report(
                new ReportPowerOff(stamp.get(), order.epoch(), order.member(), order.attempt(), result, why)));
    }

    private Behavior<Message> report(Report m) {
        getContext()
                .ask(
                        GroupLog.Answer.class,
                        log,
                        LOG_LIMIT,
                        replyTo -> new GroupLog.Submit(m.report(), replyTo),
                        (answer, failure) -> new Told(m.report(), answer));
        return this;
    }

    /** What the log refuses it has heard: it waits for something else by now. */
    private Behavior<Message> told(Told m) {
        if (m.answer() == null || !m.answer().known()) {
            timers.startSingleTimer(m.report(), new Report(m.report()), AGAIN_AFTER);
        } else if (!m.answer().accepted()) {
            LOG.warn("what the hook said comes too late: {}", m.answer().why());
        }
        return this;
    }
}
