package io.interrex.http;

import io.interrex.cluster.port.Gate;
import io.interrex.cluster.port.view.GroupView;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The answer of {@code /v1/topology}: who follows whom, and where clients go. */
record Topology(String group, long epoch, @Nullable String primary, List<Link> members, List<GroupView.Route> routes) {

    /** @param follows null: nobody */
    record Link(
            String member,
            String host,
            int port,
            String zone,
            GroupView.Role role,
            Gate.Position gate,
            @Nullable String follows,
            boolean receiving,
            boolean synchronous,
            boolean noloadbalance,
            GroupView.@Nullable Maintenance maintenance,
            long lagBytes) {}

    static Topology of(GroupView view) {
        return new Topology(
                view.group(),
                view.epoch(),
                view.primary(),
                view.members().stream()
                        .map(member -> new Link(
                                member.name(),
                                member.host(),
                                member.port(),
                                member.zone(),
                                member.role(),
                                member.gate(),
                                member.upstream(),
                                member.receiving(),
                                member.synchronous(),
                                member.noloadbalance(),
                                member.maintenance(),
                                member.lagBytes()))
                        .toList(),
                view.routes());
    }
}
