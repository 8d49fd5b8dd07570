package io.interrex.cli;

import io.interrex.cluster.charter.Adoption;
import io.interrex.config.ClusterConfig.Group;
import io.interrex.config.ConfigProblems;
import io.interrex.config.NodeConfig;
import io.interrex.node.Adopter;
import io.interrex.postgresql.Adopting;
import io.interrex.postgresql.Hindrance;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Takes over a PostgreSQL server that others run, with its data; looks only, unless told what to do. */
@Command(
        name = "adopt",
        mixinStandardHelpOptions = true,
        description = {
            "For an existing PostgreSQL primary and its replicas: a group begins with their data. Run it on each of their hosts as",
            "the user that PostgreSQL runs as, and that the node will run as. Without --prepare or --take it changes nothing, and",
            "says what is in the way. In this order:",
            "  1. In the file of all nodes, write groups.NAME.adopt = the member that has the primary, and for each member a data",
            "     directory that does not exist yet, in the same file system as the one that is there. The application's password",
            "     goes into the directory of secrets; the other passwords are made by step 2, or before it by 'interrex secrets'.",
            "  2. adopt --prepare on the primary's host, while its server runs: roles, a database 'interrex', a marker in it.",
            "  3. Copy the directory of secrets to the other hosts; adopt --prepare there, while the replicas stream.",
            "  4. Stop what started the servers, for good, and the servers: replicas last. Clients are cut off from here on.",
            "  5. adopt --take on each host: the data directory moves. Start the nodes.",
            "A replica that is not adopted stays where it is, and its member is cloned. Until step 5 the old way of starting the",
            "servers still works, and --take says how to go back."
        })
final class AdoptCommand extends HostCommand {

    @Option(names = "--from", required = true, paramLabel = "DIR", description = "the server's data directory")
    private Path from = Path.of("");

    @Option(
            names = "--login",
            paramLabel = "ROLE",
            description = "a superuser of that server (default: named like this user); psql logs in with it")
    private String login = System.getProperty("user.name", "postgres");

    @Option(names = "--database", paramLabel = "NAME", description = "where it may log in (default: postgres)")
    private String database = "postgres";

    @Option(
            names = "--give-up",
            paramLabel = "NAME",
            description = "what is to be lost, by the name that was told; may be given several times")
    private List<String> giveUp = List.of();

    @ArgGroup
    private What what = new What();

    /** At most one of them. */
    private static final class What {
        @Option(
                names = "--prepare",
                description = "the server runs: make in it what the group needs, or see that it is there")
        private boolean prepare;

        @Option(names = "--take", description = "the server has stopped: its data directory becomes the member's")
        private boolean take;
    }

    @Option(names = "--group", paramLabel = "NAME", description = "the group, typed: without it nothing is done")
    private @Nullable String group;

    @Override
    public Integer call() throws Failure, IOException {
        try {
            NodeConfig node = node();
            return run(Adopter.of(node, chosen(node), from.toAbsolutePath().normalize(), login, database));
        } catch (ConfigProblems e) {
            throw new Failure(Exit.USAGE, e.report());
        } catch (Adopting.Refused e) {
            throw new Failure(Exit.REFUSED, e.getMessage() + ". Nothing was moved.");
        }
    }

    private Group chosen(NodeConfig node) throws Failure {
        List<Group> own = node.memberGroups();
        List<String> names = own.stream().map(Group::name).toList();
        boolean acts = what.prepare || what.take;
        if (group == null && (acts || own.size() != 1)) {
            throw new Failure(
                    Exit.USAGE,
                    "type the group's name: --group NAME; node %s has a member of %s. Nothing was changed."
                            .formatted(name(), names.isEmpty() ? "none" : String.join(", ", names)));
        }
        return own.stream()
                .filter(found -> group == null || found.name().equals(group))
                .findFirst()
                .orElseThrow(() -> new Failure(
                        Exit.USAGE,
                        "node %s has no member of group '%s'. Nothing was changed.".formatted(name(), group)));
    }

    private int run(Adopter adopter) throws Failure, IOException, ConfigProblems, Adopting.Refused {
        PrintWriter out = out();
        try {
            if (adopter.isTaken()) {
                out.println("It is taken over: start the node.");
                adopter.wayBack().forEach(out::println);
                return Exit.OK.code();
            }
            if (what.take) {
                return took(adopter, out);
            }
            return what.prepare ? prepared(adopter, out) : looked(adopter, out);
        } finally {
            out.flush();
        }
    }

    private int looked(Adopter adopter, PrintWriter out) throws Adopting.Refused {
        Adopting.Look look = adopter.look();
        look.told().forEach(out::println);
        look.hindrances().forEach(hindrance -> tell(hindrance, out));
        if (look.hindrances().stream().allMatch(this::isGivenUp)) {
            out.println("Nothing is in the way: --prepare");
            return Exit.OK.code();
        }
        return Exit.REFUSED.code();
    }

    private boolean isGivenUp(Hindrance hindrance) {
        return !hindrance.giveUp().isEmpty() && giveUp.contains(hindrance.giveUp());
    }

    private void tell(Hindrance hindrance, PrintWriter out) {
        out.println((isGivenUp(hindrance) ? "given up: " : "IN THE WAY: ") + hindrance.what());
        if (!isGivenUp(hindrance)) {
            out.println("    " + hindrance.remedy()
                    + (hindrance.giveUp().isEmpty() ? "" : ". Or: --give-up " + hindrance.giveUp()));
        }
    }

    private int prepared(Adopter adopter, PrintWriter out) throws IOException, ConfigProblems, Adopting.Refused {
        if (looked(adopter, out) != Exit.OK.code()) {
            return Exit.REFUSED.code();
        }
        Adoption adoption = adopter.prepare(giveUp, OrderCommand.actor());
        out.println(
                adoption.primary()
                        ? "Prepared: the group begins with this server. Prepare its replicas next; copy the directory of secrets there first."
                        : "Prepared: the group's first marker has come here.");
        out.println("When all are prepared, stop the servers and what starts them, and run this with --take.");
        return Exit.OK.code();
    }

    private int took(Adopter adopter, PrintWriter out) throws ConfigProblems, Adopting.Refused {
        if (adopter.isPrepared()) {
            List<Hindrance> hindrances = adopter.lookStopped();
            hindrances.forEach(hindrance -> tell(hindrance, out));
            if (!hindrances.isEmpty()) {
                return Exit.REFUSED.code();
            }
        }
        adopter.take();
        out.println("Taken over: start the node when all hosts are.");
        adopter.wayBack().forEach(out::println);
        return Exit.OK.code();
    }
}
