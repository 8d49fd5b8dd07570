package io.interrex.actors.lease;

import io.interrex.cluster.charter.Founding;
import io.interrex.cluster.charter.Founding.Claim;
import io.interrex.cluster.charter.Founding.Verdict;
import io.interrex.cluster.charter.RosterSight;
import io.interrex.cluster.charter.VoterCharter;
import io.interrex.cluster.charter.VoterSeats;
import io.interrex.cluster.hands.HandsMessage;
import io.interrex.cluster.port.Nothing;
import io.interrex.cluster.port.Outcome;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the others what this node's disk says of the voters, and asks them until {@link Founding} has decided about its voter. */
public final class FoundingActor extends AbstractBehavior<FoundingActor.Message> {

    private static final Logger LOG = LoggerFactory.getLogger(FoundingActor.class);
    private static final Duration ASK_EVERY = Duration.ofMillis(200);

    /** One that stays out still tells who asks whether all voters are well. */
    private static final Duration TELL_EVERY = Duration.ofSeconds(10);

    public sealed interface Message {}

    public record Heard(String from, HandsMessage.Charter charter) implements Message {}

    /** A connection to that node is up: it may be another process, with another disk, than before. */
    public record Up(String node) implements Message {}

    /** What the log of a group says of the voters' seats. */
    public record Logged(int generation, VoterSeats seats) implements Message {}

    public record Promised(String from, HandsMessage.Promises promises) implements Message {}

    /** This node's empty disk has what a voter needs, and is to ask for the vacant seat. @param done once its charter says so on disk */
    public record AskSeat(CompletableFuture<VoterCharter> done) implements Message {}

    private enum Tick implements Message {
        TICK
    }

    /**
     * @param self this node; where it is no voter it only answers
     * @param others to ask: they may know of epochs, voters or not; whoever is heard of is told, too
     * @param send to a node, by name
     */
    public record Peers(String self, List<String> others, BiConsumer<String, HandsMessage> send) {}

    /**
     * @param claim as read from it
     * @param save is done when it is forced there
     */
    public record Disk(Claim claim, Function<VoterCharter, Outcome<Nothing>> save) {}

    /**
     * What came of it, for any thread.
     *
     * @param votes completed once this node's voter may take part (true), or never will with this disk (false)
     * @param out the other voters that take no part
     * @param promises what voters said that they have promised, since this was last emptied
     * @param roster how the voters' seats look from here
     */
    public record Result(
            CompletableFuture<Boolean> votes,
            Set<String> out,
            Map<String, HandsMessage.Promises> promises,
            AtomicReference<RosterSight> roster) {
        public static Result open() {
            return new Result(
                    new CompletableFuture<>(),
                    ConcurrentHashMap.newKeySet(),
                    new ConcurrentHashMap<>(),
                    new AtomicReference<>(RosterSight.NONE));
        }
    }

    /** What becomes of a changed charter, which is on disk by then. */
    public interface Listener {
        /** Voters are counted by it from now on. */
        void counts(VoterCharter charter);

        /** This disk has its voter's seat. */
        void seated();

        /** This disk has lost its seat: nothing that this process does by it counts any more. */
        void unseated();
    }

    private final TimerScheduler<Message> timers;
    private final Peers peers;
    private final Disk disk;
    private final Result result;
    private final Listener listener;
    private final Map<String, Claim> heard = new HashMap<>();
    private Claim own;
    private String told = "";

    public static Behavior<Message> create(Peers peers, Disk disk, Result result, Listener listener) {
        return Behaviors.setup(context ->
                Behaviors.withTimers(timers -> new FoundingActor(context, timers, peers, disk, result, listener)));
    }

    private FoundingActor(
            ActorContext<Message> context,
            TimerScheduler<Message> timers,
            Peers peers,
            Disk disk,
            Result result,
            Listener listener) {
        super(context);
        this.listener = listener;
        this.timers = timers;
        this.peers = peers;
        this.disk = disk;
        this.result = result;
        this.own = disk.claim();
        look();
        if (isVoter(peers.self())) {
            judge();
            if (!result.votes().isDone()) {
                timers.startTimerWithFixedDelay(Tick.TICK, ASK_EVERY);
            }
        } else {
            result.votes().complete(false);
        }
    }

    @Override
    public Receive<Message> createReceive() {
        return newReceiveBuilder()
                .onMessage(Heard.class, this::heard)
                .onMessageEquals(Tick.TICK, this::tick)
                .onMessage(Up.class, m -> {
                    heard.remove(m.node());
                    peers.send().accept(m.node(), new HandsMessage.Charter(own, true));
                    return this;
                })
                .onMessage(Logged.class, this::logged)
                .onMessage(Promised.class, m -> {
                    result.promises().put(m.from(), m.promises());
                    return this;
                })
                .onMessage(AskSeat.class, this::askSeat)
                .build();
    }

    private Behavior<Message> askSeat(AskSeat m) {
        VoterCharter mine = own.charter();
        if (mine.founded()) {
            m.done().completeExceptionally(new IllegalStateException("this disk has a seat"));
        } else if (mine.joining() || saved(mine.asking())) {
            m.done().complete(own.charter());
        } else {
            m.done().completeExceptionally(new IllegalStateException(told));
        }
        return this;
    }

    private boolean isVoter(String node) {
        return own.charter().voters().contains(node);
    }

    private Behavior<Message> tick() {
        tellAll(true);
        if (!result.votes().isDone()) {
            judge();
        }
        return this;
    }

    private void tellAll(boolean asks) {
        var all = new TreeSet<>(peers.others());
        all.addAll(heard.keySet());
        all.forEach(other -> peers.send().accept(other, new HandsMessage.Charter(own, asks)));
    }

    private Behavior<Message> heard(Heard m) {
        heard.put(m.from(), m.charter().claim());
        if (m.charter().asks()) {
            peers.send().accept(m.from(), new HandsMessage.Charter(own, false));
        }
        noteWhoIsOut(m.from(), m.charter().claim().charter());
        change(own.charter().after(m.charter().claim().charter()));
        takeSeat(m.charter().claim().charter());
        look();
        if (isVoter(peers.self()) && !result.votes().isDone()) {
            judge();
        }
        return this;
    }

    private Behavior<Message> logged(Logged m) {
        if (m.generation() == own.charter().generation()) {
            change(own.charter().after(m.seats()));
        }
        return this;
    }

    /** It is told to nobody before it is on disk. */
    private void change(VoterCharter next) {
        if (next.change() == own.charter().change()) {
            return;
        }
        boolean loses = own.charter().founded() && isVoter(peers.self()) && !next.holdsSeat(peers.self());
        if (!saved(loses ? next.unseated(UUID.randomUUID()) : next)) {
            return;
        }
        if (loses) {
            LOG.error(
                    "the seat of this node's voter was given to another disk (change {} of the voters): this one starts anew as an"
                            + " empty one; 'interrex voter readmit' gives it a seat",
                    next.change());
            listener.unseated();
        } else {
            changed();
        }
    }

    /** Where another voter says that the log gave the seat to this disk. */
    private void takeSeat(VoterCharter theirs) {
        VoterCharter mine = own.charter();
        boolean given = mine.joining()
                && theirs.founded()
                && theirs.change() == mine.change()
                && theirs.roster().contains(mine.seat(peers.self()));
        if (given && saved(mine.taken(theirs.roster()))) {
            changed();
            listener.seated();
        }
    }

    private void changed() {
        LOG.info("change {} of the voters counts", own.charter().change());
        listener.counts(own.charter());
        tellAll(false);
        heard.forEach((node, claim) -> noteWhoIsOut(node, claim.charter()));
        look();
    }

    private void look() {
        result.roster().updateAndGet(before -> before.seen(peers.self(), own.charter(), heard, System.nanoTime()));
    }

    private void noteWhoIsOut(String node, VoterCharter theirs) {
        if (!own.charter().founded() || !isVoter(node)) {
            return;
        }
        if (own.charter().roster().contains(new VoterCharter.Seat(node, theirs.disk()))) {
            result.out().remove(node);
        } else if (result.out().add(node)) {
            LOG.error("the disk of voter {} was emptied: it forgot what it granted, and takes no part", node);
        }
    }

    private void judge() {
        switch (Founding.judge(peers.self(), own, heard)) {
            case Verdict.Waits(var why) -> tell("this node's voter waits: " + why);
            case Verdict.Binds(var next) -> {
                if (saved(next)) {
                    tellAll(true);
                    judge();
                }
            }
            case Verdict.Begins(var next) -> {
                boolean first = !own.charter().founded();
                if (first && saved(next)) {
                    LOG.info("generation {} of the voters begins: {}", next.generation(), next.voters());
                    tellAll(false);
                }
                if (own.charter().founded()) {
                    timers.cancel(Tick.TICK);
                    result.votes().complete(true);
                }
            }
            case Verdict.StaysOut(var why) -> {
                LOG.error(
                        "this node's voter takes no part: {}. The group goes on with the others; 'interrex voter readmit --voter {}'"
                                + " gives its disk the seat",
                        why,
                        peers.self());
                timers.startTimerWithFixedDelay(Tick.TICK, TELL_EVERY);
                result.votes().complete(false);
            }
        }
    }

    /** Tried again with the next thing that is heard where it was not written. */
    private boolean saved(VoterCharter next) {
        Outcome<Nothing> written = disk.save().apply(next);
        if (written instanceof Outcome.Done<Nothing>) {
            own = new Claim(next, own.promised());
            look();
            return true;
        }
        tell("this node's voter cannot take part: " + written);
        return false;
    }

    private void tell(String what) {
        if (!what.equals(told)) {
            told = what;
            LOG.warn("{}", what);
        }
    }
}
