package io.interrex.actors.lease;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.actors.hands.TestNode;
import io.interrex.cluster.hands.HandsMessage;
import io.interrex.cluster.lease.VoterHard;
import io.interrex.cluster.lease.VoterState;
import io.interrex.cluster.member.CrashHistory;
import io.interrex.cluster.member.MemberHard;
import io.interrex.cluster.port.HardStore;
import io.interrex.cluster.port.Nothing;
import io.interrex.cluster.port.Outcome;
import java.util.Map;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Given a voter that speaks, and a promise of 1400 ms. */
final class VoterWindowTest {

    private static final long MS = 1_000_000;

    private final ActorTestKit kit = ActorTestKit.create("window", TestNode.CONFIG);
    private final VoterState started = VoterState.started(
            "b", 1, System.nanoTime() - 10_000 * MS, 1_450 * MS, 1_400 * MS, new VoterHard(Map.of(), 0));
    private final VoterWindow window = new VoterWindow(started);

    /** A disk that takes everything, or nothing. */
    private record Disk(Outcome<Nothing> answer) implements HardStore {

        @Override
        public Outcome<VoterHard> loadVoter() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Outcome<Nothing> saveVoter(VoterHard hard) {
            return answer;
        }

        @Override
        public Outcome<MemberHard> loadMember(String group) {
            throw new UnsupportedOperationException(group);
        }

        @Override
        public Outcome<CrashHistory> loadCrashes(String group) {
            throw new UnsupportedOperationException(group);
        }

        @Override
        public Outcome<Nothing> saveCrashes(String group, CrashHistory history) {
            throw new UnsupportedOperationException(group);
        }

        @Override
        public Outcome<Nothing> saveMember(String group, MemberHard hard) {
            throw new UnsupportedOperationException(group);
        }
    }

    @AfterEach
    void end() {
        kit.shutdownTestKit();
    }

    private HandsMessage answerTo(Disk disk, HandsMessage message) {
        var probe = kit.createTestProbe(HandsMessage.class);
        var voter = kit.spawn(VoterActor.create(
                started, window, disk, (to, answer) -> probe.ref().tell(answer)));
        voter.tell(new VoterActor.Heard("a", message, System.nanoTime()));
        voter.tell(new VoterActor.Heard("a", new HandsMessage.AskVoter("main", 1), System.nanoTime()));
        return probe.receiveMessage();
    }

    private static HandsMessage renewal() {
        return new HandsMessage.Renew("main", "a", 1, 3, 1, 1, 0, 1_400);
    }

    @Test
    @DisplayName("a promise is seen when the holder hears of it")
    void promised() {
        HandsMessage answer = answerTo(new Disk(Outcome.done(Nothing.NOTHING)), renewal());
        assertTrue(answer instanceof HandsMessage.Ack, answer.toString());
        var view = window.view("main", System.nanoTime());
        assertEquals(3, view.epoch());
        assertTrue(view.promiseLeftMs() > 0, view.toString());
    }

    @Test
    @DisplayName("what could not be written is not promised, and is not seen either")
    void notWritten() {
        HandsMessage answer = answerTo(new Disk(Outcome.refused("the disk is full")), renewal());
        assertTrue(answer instanceof HandsMessage.VoterAnswer, answer.toString());
        assertEquals(0, window.view("main", System.nanoTime()).epoch());
    }
}
