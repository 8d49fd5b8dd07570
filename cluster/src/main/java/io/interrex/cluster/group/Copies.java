package io.interrex.cluster.group;

import java.util.Collections;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How the rebuilds that run go on, by member.
 *
 * @param sources whom a copy is read from
 * @param held why a rewind or a copy does not go on
 */
public record Copies(SortedMap<String, String> sources, SortedMap<String, String> held) {

    public static final Copies NONE = new Copies(new TreeMap<>(), new TreeMap<>());

    public Copies {
        sources = Collections.unmodifiableSortedMap(sources);
        held = Collections.unmodifiableSortedMap(held);
    }

    /** Null: not chosen. */
    public @Nullable String source(String member) {
        return sources.get(member);
    }

    /** Null: nothing is known to hold it. */
    public @Nullable String held(String member) {
        return held.get(member);
    }

    /** The same reason, whatever the figures in it. */
    public static boolean isSame(@Nullable String known, String why) {
        return known != null && known.replaceAll("\\d+", "#").equals(why.replaceAll("\\d+", "#"));
    }

    Copies from(String member, String source) {
        return new Copies(with(sources, member, source), without(held, member));
    }

    Copies held(String member, String why) {
        return new Copies(sources, with(held, member, why));
    }

    /** What is known of those who are members yet. */
    Copies among(Set<String> members) {
        var nextSources = new TreeMap<>(sources);
        nextSources.keySet().retainAll(members);
        var nextHeld = new TreeMap<>(held);
        nextHeld.keySet().retainAll(members);
        return new Copies(nextSources, nextHeld);
    }

    /** The rebuild of that member is over. */
    Copies ended(String member) {
        return new Copies(without(sources, member), without(held, member));
    }

    private static SortedMap<String, String> with(SortedMap<String, String> map, String member, String value) {
        var next = new TreeMap<>(map);
        next.put(member, value);
        return next;
    }

    private static SortedMap<String, String> without(SortedMap<String, String> map, String member) {
        var next = new TreeMap<>(map);
        next.remove(member);
        return next;
    }
}
