package io.interrex.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.interrex.cluster.settings.Quantity;
import io.interrex.config.ClusterConfig;
import io.interrex.config.ConfigProblems;
import io.interrex.config.Effective;
import io.interrex.config.Installation;
import io.interrex.config.NodeConfig;
import io.interrex.config.Prediction;
import io.interrex.config.Problem;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Says what a configuration means, or what is wrong with it. */
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        description =
                "Checks the file; prints every value that holds with its origin, and the outages that follow from "
                        + "the timings. With --name it looks at this host, too.")
final class ConfigCheckCommand implements Callable<Integer> {

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "the file (default: $INTERREX_CONFIG, else " + "/etc/interrex/interrex.conf)")
    private @Nullable Path config;

    @Option(
            names = "--name",
            paramLabel = "NODE",
            description = "this host's node: programs and directories are checked")
    private @Nullable String name;

    @Option(names = "--json", description = "print JSON")
    private boolean json;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws Failure {
        ClusterConfig cluster = Connection.load(Connection.configFile(config));
        List<Problem> warnings = new ArrayList<>(cluster.warnings());
        String node = name;
        if (node != null) {
            try {
                warnings.addAll(Installation.examine(NodeConfig.of(cluster, node), false)
                        .warnings());
            } catch (ConfigProblems e) {
                throw new Failure(Exit.USAGE, e.report());
            }
        }
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(json(cluster, warnings));
        } else {
            text(cluster, warnings).forEach(out::println);
        }
        out.flush();
        return Exit.OK.code();
    }

    private static List<String> text(ClusterConfig cluster, List<Problem> warnings) {
        var lines = new ArrayList<String>();
        lines.add(cluster.file() + " is sound.");
        warnings.forEach(warning -> lines.add("WARNING  " + warning.line()));
        lines.add("");
        var values = new Table("key", "value", "from");
        for (Effective one : cluster.effective()) {
            values.row(one.key(), one.value(), one.origin());
        }
        lines.addAll(values.lines("  "));
        lines.add("");
        lines.add("Predicted time without writes, by fault (without long recovery, and with no second fault):");
        var outages = new Table("fault", "about", "at most", "how it comes about");
        for (Prediction.Outage outage : Prediction.of(cluster.timings())) {
            outages.row(
                    outage.fault(),
                    Quantity.format(outage.typical()),
                    Quantity.format(outage.atMost()),
                    outage.formula());
        }
        lines.addAll(outages.lines("  "));
        return lines;
    }

    private static String json(ClusterConfig cluster, List<Problem> warnings) {
        ObjectNode root = new ObjectMapper().createObjectNode();
        root.put("file", cluster.file().toString()).put("sound", true);
        ArrayNode told = root.putArray("warnings");
        warnings.forEach(warning -> told.add(warning.line()));
        ArrayNode values = root.putArray("values");
        cluster.effective()
                .forEach(one -> values.addObject()
                        .put("key", one.key())
                        .put("value", one.value())
                        .put("from", one.origin()));
        ArrayNode outages = root.putArray("outages");
        Prediction.of(cluster.timings())
                .forEach(outage -> outages.addObject()
                        .put("fault", outage.fault())
                        .put("typicalMs", outage.typical().toMillis())
                        .put("atMostMs", outage.atMost().toMillis())
                        .put("formula", outage.formula()));
        return root.toString();
    }
}
