package io.interrex.cluster.port;

import io.interrex.cluster.port.view.GroupView;
import io.interrex.cluster.port.view.NodeView;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** What people may ask of a node. Views come from memory and never wait; orders go to whoever acts, on any node. */
public interface ControlPlane {

    NodeView node();

    /** Names of the groups, sorted. */
    List<String> groups();

    /** Empty: there is no such group, or this node has not read its log yet. */
    Optional<GroupView> group(String name);

    /** Completes within the log's time limit, with {@link OrderAnswer.Unknown} at the latest. */
    CompletionStage<OrderAnswer> submit(Order order);

    /** This node's configuration file is read again. */
    CompletionStage<Reload.Answer> reload(Reload order);
}
