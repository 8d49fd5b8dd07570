package io.interrex.actors.brain;

import com.typesafe.config.Config;
import io.interrex.actors.Endpoint;
import io.interrex.cluster.settings.Profile;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.function.Predicate;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Everything that the brain of one node is started with. Refuses what is unsafe: without TLS it stays on loopback, unless
 * {@code insecure}.
 *
 * @param node own name, one of {@code nodes}
 * @param cluster name of the installation; another one cannot join
 * @param nodes all nodes with a brain, own included, in the order of the configuration, the same on all nodes: the first
 *     of them that is in reach forms the cluster, the others join it
 * @param inReach whether the hands are connected to that node now
 * @param config of the node, with reference.conf below it
 * @param tls shows this node's certificate and trusts those of the others; null: plain TCP
 */
public record BrainSettings(
        String node,
        String cluster,
        SequencedMap<String, Endpoint> nodes,
        Predicate<String> inReach,
        Profile profile,
        Config config,
        @Nullable SSLContext tls,
        boolean insecure) {

    public BrainSettings {
        nodes = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(nodes));
        if (!nodes.containsKey(node)) {
            throw new IllegalArgumentException("node " + node + " is not among the nodes " + nodes.sequencedKeySet());
        }
        if (tls == null && !insecure) {
            nodes.values().forEach(endpoint -> endpoint.refuseUnlessLoopback("the cluster of the brains"));
        }
    }

    Endpoint own() {
        Endpoint own = nodes.get(node);
        if (own == null) {
            throw new IllegalStateException("checked at construction: " + node);
        }
        return own;
    }

    /** An actor system's name allows letters, digits, '-' and '_' only; brains of another name cannot join. */
    String systemName() {
        return "interrex-" + cluster.replaceAll("[^A-Za-z0-9_-]", "-");
    }

    Timings timings() {
        return Timings.of(config);
    }

    /**
     * @param patience how long the first node waits for the hands of the others before it forms a cluster
     * @param islandMax a brain whose cluster misses a node that its hands reach looks for it anew after so long
     * @param restartMin between the end of a brain and its next start
     * @param restartMax the same at most, after failures in a row
     */
    record Timings(Duration patience, Duration islandMax, Duration restartMin, Duration restartMax) {

        static Timings of(Config config) {
            Config c = config.getConfig("interrex.brain");
            return new Timings(
                    c.getDuration("patience"),
                    c.getDuration("island-max"),
                    c.getDuration("restart-min"),
                    c.getDuration("restart-max"));
        }
    }
}
