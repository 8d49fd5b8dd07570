package io.interrex.persistence.ratis;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.client.RaftClientConfigKeys;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.rpc.SupportedRpcType;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/** {@link RatisSettings} in the words of Ratis. Small buffers and pools: the log of decisions is a trickle, not a stream. */
final class RaftPlan {

    private RaftPlan() {}

    static RaftGroup group(RatisSettings settings) {
        return RaftGroup.valueOf(groupId(settings.cluster()), peers(settings));
    }

    static RaftGroupId groupId(String cluster) {
        return RaftGroupId.valueOf(
                UUID.nameUUIDFromBytes(("interrex/log/" + cluster).getBytes(StandardCharsets.UTF_8)));
    }

    static List<RaftPeer> peers(RatisSettings settings) {
        return settings.voters().entrySet().stream()
                .map(voter -> RaftPeer.newBuilder()
                        .setId(voter.getKey())
                        .setAddress(voter.getValue())
                        .build())
                .toList();
    }

    static RaftProperties clientProperties(RatisSettings settings) {
        var p = new RaftProperties();
        common(p, settings);
        return p;
    }

    static RaftProperties serverProperties(RatisSettings settings) {
        var p = new RaftProperties();
        common(p, settings);
        var storage = settings.storage();
        if (storage == null) {
            throw new IllegalArgumentException("'" + settings.node() + "' is no voter: it has no server");
        }
        String address = String.valueOf(settings.voters().get(settings.node()));
        int colon = address.lastIndexOf(':');
        GrpcConfigKeys.Server.setHost(p, address.substring(0, colon));
        GrpcConfigKeys.Server.setPort(p, Integer.parseInt(address.substring(colon + 1)));
        RaftServerConfigKeys.setStorageDir(p, List.of(storage.resolve("raft").toFile()));
        RaftServerConfigKeys.setRemovedGroupsDir(p, storage.resolve("removed").toFile());
        elections(p, settings);
        log(p, settings);
        threads(p);
        return p;
    }

    private static void common(RaftProperties p, RatisSettings settings) {
        org.apache.ratis.RaftConfigKeys.Rpc.setType(p, SupportedRpcType.GRPC);
        GrpcConfigKeys.setMessageSizeMax(p, SizeInBytes.valueOf("8MB"));
        GrpcConfigKeys.setFlowControlWindow(p, SizeInBytes.valueOf("1MB"));
        GrpcConfigKeys.Client.setWorkerGroupSize(p, 1);
        var attempt = ms(settings.attemptTimeout().toMillis());
        RaftClientConfigKeys.Rpc.setRequestTimeout(p, TimeDuration.valueOf(3, TimeUnit.SECONDS));
        GrpcConfigKeys.Server.setInstallSnapshotRequestTimeout(p, TimeDuration.valueOf(10, TimeUnit.SECONDS));
        RaftClientConfigKeys.Rpc.setWatchRequestTimeout(p, attempt);
    }

    private static void elections(RaftProperties p, RatisSettings settings) {
        long min = settings.electionTimeoutMin().toMillis();
        long max = settings.electionTimeoutMax().toMillis();
        RaftServerConfigKeys.Rpc.setTimeoutMin(p, ms(min));
        RaftServerConfigKeys.Rpc.setTimeoutMax(p, ms(max));
        RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMin(p, ms(min));
        RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMax(p, ms(max));
        RaftServerConfigKeys.Rpc.setRequestTimeout(p, ms(2 * max));
        RaftServerConfigKeys.Rpc.setSlownessTimeout(p, TimeDuration.valueOf(1, TimeUnit.HOURS));
        RaftServerConfigKeys.LeaderElection.setLeaderStepDownWaitTime(p, ms(max));
        RaftServerConfigKeys.LeaderElection.setPreVote(p, true);
        RaftServerConfigKeys.Read.setOption(p, RaftServerConfigKeys.Read.Option.LINEARIZABLE);
        RaftServerConfigKeys.Read.setTimeout(p, ms(2 * max));
        RaftServerConfigKeys.setSleepDeviationThreshold(p, ms(min));
        RaftServerConfigKeys.setCloseThreshold(p, TimeDuration.valueOf(1, TimeUnit.HOURS));
    }

    private static void log(RaftProperties p, RatisSettings settings) {
        RaftServerConfigKeys.Log.setSegmentSizeMax(p, SizeInBytes.valueOf(settings.segmentBytes()));
        RaftServerConfigKeys.Log.setPreallocatedSize(p, SizeInBytes.valueOf("256KB"));
        RaftServerConfigKeys.Log.setWriteBufferSize(p, SizeInBytes.valueOf("1088KB"));
        RaftServerConfigKeys.Log.setSegmentCacheNumMax(p, 2);
        RaftServerConfigKeys.Log.setSegmentCacheSizeMax(p, SizeInBytes.valueOf("8MB"));
        RaftServerConfigKeys.Log.setQueueByteLimit(p, 8 << 20);
        RaftServerConfigKeys.Log.setLogMetadataEnabled(p, false);
        RaftServerConfigKeys.Log.setPurgeGap(p, 1);
        RaftServerConfigKeys.Log.setPurgeUptoSnapshotIndex(p, true);
        RaftServerConfigKeys.Log.setCorruptionPolicy(p, RaftServerConfigKeys.Log.CorruptionPolicy.EXCEPTION);
        // Ratis's own waits 5 s between two attempts to reach a follower that was away for long
        RaftServerConfigKeys.Log.Appender.setRetryPolicy(p, "1ms,10, 250ms,1000000");
        RaftServerConfigKeys.Log.Appender.setBufferByteLimit(p, SizeInBytes.valueOf("1MB"));
        RaftServerConfigKeys.Log.Appender.setSnapshotChunkSizeMax(p, SizeInBytes.valueOf("1MB"));
        RaftServerConfigKeys.Write.setByteLimit(p, SizeInBytes.valueOf("8MB"));
        RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(p, true);
        RaftServerConfigKeys.Snapshot.setAutoTriggerThreshold(p, settings.snapshotEvery());
        RaftServerConfigKeys.Snapshot.setCreationGap(p, 1);
        RaftServerConfigKeys.Snapshot.setTriggerWhenStopEnabled(p, false);
        RaftServerConfigKeys.Snapshot.setRetentionFileNum(p, 2);
    }

    private static void threads(RaftProperties p) {
        RaftServerConfigKeys.ThreadPool.setServerSize(p, 8);
        RaftServerConfigKeys.ThreadPool.setClientSize(p, 8);
        RaftServerConfigKeys.ThreadPool.setProxySize(p, 4);
        GrpcConfigKeys.Server.setAsyncRequestThreadPoolSize(p, 8);
        GrpcConfigKeys.Server.setBossGroupSize(p, 1);
        GrpcConfigKeys.Server.setWorkerGroupSize(p, 2);
    }

    private static TimeDuration ms(long value) {
        return TimeDuration.valueOf(value, TimeUnit.MILLISECONDS);
    }
}
