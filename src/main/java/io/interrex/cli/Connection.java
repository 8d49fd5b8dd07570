package io.interrex.cli;

import io.interrex.cluster.settings.Quantity;
import io.interrex.config.ClusterConfig;
import io.interrex.config.ConfigFile;
import io.interrex.config.ConfigProblems;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options by which a command finds the nodes. */
final class Connection {

    private static final Path USUAL = Path.of("/etc/interrex/interrex.conf");

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description =
                    "configuration whose nodes are asked, in order of their names (default: $INTERREX_CONFIG, else "
                            + "/etc/interrex/interrex.conf)")
    @Nullable
    Path config;

    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "address of a node's API instead, as http://10.0.0.11:7404; may be repeated")
    List<URI> urls = new ArrayList<>();

    @Option(names = "--group", paramLabel = "NAME", description = "the group; may be left out where there is only one")
    @Nullable
    String group;

    @Option(names = "--json", description = "print JSON as the API answers it")
    boolean json;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "5s",
            description = "for one answer, as 500ms or 5s (default: 5s)")
    String timeout = "5s";

    ApiClient client() throws Failure {
        return new ApiClient(endpoints(), timeout());
    }

    Duration timeout() throws Failure {
        return Quantity.duration(timeout)
                .filter(Duration::isPositive)
                .orElseThrow(() -> new Failure(
                        Exit.USAGE, "--timeout " + timeout + " is not a duration with a unit: write 500ms or 5s"));
    }

    private List<Endpoint> endpoints() throws Failure {
        for (URI url : urls) {
            if (!"http".equals(url.getScheme()) || url.getHost() == null) {
                throw new Failure(Exit.USAGE, "--url " + url + " is not an address like http://10.0.0.11:7404");
            }
        }
        if (!urls.isEmpty()) {
            return urls.stream().map(url -> new Endpoint(url.toString(), url)).toList();
        }
        ClusterConfig cluster = load(configFile());
        return cluster.nodes().values().stream().map(Connection::endpoint).toList();
    }

    private static Endpoint endpoint(ClusterConfig.Node node) {
        String host = node.host().contains(":") ? "[" + node.host() + "]" : node.host();
        return new Endpoint(
                node.name(), URI.create("http://" + host + ":" + node.ports().http()));
    }

    private Path configFile() throws Failure {
        return configFile(config);
    }

    static Path configFile(@Nullable Path named) throws Failure {
        if (named != null) {
            return named;
        }
        String variable = System.getenv("INTERREX_CONFIG");
        if (variable != null && !variable.isBlank()) {
            return Path.of(variable);
        }
        if (Files.exists(USUAL)) {
            return USUAL;
        }
        throw new Failure(
                Exit.USAGE,
                "which nodes? Name the configuration with --config or $INTERREX_CONFIG, or a node with --url"
                        + " (there is no " + USUAL + ")");
    }

    static ClusterConfig load(Path file) throws Failure {
        try {
            return ConfigFile.load(file);
        } catch (ConfigProblems e) {
            throw new Failure(Exit.USAGE, e.report());
        }
    }

    /** A path of the API with this group and further parameters, each {@code name=value}. */
    String path(String path, String... parameters) {
        var all = new ArrayList<String>();
        String named = group;
        if (named != null) {
            all.add("group=" + URLEncoder.encode(named, StandardCharsets.UTF_8));
        }
        all.addAll(List.of(parameters));
        return all.isEmpty() ? path : path + "?" + String.join("&", all);
    }
}
