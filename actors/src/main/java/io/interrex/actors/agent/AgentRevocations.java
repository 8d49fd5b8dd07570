package io.interrex.actors.agent;

import io.interrex.cluster.group.Evidence;
import io.interrex.cluster.hands.HandsMessage;
import io.interrex.cluster.member.MemberPlanner;
import io.interrex.cluster.member.MemberView;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/** Who asked this member to promise an epoch, and is not answered yet. */
final class AgentRevocations {

    private record Asked(String from, long request, long atNs) {}

    private final String group;
    private final String member;
    private final BiConsumer<String, HandsMessage> send;
    private final List<Asked> open = new ArrayList<>();
    private long epoch;

    AgentRevocations(AgentSettings settings, BiConsumer<String, HandsMessage> send) {
        this.group = settings.group();
        this.member = settings.member();
        this.send = send;
    }

    /** The highest epoch that was asked for. */
    long epoch() {
        return epoch;
    }

    boolean isEmpty() {
        return open.isEmpty();
    }

    /**
     * @param promised the epoch that is on disk
     * @return false: somebody asked for less, and is answered already
     */
    boolean ask(AgentActor.Heard heard, HandsMessage.Revoke revoke, long promised) {
        if (revoke.epoch() < promised) {
            var more = new Evidence.NoAnswer(member, "has promised epoch " + promised);
            answer(heard.from(), revoke.request(), promised, more);
            return false;
        }
        open.removeIf(asked -> asked.from().equals(heard.from()));
        open.add(new Asked(heard.from(), revoke.request(), heard.atNs()));
        epoch = Math.max(epoch, revoke.epoch());
        return true;
    }

    /** @param view with the epoch that is on disk */
    void answerWhereKnown(Supplier<MemberView> view, long nowNs) {
        if (open.isEmpty()) {
            return;
        }
        MemberView seen = view.get();
        long waitedMs = (nowNs - open.getFirst().atNs()) / 1_000_000;
        Evidence answer = MemberPlanner.revokeAnswer(seen, waitedMs);
        if (answer != null) {
            open.forEach(
                    asked -> answer(asked.from(), asked.request(), seen.hard().maxEpoch(), answer));
            open.clear();
        }
    }

    private void answer(String to, long request, long promised, Evidence evidence) {
        send.accept(to, new HandsMessage.RevokeAnswer(group, request, promised, evidence));
    }
}
