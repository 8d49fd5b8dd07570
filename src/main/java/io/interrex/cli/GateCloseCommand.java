package io.interrex.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.interrex.cluster.port.Nothing;
import io.interrex.cluster.port.Outcome;
import io.interrex.config.ClusterConfig;
import io.interrex.config.ClusterConfig.Group;
import io.interrex.config.ClusterConfig.Member;
import io.interrex.config.NodeConfig;
import io.interrex.gate.KernelGate;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Closes the gates of this host's members at its boot, before its network is up, so that no client meets a server that no
 * node looks after yet. The node adopts what it finds and opens it with its lease; a gate that is open stays so.
 */
@Command(
        name = "close",
        mixinStandardHelpOptions = true,
        description = {
            "Loads the closed rules of this host's members into the kernel: for the boot of the host, before its network is",
            "up (deploy/systemd/interrex-gate.service). A gate that a node has opened is left as it is."
        })
final class GateCloseCommand extends HostCommand {

    @Option(names = "--print", description = "only print the rules, as text for nft -f")
    private boolean print;

    @Option(names = "--json", description = "print JSON")
    private boolean json;

    /** @param rules of nftables, as {@code nft -f} takes them */
    private record Closed(String group, String member, int port, String rules) {}

    @Override
    public Integer call() throws Failure {
        NodeConfig node = node();
        boolean wanted = node.cluster().kernelGate() != ClusterConfig.KernelGate.OFF;
        var closed = new ArrayList<Closed>();
        for (Group group : wanted ? node.memberGroups() : List.<Group>of()) {
            closed.add(close(node, group));
        }
        PrintWriter out = out();
        if (json) {
            out.println(json(closed));
        } else if (print) {
            closed.forEach(one -> out.print(one.rules()));
        } else if (closed.isEmpty()) {
            out.println(
                    wanted
                            ? "node " + name() + " has no member: there is no gate"
                            : "gate.kernel is off: there is no gate");
        } else {
            closed.forEach(
                    one -> out.println("member %s of group %s: no client passes to port %d before a node opens the gate"
                            .formatted(one.member(), one.group(), one.port())));
        }
        out.flush();
        return Exit.OK.code();
    }

    private Closed close(NodeConfig node, Group group) throws Failure {
        Member member = group.member(name());
        List<InetAddress> passing = resolved(node.passing(group.memberInfos()));
        InetAddress replication = member.replicationInet();
        var closed = new Closed(
                group.name(),
                name(),
                member.port(),
                KernelGate.closedRules(name(), member.port(), passing, replication));
        if (!print) {
            switch (KernelGate.loadClosed(name(), member.port(), passing, replication)) {
                case Outcome.Done<Nothing> done -> {}
                case Outcome.Refused<Nothing>(var reason) -> throw new Failure(Exit.REFUSED, reason);
                case Outcome.Unknown<Nothing>(var reason) -> throw new Failure(Exit.UNKNOWN, reason);
            }
        }
        return closed;
    }

    /** Before the network is up no name server answers: whoever is left out is let in by the node when it starts. */
    private List<InetAddress> resolved(List<String> hosts) {
        var addresses = new ArrayList<InetAddress>();
        for (String host : hosts) {
            try {
                addresses.add(InetAddress.getByName(host));
            } catch (UnknownHostException e) {
                err().println("interrex: WARNING " + host
                        + " has no address yet; it does not pass until the node runs");
            }
        }
        err().flush();
        return addresses;
    }

    private String json(List<Closed> closed) {
        var root = new ObjectMapper().createObjectNode();
        root.put("node", name()).put("loaded", !print && !closed.isEmpty());
        ArrayNode gates = root.putArray("gates");
        closed.forEach(one -> gates.addObject()
                .put("group", one.group())
                .put("member", one.member())
                .put("port", one.port())
                .put("rules", one.rules()));
        return root.toString();
    }
}
