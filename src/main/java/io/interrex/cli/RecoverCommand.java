package io.interrex.cli;

import io.interrex.config.ConfigProblems;
import io.interrex.config.NodeConfig;
import io.interrex.node.Recovery;
import java.io.IOException;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Begins another generation of voters where a majority of them is lost for good; looks only, unless told what to do. */
@Command(
        name = "recover",
        mixinStandardHelpOptions = true,
        description = {
            "For a majority of the voters that is lost for good. Works on the disk of one node, which is stopped; without",
            "--new-voters or --join it only tells what that disk knows. In this order:",
            "  1. Stop every node, or cut it off for good: two generations that both run are two installations.",
            "  2. In the file of all nodes, write cluster.generation one higher, and voter = true for the new voters (an odd",
            "     number of nodes that can be started now; all of them must be there when they begin).",
            "  3. Look at each node that has a copy of the log: recover --name NODE. WHAT THE CHOSEN COPY LACKS IS LOST, of",
            "     decisions, not of the database's data. On the node with the longest one: recover --new-voters.",
            "  4. On each other node whose disk is whole: recover --join. One whose disk is lost is started empty, its member",
            "     is cloned. Then start all."
        })
final class RecoverCommand extends HostCommand {

    @ArgGroup
    private What what = new What();

    /** At most one of them. */
    private static final class What {
        @Option(names = "--new-voters", description = "the generation begins with this node's copy of the log")
        private boolean newVoters;

        @Option(
                names = "--join",
                description = "this node takes part in a generation that begins with another node's log")
        private boolean join;
    }

    @Option(
            names = "--cluster",
            paramLabel = "NAME",
            description = "the name of the cluster, typed: without it nothing is done")
    private @Nullable String cluster;

    @Option(
            names = "--epoch",
            paramLabel = "N",
            description =
                    "with which the generation begins: with --join as --new-voters told it; with --new-voters only where a"
                            + " higher one is needed, because --join refused it")
    private long epoch;

    @Option(names = "--reason", paramLabel = "TEXT", description = "why; kept in the log; --new-voters needs it")
    private String reason = "";

    @Override
    public Integer call() throws Failure, IOException {
        try {
            NodeConfig node = node();
            return run(node, Recovery.look(node));
        } catch (ConfigProblems e) {
            throw new Failure(Exit.USAGE, e.report());
        } catch (Recovery.Refused e) {
            throw new Failure(Exit.REFUSED, e.getMessage() + ". Nothing was changed.");
        }
    }

    private int run(NodeConfig node, Recovery recovery) throws Failure, ConfigProblems, Recovery.Refused {
        PrintWriter out = out();
        recovery.told().forEach(out::println);
        out.flush();
        if (!what.newVoters && !what.join) {
            return Exit.OK.code();
        }
        String right = node.cluster().name();
        if (!right.equals(cluster)) {
            throw new Failure(
                    Exit.USAGE,
                    "to do it, type the cluster's name: --cluster NAME. %s Nothing was changed."
                            .formatted(cluster == null ? "" : "It is not '" + cluster + "'."));
        }
        if (what.join) {
            if (epoch <= 0) {
                throw new Failure(Exit.USAGE, "--join needs --epoch, as --new-voters told it. Nothing was changed.");
            }
            recovery.join(epoch);
            out.println("Node %s takes part in generation %d when it is started."
                    .formatted(name(), node.cluster().generation()));
        } else {
            newVoters(node, recovery, out);
        }
        out.flush();
        return Exit.OK.code();
    }

    private void newVoters(NodeConfig node, Recovery recovery, PrintWriter out)
            throws Failure, ConfigProblems, Recovery.Refused {
        if (reason.isBlank()) {
            throw new Failure(Exit.USAGE, "--new-voters needs --reason. Nothing was changed.");
        }
        long from = epoch == 0 ? recovery.nextEpoch() : epoch;
        recovery.begin(from, OrderCommand.actor(), reason);
        out.println(
                "Generation %d begins with this log, and with epoch %d, when its voters are started with this file: %s."
                        .formatted(
                                node.cluster().generation(),
                                from,
                                String.join(", ", node.cluster().voters())));
        out.println("First, on every other node whose disk is whole:");
        out.println("  interrex recover --join --cluster %s --epoch %d --name NODE"
                .formatted(node.cluster().name(), from));
        out.println(
                "Others are started with empty directories of state and data. Nothing of the generation before is listened to.");
    }
}
