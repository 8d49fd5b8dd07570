package io.interrex.actors.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.interrex.cluster.lease.VoterHard;
import io.interrex.cluster.member.CrashHistory;
import io.interrex.cluster.member.MemberHard;
import io.interrex.cluster.port.HardStore;
import io.interrex.cluster.port.Nothing;
import io.interrex.cluster.port.Outcome;
import io.interrex.cluster.settings.Profile;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The deaths of a server")
final class AgentPastTest {

    private static final CrashHistory ONE =
            new CrashHistory(7, List.of(new CrashHistory.Crash(7, false, "exit code 1")));

    private final List<CrashHistory> saved = new ArrayList<>();
    private Outcome<Nothing> answer = Outcome.done(Nothing.NOTHING);

    private AgentPast past(Outcome<CrashHistory> found) {
        var settings = new AgentSettings("main", "a", new TreeSet<>(), 1, Profile.FAST.timings(), new TreeSet<>());
        return new AgentPast(new Disk(found), settings, new LateReports(1));
    }

    private final class Disk implements HardStore {
        private final Outcome<CrashHistory> found;

        Disk(Outcome<CrashHistory> found) {
            this.found = found;
        }

        @Override
        public Outcome<CrashHistory> loadCrashes(String group) {
            return found;
        }

        @Override
        public Outcome<Nothing> saveCrashes(String group, CrashHistory history) {
            saved.add(history);
            return answer;
        }

        @Override
        public Outcome<MemberHard> loadMember(String group) {
            throw new UnsupportedOperationException(group);
        }

        @Override
        public Outcome<Nothing> saveMember(String group, MemberHard hard) {
            return answer;
        }

        @Override
        public Outcome<VoterHard> loadVoter() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Outcome<Nothing> saveVoter(VoterHard hard) {
            throw new UnsupportedOperationException();
        }
    }

    @Test
    @DisplayName("are written when there is another, and not again")
    void written() {
        AgentPast past = past(Outcome.done(CrashHistory.NONE));
        past.keep(CrashHistory.NONE, 0);
        past.keep(ONE, 0);
        past.keep(ONE, 0);
        assertEquals(List.of(ONE), saved);
        assertEquals(ONE, past.known());
    }

    @Test
    @DisplayName(
            "are written again some seconds later where nobody knows whether they were, another one at once, and are known from the disk after a restart")
    void unknown() {
        AgentPast past = past(Outcome.done(ONE));
        assertEquals(ONE, past.known());
        answer = Outcome.unknown("the disk is full");
        var two = new CrashHistory(
                7, List.of(ONE.crashes().getFirst(), ONE.crashes().getFirst()));
        past.keep(two, 7);
        past.keep(two, 8);
        past.keep(new CrashHistory(8, two.crashes()), 4_900_000_000L);
        assertEquals(List.of(two), saved, "a disk that does not take it is not asked at every step");
        past.keep(two, 5_000_000_008L);
        var three = new CrashHistory(
                7,
                List.of(
                        ONE.crashes().getFirst(),
                        ONE.crashes().getFirst(),
                        ONE.crashes().getFirst()));
        past.keep(three, 5_000_000_009L);
        assertEquals(List.of(two, two, three), saved);
        assertEquals(
                "the agent's state cannot be written: " + answer,
                past.promised(MemberHard.NEW),
                "a promise is another matter");
    }

    @Test
    @DisplayName("are counted anew where the file is damaged: no promise hangs on them")
    void damaged() {
        assertEquals(CrashHistory.NONE, past(Outcome.refused("it is damaged")).known());
    }
}
