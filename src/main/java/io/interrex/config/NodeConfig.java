package io.interrex.config;

import io.interrex.cluster.group.MemberInfo;
import io.interrex.config.ClusterConfig.Directories;
import io.interrex.config.ClusterConfig.Group;
import io.interrex.config.ClusterConfig.Member;
import io.interrex.config.ClusterConfig.Node;
import io.interrex.config.ClusterConfig.RouterConfig;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What one node needs of the configuration: the whole, and what in it is its own.
 *
 * @param directories with this node's name in them
 * @param routers those that run on this node
 */
public record NodeConfig(ClusterConfig cluster, Node self, Directories directories, List<RouterConfig> routers) {

    /** Refuses a name that the file does not have. */
    public static NodeConfig of(ClusterConfig cluster, String name) throws ConfigProblems {
        Node self = cluster.nodes().get(name);
        if (self == null) {
            throw new ConfigProblems(List.of(new Problem(
                    cluster.file().toString(),
                    "nodes." + name,
                    null,
                    "there is no node of that name; there are "
                            + String.join(", ", cluster.nodes().keySet()),
                    Nearest.to(name, cluster.nodes().keySet())
                            .map(nearest -> "Did you mean --name " + nearest)
                            .orElse("Start with the name of one of them, or add this one on all nodes"))));
        }
        Directories all = cluster.directories();
        return new NodeConfig(
                cluster,
                self,
                new Directories(
                        own(all.state(), name), own(all.run(), name), own(all.secrets(), name), own(all.log(), name)),
                cluster.routers().values().stream()
                        .filter(router -> router.nodes().contains(name))
                        .toList());
    }

    public String name() {
        return self.name();
    }

    /** By which the other nodes' hands know this one. */
    public String handsName() {
        return self.handsName();
    }

    /** As this node is by a file that was read again. */
    public NodeConfig in(ClusterConfig file) {
        return new NodeConfig(file, self, directories, routers);
    }

    /** All other nodes, by name. */
    public List<Node> peers() {
        return cluster.nodes().values().stream()
                .filter(node -> !node.name().equals(name()))
                .toList();
    }

    /** This node's member of that group, if it has one. */
    public Optional<Member> member(Group group) {
        return Optional.ofNullable(group.members().get(name()));
    }

    /** The groups that this node has a member of. */
    public List<Group> memberGroups() {
        return cluster.groups().values().stream()
                .filter(group -> group.members().containsKey(name()))
                .toList();
    }

    /** Hosts whose traffic always passes the gate of this node's member: those of the other members and of the voters. */
    public List<String> passing(Collection<MemberInfo> members) {
        var hosts = new LinkedHashSet<String>();
        members.forEach(member -> hosts.add(member.host()));
        cluster.nodes().values().stream().filter(Node::voter).forEach(node -> hosts.add(node.host()));
        hosts.remove(self.host());
        Set<String> names = members.stream().map(MemberInfo::name).collect(Collectors.toSet());
        cluster.groups().values().stream()
                .flatMap(group -> group.members().values().stream())
                .filter(member ->
                        names.contains(member.name()) && !member.name().equals(self.name()))
                .map(Member::replicationAddress)
                .filter(Objects::nonNull)
                .forEach(hosts::add);
        return List.copyOf(hosts);
    }

    /** What stops this node from starting, blamed on a value of the file. */
    public ConfigProblems refusal(String key, @Nullable String value, String reason, String remedy) {
        return new ConfigProblems(List.of(problem(key, value, reason, remedy)));
    }

    /** As {@link #refusal}, of parameters of PostgreSQL, each with why the server would not take it. */
    public ConfigProblems refusedParameters(Group group, Map<String, String> whys) {
        return new ConfigProblems(whys.entrySet().stream()
                .map(refused -> problem(
                        "groups." + group.name() + ".postgres.parameters." + refused.getKey(),
                        group.postgres().parameters().get(refused.getKey()),
                        "PostgreSQL does not take it: " + refused.getValue(),
                        "Correct it, or remove it"))
                .toList());
    }

    Problem problem(String key, @Nullable String value, String reason, String remedy) {
        String file = cluster.file().toString();
        String where = cluster.effective().stream()
                .filter(effective -> effective.key().equals(key))
                .map(Effective::origin)
                .filter(origin -> origin.startsWith(file))
                .findFirst()
                .orElse(file);
        return new Problem(where, key, value, reason, remedy);
    }

    private static Path own(Path path, String name) {
        return Path.of(path.toString().replace("{node}", name));
    }
}
