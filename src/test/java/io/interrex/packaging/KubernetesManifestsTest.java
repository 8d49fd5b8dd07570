package io.interrex.packaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.interrex.config.ClusterConfig;
import io.interrex.config.ConfigFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("deploy/kubernetes/interrex.yaml")
final class KubernetesManifestsTest {

    private static final Path MANIFESTS = Path.of("..", "deploy", "kubernetes", "interrex.yaml");

    private static final Map<String, Class<? extends HasMetadata>> KINDS = Map.of(
            "v1/Namespace", Namespace.class,
            "v1/ConfigMap", ConfigMap.class,
            "v1/Service", Service.class,
            "policy/v1/PodDisruptionBudget", PodDisruptionBudget.class,
            "apps/v1/StatefulSet", StatefulSet.class);

    /** The types keep what they do not know; the API server refuses it. */
    private final YAMLMapper yaml = YAMLMapper.builder()
            .annotationIntrospector(new JacksonAnnotationIntrospector() {
                @Override
                public Boolean hasAnySetter(Annotated annotated) {
                    return false;
                }
            })
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    @TempDir
    private Path directory = Path.of("");

    private List<HasMetadata> read(String text) throws IOException {
        var all = new ArrayList<HasMetadata>();
        try (var documents = yaml.readerFor(JsonNode.class).<JsonNode>readValues(text)) {
            while (documents.hasNext()) {
                JsonNode document = documents.next();
                String kind = document.path("apiVersion").asText() + "/"
                        + document.path("kind").asText();
                Class<? extends HasMetadata> type = KINDS.get(kind);
                assertTrue(type != null, "no type is known for " + kind);
                all.add(yaml.treeToValue(document, type));
            }
        }
        return all;
    }

    private <T> Stream<T> all(Class<T> type) throws IOException {
        return read(Files.readString(MANIFESTS)).stream()
                .filter(type::isInstance)
                .map(type::cast);
    }

    private ClusterConfig cluster(String text) throws Exception {
        return ConfigFile.load(Files.writeString(directory.resolve("interrex.conf"), text));
    }

    private String configuration() throws IOException {
        ConfigMap map = all(ConfigMap.class).findFirst().orElseThrow();
        return map.getData().getOrDefault("interrex.conf", "");
    }

    @Test
    @DisplayName("has no key that the API does not know: one that is misspelt is found")
    void known() throws IOException {
        String text = Files.readString(MANIFESTS);
        assertEquals(9, read(text).size());
        String misspelt = text.replace("hostNetwork:", "hostNetworking:");
        assertThrows(UnrecognizedPropertyException.class, () -> read(misspelt));
    }

    @Test
    @DisplayName(
            "has a Pod for each node of its configuration, which is refused until a person has said who reaches the ports")
    void nodes() throws Exception {
        String told = assertThrows(io.interrex.config.ConfigProblems.class, () -> cluster(configuration()))
                .report();
        assertTrue(told.contains("security.insecure"), told);
        ClusterConfig cluster = cluster(configuration().replace("insecure = false", "insecure = true"));
        Set<String> pods = all(StatefulSet.class)
                .map(set ->
                        set.getSpec().getTemplate().getSpec().getContainers().getFirst())
                .flatMap(container -> container.getEnv().stream())
                .filter(variable -> variable.getName().equals("INTERREX_NODE"))
                .map(variable -> variable.getValue())
                .collect(Collectors.toSet());
        assertEquals(cluster.nodes().keySet(), pods);

        ClusterConfig.RouterConfig router =
                cluster.routers().values().iterator().next();
        assertEquals(cluster.nodes().keySet(), Set.copyOf(router.nodes()));
        assertEquals(
                Map.of("interrex-write", router.writePort(), "interrex-read", router.readPort()),
                all(Service.class)
                        .filter(service -> service.getSpec().getClusterIP() == null)
                        .collect(Collectors.toMap(
                                service -> service.getMetadata().getName(),
                                service -> service.getSpec()
                                        .getPorts()
                                        .getFirst()
                                        .getTargetPort()
                                        .getIntVal())));
    }

    @Test
    @DisplayName("keeps each node's address and data, and never ends two Pods, or a living database, by itself")
    void pods() throws Exception {
        List<StatefulSet> sets = all(StatefulSet.class).toList();
        assertEquals(3, sets.size());
        for (StatefulSet set : sets) {
            assertEquals(1, set.getSpec().getReplicas());
            assertEquals("OnDelete", set.getSpec().getUpdateStrategy().getType());
            PodSpec pod = set.getSpec().getTemplate().getSpec();
            Map<String, String> labels =
                    set.getSpec().getTemplate().getMetadata().getLabels();
            assertTrue(pod.getHostNetwork());
            assertEquals(labels.get("interrex.io/node"), pod.getNodeSelector().get("interrex.io/node"));
            assertEquals(labels, set.getSpec().getSelector().getMatchLabels());
            Container node = pod.getContainers().getFirst();
            assertNull(node.getLivenessProbe(), "a restart of the container is the end of its database");
            assertEquals(
                    List.of("NET_ADMIN", "SETUID", "SETGID"),
                    node.getSecurityContext().getCapabilities().getAdd());
            assertEquals(
                    List.of("ALL"), node.getSecurityContext().getCapabilities().getDrop());
            assertFalse(node.getSecurityContext().getAllowPrivilegeEscalation());
            assertEquals(
                    List.of(
                            "/usr/lib/interrex/bin/interrex",
                            "switchover",
                            "--from",
                            labels.get("interrex.io/node"),
                            "--lose-slots"),
                    node.getLifecycle().getPreStop().getExec().getCommand());
            assertEquals(pod.getInitContainers().getFirst().getImage(), node.getImage());
        }
        PodDisruptionBudget budget = all(PodDisruptionBudget.class).findFirst().orElseThrow();
        assertEquals(1, budget.getSpec().getMaxUnavailable().getIntVal());
    }
}
