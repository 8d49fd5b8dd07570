package io.interrex.node;

import io.interrex.cluster.group.GroupEvent.PeopleNotified;
import io.interrex.cluster.port.Notifier.Notice;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Notices that another node has to give, until the log says that it did. A node that died in between leaves them to the next
 * one: each waits as long as the notifier may take, times its place among the others. At most {@value #MAX}; soft: a
 * restart forgets them.
 */
final class Untold {

    private static final int MAX = 1000;

    /** @param dueNs if nobody has told by then, this node does */
    record Entry(People.Route route, Notice notice, long dueNs) {}

    private final String self;
    private final Supplier<Set<String>> nodes;
    private final Duration slack;
    private final List<Entry> entries = new ArrayList<>();

    /**
     * @param nodes all that could tell, now
     * @param slack between the end of a delivery and its record in the log, at most
     */
    Untold(String self, Supplier<Set<String>> nodes, Duration slack) {
        this.self = self;
        this.nodes = nodes;
        this.slack = slack;
    }

    void add(People.Route route, Notice notice, String writer, long nowNs) {
        int place = nodes.get().stream()
                .filter(node -> !node.equals(writer))
                .sorted(Comparator.naturalOrder())
                .toList()
                .indexOf(self);
        if (entries.size() < MAX) {
            long eachNs = route.within().plus(slack).toNanos();
            entries.add(new Entry(route, notice, nowNs + (Math.max(place, 0) + 1) * eachNs));
        }
    }

    /** The log says that somebody tried; a failure is in the log as well, and is not tried again. */
    void told(PeopleNotified event) {
        Iterator<Entry> all = entries.iterator();
        while (all.hasNext()) {
            Entry entry = all.next();
            if (entry.notice().epoch() == event.epoch()
                    && entry.notice().title().equals(event.title())
                    && entry.route().notifier().name().equals(event.notifier())) {
                all.remove();
                return;
            }
        }
    }

    /** Those that this node has to give now. */
    List<Entry> due(long nowNs) {
        List<Entry> due =
                entries.stream().filter(entry -> nowNs - entry.dueNs() >= 0).toList();
        entries.removeAll(due);
        return due;
    }
}
