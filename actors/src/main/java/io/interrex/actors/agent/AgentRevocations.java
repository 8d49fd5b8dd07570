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
    private final BiConsumer<String, HandsMessage> send;
    private final List<Asked> open = new ArrayList<>();
    private long epoch;

    AgentRevocations(String group, BiConsumer<String, HandsMessage> send) {
        this.group = group;
        this.send = send;
    }

    /** The highest epoch that was asked for. */
    long epoch() {
        return epoch;
    }

    boolean isEmpty() {
        return open.isEmpty();
    }

    void ask(AgentActor.Heard heard, HandsMessage.Revoke revoke) {
        open.removeIf(asked -> asked.from().equals(heard.from()));
        open.add(new Asked(heard.from(), revoke.request(), heard.atNs()));
        epoch = Math.max(epoch, revoke.epoch());
    }

    /** @param view with the epoch that is on disk */
    void answerWhereKnown(Supplier<MemberView> view, long nowNs) {
        if (open.isEmpty()) {
            return;
        }
        MemberView member = view.get();
        long waitedMs = (nowNs - open.getFirst().atNs()) / 1_000_000;
        Evidence answer = MemberPlanner.revokeAnswer(member, waitedMs);
        if (answer != null) {
            open.forEach(
                    asked -> answer(asked.from(), asked.request(), member.hard().maxEpoch(), answer));
            open.clear();
        }
    }

    void answer(String to, long request, long promised, Evidence evidence) {
        send.accept(to, new HandsMessage.RevokeAnswer(group, request, promised, evidence));
    }
}
