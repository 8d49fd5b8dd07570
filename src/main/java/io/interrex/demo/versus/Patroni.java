package io.interrex.demo.versus;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.interrex.demo.versus.PatroniTexts.Speed;
import io.interrex.lab.LabException;
import io.interrex.lab.ProbeTarget;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Patroni with an etcd on each host, synchronous, and HAProxy in front. */
final class Patroni implements Peer {

    private static final Duration START_MAX = Duration.ofSeconds(180);
    private static final Duration LEADER_MAX = Duration.ofSeconds(120);
    private static final List<String> WITNESSES = List.of("d", "e");
    private static final Set<String> STREAMING = Set.of("running", "streaming");
    private static final int MOVES_MAX = 20;
    private static final long LAG_MAX = 1 << 20;
    private static final String AGENT = "patroni";
    private static final String STORE = "etcd";
    private static final String REMEDY = "apt-get install patroni python3-etcd etcd-server haproxy";

    private final Speed speed;
    private final PeerHosts hosts;
    private final Map<String, String> stores;
    private final PeerApi api = new PeerApi();

    private Patroni(Speed speed, PeerHosts hosts, Map<String, String> stores) {
        this.speed = speed;
        this.hosts = hosts;
        this.stores = stores;
    }

    /** @param witnesses whether two more hosts have an etcd and nothing else */
    static Patroni create(Speed speed, boolean witnesses) {
        var voters = new ArrayList<>(MEMBERS);
        if (witnesses) {
            voters.addAll(WITNESSES);
        }
        var names = new ArrayList<>(voters);
        names.add(EDGE);
        PeerHosts hosts = PeerHosts.create(names);
        var stores = new LinkedHashMap<String, String>();
        voters.forEach(host -> stores.put(host, hosts.address(host)));
        return new Patroni(speed, hosts, stores);
    }

    static void requirePrograms() {
        for (String program : List.of(AGENT, STORE, "haproxy")) {
            Programs.require(program, REMEDY);
        }
    }

    @Override
    public PeerHosts hosts() {
        return hosts;
    }

    @Override
    public void start() {
        stores.forEach((host, address) -> hosts.serve(host, STORE, etcd(host, address)));
        String patroni = Programs.require(AGENT, REMEDY);
        var members = new LinkedHashMap<String, String>();
        for (String host : MEMBERS) {
            members.put(host, hosts.address(host));
            String text = PatroniTexts.patroni(
                    host, hosts.address(host), stores.values(), hosts.directory(host), Programs.pgBin(), speed);
            Path file = hosts.write(host, "patroni.yml", text);
            hosts.serve(host, AGENT, List.of(patroni, file.toString()));
        }
        Path file = hosts.write(EDGE, "haproxy.cfg", PatroniTexts.haproxy(members, speed));
        hosts.serve(EDGE, "haproxy", List.of(Programs.require("haproxy", REMEDY), "-db", "-f", file.toString()));
        if (!Patience.until(START_MAX, this::isWhole)) {
            throw new LabException("Patroni was not whole within %d s; its last words:\n%s"
                    .formatted(START_MAX.toSeconds(), hosts.lastWords("a", AGENT)));
        }
    }

    private List<String> etcd(String host, String address) {
        String peers = "http://" + address + ":" + PatroniTexts.ETCD_PEER_PORT;
        String clients = "http://" + address + ":" + PatroniTexts.ETCD_PORT;
        return List.of(
                Programs.require(STORE, REMEDY),
                "--name=" + host,
                "--data-dir=" + hosts.directory(host).resolve(STORE),
                "--listen-peer-urls=" + peers,
                "--initial-advertise-peer-urls=" + peers,
                "--listen-client-urls=" + clients,
                "--advertise-client-urls=" + clients,
                "--initial-cluster=" + PatroniTexts.etcdCluster(stores));
    }

    /** What the members tell of each other. */
    private Optional<JsonNode> cluster() {
        return MEMBERS.stream()
                .flatMap(host -> api.get(hosts.address(host), PatroniTexts.REST_PORT, "/cluster").stream())
                .findFirst();
    }

    private Optional<String> named(String role) {
        for (JsonNode member : cluster().map(all -> all.path("members")).orElseGet(Patroni::none)) {
            if (member.path("role").asText().equals(role) && isUp(member)) {
                return Optional.of(member.path("name").asText());
            }
        }
        return Optional.empty();
    }

    private static JsonNode none() {
        return JsonNodeFactory.instance.arrayNode();
    }

    private static boolean isUp(JsonNode member) {
        return STREAMING.contains(member.path("state").asText());
    }

    @Override
    public boolean isWhole() {
        int up = 0;
        var timelines = new HashSet<Long>();
        for (JsonNode member : cluster().map(all -> all.path("members")).orElseGet(Patroni::none)) {
            if (isUp(member) && member.path("lag").asLong() < LAG_MAX) {
                up++;
                timelines.add(member.path("timeline").asLong(-1));
            }
        }
        return up == MEMBERS.size()
                && timelines.size() == 1
                && named("leader").isPresent()
                && named("sync_standby").isPresent()
                && stores.values().stream().allMatch(this::isHealthy);
    }

    private boolean isHealthy(String store) {
        return api.get(store, PatroniTexts.ETCD_PORT, "/health")
                .filter(health -> health.path("health").asText().equals("true"))
                .isPresent();
    }

    @Override
    public Optional<String> primary() {
        return named("leader");
    }

    @Override
    public Optional<String> synchronous() {
        return named("sync_standby");
    }

    private Optional<String> storeLeader() {
        return stores.entrySet().stream()
                .filter(store -> api.post(store.getValue(), PatroniTexts.ETCD_PORT, "/v3/maintenance/status", "{}")
                        .filter(status -> status.path("leader")
                                .asText("none")
                                .equals(status.path("header").path("member_id").asText()))
                        .isPresent())
                .map(Map.Entry::getKey)
                .findFirst();
    }

    @Override
    public String coordinator(String primary) {
        return storeLeader().orElseThrow(() -> new LabException("etcd has no leader"));
    }

    /** The etcd that leads moves to a host with nothing else, as it is with Interrex. */
    @Override
    public void prepare(PeerFault fault) {
        for (int i = 0;
                fault.needsWitnesses()
                        && !storeLeader().filter(WITNESSES::contains).isPresent();
                i++) {
            if (i == MOVES_MAX) {
                throw new LabException("etcd was never led by one of the hosts " + WITNESSES);
            }
            storeLeader().ifPresent(host -> hosts.restart(host, STORE));
            if (!Patience.until(LEADER_MAX, this::isWhole)) {
                throw new LabException("Patroni was not whole after etcd's leader had moved");
            }
        }
    }

    @Override
    public void switchover(String primary) {
        String candidate = synchronous().orElseThrow(() -> new LabException("there is no synchronous standby"));
        api.order(
                hosts.address(primary),
                PatroniTexts.REST_PORT,
                "/switchover",
                "{\"leader\":\"%s\",\"candidate\":\"%s\"}".formatted(primary, candidate));
    }

    @Override
    public Collection<ProcessHandle> agents(String host) {
        return hosts.process(host, AGENT).map(Process::toHandle).stream().toList();
    }

    @Override
    public ProbeTarget router() {
        return target(EDGE, PatroniTexts.WRITE_PORT);
    }

    @Override
    public Map<String, ProbeTarget> members() {
        var members = new LinkedHashMap<String, ProbeTarget>();
        MEMBERS.forEach(host -> members.put(host, target(host, PeerHosts.PG_PORT)));
        return members;
    }

    private ProbeTarget target(String host, int port) {
        return new ProbeTarget(hosts.address(host), port, "postgres", PatroniTexts.SUPERUSER, PatroniTexts.PASSWORD);
    }

    @Override
    public void close() {
        api.close();
        hosts.close();
    }
}
