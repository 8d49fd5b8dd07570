package io.interrex.persistence.ratis;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.apache.ratis.protocol.GroupInfoReply;
import org.apache.ratis.protocol.GroupInfoRequest;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.SetConfigurationRequest;

/**
 * Changes who takes part in the Raft group, one peer at a time, and only from what was read: whoever else changes it meanwhile makes
 * this attempt fail.
 */
final class PeerChange {

    /** A new peer is sent the whole log before it counts. */
    private static final Duration WITHIN = Duration.ofSeconds(20);

    private final RaftCaller caller;
    private final RatisSettings settings;

    PeerChange(RaftCaller caller, RatisSettings settings) {
        this.caller = caller;
        this.settings = settings;
    }

    /** As some voter knows it; what is made of it is compared by the leader. */
    List<RaftPeer> current() throws IOException {
        RaftClientReply reply = ask(
                peer -> new GroupInfoRequest(
                        caller.clientId(), peer, caller.group().getGroupId(), caller.nextCallId()),
                false,
                settings.attemptTimeout());
        if (!(reply instanceof GroupInfoReply info)) {
            throw new IOException("asked for the voters' configuration, got " + reply);
        }
        return List.copyOf(info.getGroup().getPeers());
    }

    /** Removes every peer of that voter. */
    List<RaftPeer> without(List<RaftPeer> before, String voter) throws IOException {
        List<RaftPeer> after = before.stream()
                .filter(peer -> !LogPeer.voter(peer.getId()).equals(voter))
                .toList();
        return after.size() == before.size() ? before : set(before, after);
    }

    List<RaftPeer> with(List<RaftPeer> before, RaftPeerId added) throws IOException {
        if (before.stream().anyMatch(peer -> peer.getId().equals(added))) {
            return before;
        }
        var after = new ArrayList<>(before);
        after.add(RaftPeer.newBuilder()
                .setId(added)
                .setAddress(settings.voters().get(LogPeer.voter(added)))
                .build());
        return set(before, after);
    }

    private List<RaftPeer> set(List<RaftPeer> before, List<RaftPeer> after) throws IOException {
        var arguments = SetConfigurationRequest.Arguments.newBuilder()
                .setServersInCurrentConf(before)
                .setServersInNewConf(after)
                .setMode(SetConfigurationRequest.Mode.COMPARE_AND_SET)
                .build();
        RaftClientReply reply = ask(
                peer -> new SetConfigurationRequest(
                        caller.clientId(), peer, caller.group().getGroupId(), caller.nextCallId(), arguments),
                true,
                WITHIN);
        if (!reply.isSuccess()) {
            throw new IOException(
                    "the voters' configuration was not changed to " + after + ": " + reply.getException());
        }
        return after;
    }

    private RaftClientReply ask(Function<RaftPeerId, RaftClientRequest> request, boolean toLeader, Duration patience)
            throws IOException {
        try {
            return caller.call(request, toLeader, patience, WITHIN).join();
        } catch (CompletionException e) {
            throw new IOException(
                    "the voters' configuration was not " + (toLeader ? "changed: " : "read: ") + e.getCause(), e);
        }
    }
}
