package io.interrex.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Has the nodes read their configuration files again: asks all of them first whether they can, and only then orders it. */
@Command(
        name = "reload",
        mixinStandardHelpOptions = true,
        description =
                "The nodes read their configuration files again, while they run. Settings of groups, tags and parameters of PostgreSQL "
                        + "take effect without a restart; what cannot change while a node runs is refused, and then nothing changes. "
                        + "Every node is asked before the first one does it.")
final class ReloadCommand extends ApiCommand {

    private static final Duration PATIENCE_MIN = Duration.ofSeconds(30);

    @Option(names = "--node", paramLabel = "NODE", description = "that node only (default: all of the configuration)")
    private @Nullable String node;

    @Option(names = "--check", description = "only say what would change")
    private boolean check;

    @Option(
            names = "--overwrite",
            description = "record what the file says, also where somebody recorded something else since it was written")
    private boolean overwrite;

    @Override
    public Integer call() throws Failure {
        ApiClient all = connection.client();
        List<Endpoint> nodes = all.endpoints().stream()
                .filter(endpoint -> node == null || endpoint.name().equals(node))
                .toList();
        if (nodes.isEmpty()) {
            throw new Failure(Exit.USAGE, "there is no node " + node + ". Nothing was ordered.");
        }
        var foreseen = new LinkedHashMap<String, JsonNode>();
        var silent = new LinkedHashMap<String, Failure>();
        for (Endpoint endpoint : nodes) {
            try {
                foreseen.put(endpoint.name(), ask(endpoint, true));
            } catch (Failure e) {
                silent.put(endpoint.name(), e);
            }
        }
        requireAnswers(foreseen.values(), silent);
        requireSame(foreseen);
        for (Endpoint endpoint : nodes) {
            if (silent.containsKey(endpoint.name())) {
                tellAdded(endpoint.name());
                continue;
            }
            tell(check ? foreseen.getOrDefault(endpoint.name(), NullNode.getInstance()) : order(endpoint));
        }
        return Exit.OK.code();
    }

    /** Only a node that this very file adds may be away: the others let it in before it can be up. */
    private static void requireAnswers(Collection<JsonNode> foreseen, Map<String, Failure> silent) throws Failure {
        for (Map.Entry<String, Failure> one : silent.entrySet()) {
            Failure failure = one.getValue();
            boolean added = failure.exit() == Exit.UNREACHABLE
                    && foreseen.stream().anyMatch(answer -> adds(answer, one.getKey()));
            if (!added) {
                throw new Failure(
                        failure.exit(), one.getKey() + ": " + failure.text() + "\nNothing was changed on any node.");
            }
        }
    }

    private static boolean adds(JsonNode answer, String node) {
        for (JsonNode change : answer.path("changes")) {
            if (change.path("key").asText().equals("nodes." + node + ".host") && !change.hasNonNull("from")) {
                return true;
            }
        }
        return false;
    }

    private JsonNode order(Endpoint endpoint) throws Failure {
        try {
            return ask(endpoint, false);
        } catch (Failure e) {
            throw new Failure(
                    e.exit(),
                    endpoint.name() + ": " + e.text()
                            + "\nThe nodes that are told of above have reloaded; the same order again is harmless.");
        }
    }

    private JsonNode ask(Endpoint endpoint, boolean checkOnly) throws Failure {
        ObjectNode body = new ObjectMapper()
                .createObjectNode()
                .put("actor", OrderCommand.actor())
                .put("check", checkOnly)
                .put("overwrite", overwrite);
        ApiClient.Reply reply = new ApiClient(List.of(endpoint), patience()).post("/v1/reload", body.toString());
        if (reply.status() != 200) {
            throw Problems.failure(reply);
        }
        return reply.body();
    }

    /** PostgreSQL is asked of each parameter. */
    private Duration patience() throws Failure {
        Duration named = connection.timeout();
        return named.compareTo(PATIENCE_MIN) < 0 ? PATIENCE_MIN : named;
    }

    /** One file, the same on all nodes: two that differ would record in turn. */
    private static void requireSame(Map<String, JsonNode> foreseen) throws Failure {
        var byFile = new LinkedHashMap<String, List<String>>();
        foreseen.forEach(
                (name, answer) -> byFile.computeIfAbsent(answer.path("file").asText(), file -> new ArrayList<>())
                        .add(name));
        if (byFile.size() > 1) {
            throw new Failure(
                    Exit.REFUSED,
                    "the nodes' files differ: those of "
                            + String.join(
                                    " and of ",
                                    byFile.values().stream()
                                            .map(names -> String.join(", ", names))
                                            .toList())
                            + ". Nothing was changed on any node. Make them the same, or name one --node.");
        }
    }

    private void tellAdded(String name) {
        String why = "is added, and does not run yet: it reads the file when it is started";
        ObjectNode answer =
                new ObjectMapper().createObjectNode().put("node", name).put("added", true);
        print(List.of(connection.json ? answer.put("why", why).toString() : name + ": " + why));
    }

    private void tell(JsonNode answer) {
        if (connection.json) {
            print(List.of(answer.toString()));
            return;
        }
        var lines = new ArrayList<String>();
        String name = answer.path("node").asText();
        for (JsonNode change : answer.path("changes")) {
            lines.add("%s: %s: %s -> %s: %s"
                    .formatted(
                            name,
                            change.path("key").asText(),
                            change.path("from").asText("none"),
                            change.path("to").asText("none"),
                            change.path("effect").asText()));
        }
        print(lines.isEmpty() ? List.of(name + ": its file says what it runs with") : lines);
    }
}
