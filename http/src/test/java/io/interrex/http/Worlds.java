package io.interrex.http;

import io.interrex.cluster.durability.SyncSet;
import io.interrex.cluster.format.Format;
import io.interrex.cluster.group.GroupEvent.Durability;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.Mode;
import io.interrex.cluster.port.Gate;
import io.interrex.cluster.port.view.GroupView;
import io.interrex.cluster.port.view.GroupView.Member;
import io.interrex.cluster.port.view.GroupView.Role;
import io.interrex.cluster.port.view.NodeView;
import java.util.List;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Views for tests: a is the primary of epoch 7, b streams from it. */
final class Worlds {

    private Worlds() {}

    static NodeView node(String name) {
        return new NodeView(name, "test", 5000, true, List.of(), 0, List.of(), List.of(), "b", true);
    }

    /** What a test may want to be otherwise about a member. */
    record Facts(
            Role role,
            Gate.Position gate,
            long leaseLeftMs,
            long epochInWal,
            boolean receiving,
            long lagBytes,
            boolean noloadbalance,
            GroupView.@Nullable Maintenance maintenance) {

        Facts(Role role, Gate.Position gate, long leaseLeftMs, long epochInWal, boolean receiving, long lagBytes) {
            this(role, gate, leaseLeftMs, epochInWal, receiving, lagBytes, false, null);
        }
    }

    static final Facts PRIMARY = new Facts(Role.PRIMARY, Gate.Position.OPEN, 900, 7, false, 0);
    static final Facts STANDBY = new Facts(Role.STANDBY, Gate.Position.READ, 0, 7, true, 4096);

    static GroupView group(UnaryOperator<Facts> a, UnaryOperator<Facts> b) {
        return new GroupView(
                "main",
                42,
                7,
                GroupState.Phase.ESTABLISHED,
                "a",
                "a",
                true,
                SyncSet.of(1, List.of("b")),
                null,
                Durability.SYNC,
                Mode.AUTO,
                new UUID(0, 7),
                new TreeSet<>(),
                null,
                null,
                null,
                1 << 20,
                "s-1",
                List.of(member("a", a.apply(PRIMARY)), member("b", b.apply(STANDBY))),
                List.of(),
                List.of(),
                List.of(),
                "b",
                true,
                Format.CURRENT,
                List.of());
    }

    static GroupView group() {
        return group(UnaryOperator.identity(), UnaryOperator.identity());
    }

    private static Member member(String name, Facts facts) {
        return new Member(
                name,
                "10.0.0.1",
                5432,
                "z1",
                0,
                false,
                false,
                facts.noloadbalance(),
                facts.role(),
                true,
                facts.role() == Role.STANDBY,
                10,
                7,
                facts.epochInWal(),
                3,
                "0/3000148",
                facts.lagBytes(),
                facts.lagBytes(),
                facts.role() == Role.STANDBY ? "a" : null,
                facts.receiving(),
                facts.gate(),
                facts.leaseLeftMs(),
                -1,
                0,
                1L << 40,
                List.of(),
                List.of(),
                facts.maintenance(),
                null,
                "steady",
                null);
    }
}
