package io.interrex.actors.lease;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.actors.hands.TestNode;
import io.interrex.cluster.charter.Founding.Claim;
import io.interrex.cluster.charter.VoterCharter;
import io.interrex.cluster.charter.VoterSeats;
import io.interrex.cluster.hands.HandsMessage;
import io.interrex.cluster.port.Nothing;
import io.interrex.cluster.port.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Voters a, b, c on one wire, and their disks; a node without a voter, m, is told and answers. */
final class FoundingActorTest {

    private static final List<String> VOTERS = List.of("a", "b", "c");
    private static final List<String> NODES = List.of("a", "b", "c", "m");

    private final ActorTestKit kit = ActorTestKit.create("founding", TestNode.CONFIG);
    private final Map<String, VoterCharter> disks = new ConcurrentHashMap<>();
    private final Map<String, ActorRef<FoundingActor.Message>> running = new ConcurrentHashMap<>();
    private final List<String> told = new java.util.concurrent.CopyOnWriteArrayList<>();

    @AfterEach
    void end() {
        kit.shutdownTestKit();
    }

    private void send(String from, String to, HandsMessage message) {
        ActorRef<FoundingActor.Message> actor = running.get(to);
        if (actor != null && message instanceof HandsMessage.Charter charter) {
            actor.tell(new FoundingActor.Heard(from, charter));
        }
    }

    private FoundingActor.Result start(String node) {
        return start(node, next -> {
            disks.put(node, next);
            return Outcome.done(Nothing.NOTHING);
        });
    }

    private FoundingActor.Result start(String node, java.util.function.Function<VoterCharter, Outcome<Nothing>> save) {
        var others = NODES.stream().filter(other -> !other.equals(node)).toList();
        var result = FoundingActor.Result.open();
        VoterCharter disk = disks.computeIfAbsent(node, n -> VoterCharter.first(1, VOTERS, UUID.randomUUID()));
        running.put(
                node,
                kit.spawn(FoundingActor.create(
                        new FoundingActor.Peers(node, others, (to, message) -> send(node, to, message)),
                        new FoundingActor.Disk(new Claim(disk, false), save),
                        result,
                        listener(node))));
        return result;
    }

    private FoundingActor.Listener listener(String node) {
        return new FoundingActor.Listener() {
            @Override
            public void counts(VoterCharter charter) {
                told.add(node + " counts " + charter.change());
            }

            @Override
            public void seated() {
                told.add(node + " is seated");
            }

            @Override
            public void unseated() {
                told.add(node + " is unseated");
            }
        };
    }

    private void stop(String node) {
        ActorRef<FoundingActor.Message> actor = running.remove(node);
        if (actor != null) {
            kit.stop(actor);
        }
    }

    private static boolean votes(FoundingActor.Result result) throws Exception {
        return result.votes().get(20, TimeUnit.SECONDS);
    }

    private void awaitBegun(FoundingActor.Result... results) throws Exception {
        for (FoundingActor.Result result : results) {
            assertTrue(votes(result));
        }
    }

    @Test
    @DisplayName("all three begin together, none before the last is there; a node without a voter only answers")
    void first() throws Exception {
        assertFalse(votes(start("m")));
        var a = start("a");
        var b = start("b");
        kit.createTestProbe().expectNoMessage(Duration.ofMillis(500));
        assertFalse(a.votes().isDone() || b.votes().isDone());
        awaitBegun(a, b, start("c"));
        assertEquals(
                1,
                VOTERS.stream()
                        .map(voter ->
                                disks.getOrDefault(voter, VoterCharter.NONE).roster())
                        .distinct()
                        .count());
    }

    @Test
    @DisplayName("two of three are emptied: both stay out, and the third knows that they are")
    void emptied() throws Exception {
        awaitBegun(start("a"), start("b"), start("c"));
        VOTERS.forEach(this::stop);
        disks.remove("a");
        disks.remove("b");
        var a = start("a");
        var b = start("b");
        kit.createTestProbe().expectNoMessage(Duration.ofMillis(500));
        assertFalse(a.votes().isDone() || b.votes().isDone());
        var c = start("c");
        assertTrue(votes(c));
        assertFalse(votes(a));
        assertFalse(votes(b));
        kit.createTestProbe().awaitAssert(() -> {
            assertEquals(java.util.Set.of("a", "b"), c.out());
            return Nothing.NOTHING;
        });
    }

    @Test
    @DisplayName("one that has begun takes part at once at its next start, alone too")
    void again() throws Exception {
        awaitBegun(start("a"), start("b"), start("c"));
        VOTERS.forEach(this::stop);
        assertTrue(votes(start("b")));
    }

    @Test
    @DisplayName("what could not be written was not said: nobody begins")
    void notWritten() {
        var a = start("a", next -> Outcome.unknown("the disk is full"));
        var b = start("b");
        var c = start("c");
        kit.createTestProbe().expectNoMessage(Duration.ofMillis(800));
        assertFalse(a.votes().isDone() || b.votes().isDone() || c.votes().isDone());
    }

    private void tell(String node, FoundingActor.Message message) {
        ActorRef<FoundingActor.Message> actor = running.get(node);
        if (actor == null) {
            throw new AssertionError(node + " does not run");
        }
        actor.tell(message);
    }

    private void awaitTold(String... expected) {
        kit.createTestProbe().awaitAssert(() -> {
            assertTrue(told.containsAll(List.of(expected)), told::toString);
            return Nothing.NOTHING;
        });
    }

    private VoterCharter disk(String node) {
        return disks.getOrDefault(node, VoterCharter.NONE);
    }

    @Test
    @DisplayName(
            "an emptied voter's seat is vacated and given to its new disk, and who was not told by the log hears it from the others;"
                    + " the old disk, come back, has no seat and ends")
    void seat() throws Exception {
        awaitBegun(start("a"), start("b"), start("c"));
        VoterCharter old = disk("c");
        var seated = new CompletableFuture<VoterCharter>();
        tell("c", new FoundingActor.AskSeat(seated));
        assertThrows(ExecutionException.class, () -> seated.get(10, TimeUnit.SECONDS));
        assertEquals(old, disk("c"));
        stop("c");
        disks.remove("c");
        var c = start("c");
        assertFalse(votes(c));
        start("m");
        VoterSeats vacated = VoterSeats.NONE.vacated(1, "c", UUID.randomUUID());
        tell("a", new FoundingActor.Logged(2, vacated));
        tell("a", new FoundingActor.Logged(1, vacated));
        awaitTold("a counts 1", "b counts 1", "c counts 1", "m counts 1");
        assertFalse(disk("a").roster().stream().anyMatch(seat -> seat.voter().equals("c")));

        var asked = new CompletableFuture<VoterCharter>();
        tell("c", new FoundingActor.AskSeat(asked));
        UUID disk = asked.get(10, TimeUnit.SECONDS).disk();
        assertTrue(disk("c").joining());
        assertFalse(told.contains("c is seated"));
        tell("b", new FoundingActor.Logged(1, vacated.taken(2, "c", disk)));
        awaitTold("a counts 2", "b counts 2", "c counts 2", "m counts 2", "c is seated");
        assertEquals(disk("a").roster(), disk("c").roster());
        assertTrue(disk("c").founded() && disk("c").holdsSeat("c"));

        stop("c");
        disks.put("c", old);
        start("c");
        tell("c", new FoundingActor.Up("a"));
        awaitTold("c is unseated");
        assertFalse(disk("c").hasRoster() || disk("c").disk().equals(old.disk()));
    }

    @Test
    @DisplayName("a change that could not be written is not counted, and told to nobody")
    void changeNotWritten() throws Exception {
        awaitBegun(start("a"), start("b"), start("c"));
        stop("a");
        awaitBegun(start("a", next -> Outcome.unknown("the disk is full")));
        tell("a", new FoundingActor.Logged(1, VoterSeats.NONE.vacated(1, "c", UUID.randomUUID())));
        kit.createTestProbe().expectNoMessage(Duration.ofMillis(300));
        assertEquals(List.of(), told);
    }
}
