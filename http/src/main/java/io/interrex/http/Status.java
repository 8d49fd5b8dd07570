package io.interrex.http;

import io.interrex.cluster.port.view.GroupView;
import io.interrex.cluster.port.view.NodeView;

/** The answer of {@code /v1/status}: the node that answers, and the group as it sees it. */
record Status(NodeView node, GroupView group) {}
