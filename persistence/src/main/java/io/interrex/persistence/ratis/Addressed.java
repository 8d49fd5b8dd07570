package io.interrex.persistence.ratis;

import java.util.EnumSet;
import org.apache.ratis.grpc.server.GrpcServices;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.ReadIndexRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.thirdparty.io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.ServerCallHandler;
import org.apache.ratis.thirdparty.io.grpc.ServerInterceptor;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyServerBuilder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Refuses what is addressed to another peer. Two disks of one voter listen at the same address, one after the other, and Ratis takes
 * whatever comes: a disk that forgot its vote could answer for the one before, or the old one for the new.
 */
final class Addressed implements ServerInterceptor, GrpcServices.Customizer {

    private static final Logger LOG = LoggerFactory.getLogger(Addressed.class);

    private final RaftPeerId self;

    Addressed(RaftPeerId self) {
        this.self = self;
    }

    @Override
    public NettyServerBuilder customize(NettyServerBuilder builder, EnumSet<GrpcServices.Type> types) {
        return builder.intercept(this);
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {
            private boolean refused;

            @Override
            public void onMessage(Q message) {
                RaftRpcRequestProto request = request(message);
                if (refused) {
                    return;
                }
                if (request != null && !RaftPeerId.valueOf(request.getReplyId()).equals(self)) {
                    refused = true;
                    RaftPeerId meant = RaftPeerId.valueOf(request.getReplyId());
                    LOG.debug("{} was sent what is for {}", self, meant);
                    call.close(
                            Status.FAILED_PRECONDITION.withDescription(
                                    "this is " + self + ", and that was for " + meant),
                            new Metadata());
                    return;
                }
                super.onMessage(message);
            }

            @Override
            public void onHalfClose() {
                if (!refused) {
                    super.onHalfClose();
                }
            }
        };
    }

    /** Null: no message between servers. */
    private static @Nullable RaftRpcRequestProto request(@Nullable Object message) {
        return switch (message) {
            case AppendEntriesRequestProto m -> m.getServerRequest();
            case RequestVoteRequestProto m -> m.getServerRequest();
            case InstallSnapshotRequestProto m -> m.getServerRequest();
            case StartLeaderElectionRequestProto m -> m.getServerRequest();
            case ReadIndexRequestProto m -> m.getServerRequest();
            case null, default -> null;
        };
    }
}
