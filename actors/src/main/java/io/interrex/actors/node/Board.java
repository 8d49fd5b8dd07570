package io.interrex.actors.node;

import io.interrex.actors.log.GroupLog;
import io.interrex.cluster.hands.MemberStatus;
import io.interrex.cluster.hands.RouterStatus;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The last that this node heard, for those who only look: status pages, health answers, routers. Soft. */
public final class Board {

    /** @param atNs {@link System#nanoTime()} when it came */
    public record Heard(MemberStatus status, long atNs) {}

    /** @param atNs {@link System#nanoTime()} when it came */
    public record HeardRouter(RouterStatus status, long atNs) {}

    private final Map<String, Map<String, Heard>> statuses = new ConcurrentHashMap<>();
    private final Map<String, Map<String, HeardRouter>> routers = new ConcurrentHashMap<>();
    private final Map<String, GroupLog.Update> groups = new ConcurrentHashMap<>();

    /** Keeps the newest status of a member, by the time at which it came. */
    public void put(MemberStatus status) {
        statuses.computeIfAbsent(status.group(), g -> new ConcurrentHashMap<>())
                .merge(status.member(), new Heard(status, System.nanoTime()), Board::newer);
    }

    private static Heard newer(Heard before, Heard now) {
        boolean older = before.status().incarnation() == now.status().incarnation()
                && before.status().sequence() > now.status().sequence();
        return older ? before : now;
    }

    public void put(RouterStatus status) {
        routers.computeIfAbsent(status.plan().group(), g -> new ConcurrentHashMap<>())
                .put(status.router(), new HeardRouter(status, System.nanoTime()));
    }

    public void put(String group, GroupLog.Update update) {
        groups.put(group, update);
    }

    /** By member. */
    public Map<String, Heard> statuses(String group) {
        return new TreeMap<>(statuses.getOrDefault(group, Map.of()));
    }

    /** By router. */
    public Map<String, HeardRouter> routers(String group) {
        return new TreeMap<>(routers.getOrDefault(group, Map.of()));
    }

    public GroupLog.@Nullable Update group(String group) {
        return groups.get(group);
    }
}
