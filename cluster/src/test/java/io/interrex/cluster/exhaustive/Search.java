package io.interrex.cluster.exhaustive;

import io.interrex.cluster.exhaustive.Model.Broken;
import io.interrex.cluster.exhaustive.Model.Moves;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Looks at every state of a {@link Model}, breadth first, so that the way to a violation that it tells is a shortest one. */
final class Search<S> {

    /**
     * @param depth moves from the first state to the last one that was found
     * @param complete every reachable state was looked at
     * @param violation null: none
     * @param path the shortest way to it, in words
     */
    record Result(
            String name,
            long states,
            long transitions,
            int depth,
            double seconds,
            boolean complete,
            @Nullable String violation,
            List<String> path) {

        /** {@code lease: 1,234,567 states, 4,567,890 transitions, depth 41, 38 s}. */
        String line() {
            return String.format(
                    Locale.ROOT,
                    "%s: %,d states, %,d transitions, depth %d, %.0f s%s",
                    name,
                    states,
                    transitions,
                    depth,
                    seconds,
                    complete || violation != null ? "" : " (not all: stopped at its bound)");
        }

        String told() {
            var words = new StringBuilder(line());
            if (violation != null) {
                words.append("\n  broken after ")
                        .append(path.size())
                        .append(" moves: ")
                        .append(violation);
                for (int i = 0; i < path.size(); i++) {
                    words.append("\n  ").append(i + 1).append(". ").append(path.get(i));
                }
            }
            return words.toString();
        }
    }

    private final Model<S> model;
    private final Visited visited = new Visited();
    private final ArrayDeque<S> frontier = new ArrayDeque<>();
    private final Key key = new Key();
    private long transitions;
    private int at;
    private @Nullable String violation;
    private List<String> path = List.of();

    private Search(Model<S> model) {
        this.model = model;
    }

    /** @param statesMax stops there; what it found until then is no proof */
    static <S> Result of(String name, Model<S> model, int statesMax) {
        return new Search<>(model).run(name, statesMax);
    }

    private Result run(String name, int statesMax) {
        long startedNs = System.nanoTime();
        found(model.first(), -1);
        int depth = 0;
        int endOfDepth = 1;
        while (!frontier.isEmpty() && violation == null && visited.size() < statesMax) {
            if (at == endOfDepth) {
                depth++;
                endOfDepth = visited.size();
            }
            model.moves(frontier.removeFirst(), moves());
            at++;
        }
        double seconds = (System.nanoTime() - startedNs) / 1e9;
        return new Result(
                name,
                visited.size(),
                transitions,
                violation == null ? depth : path.size(),
                seconds,
                frontier.isEmpty() && violation == null,
                violation,
                path);
    }

    private Moves<S> moves() {
        return new Moves<>() {
            @Override
            public void to(S next, Supplier<String> words) {
                transitions++;
                found(next, at);
            }

            @Override
            public void breaks(Broken broken, Supplier<String> words) {
                transitions++;
                if (violation == null) {
                    violation = broken.getMessage();
                    path = new ArrayList<>(wayTo(at));
                    path.add(words.get());
                }
            }
        };
    }

    private void found(S state, int from) {
        key.clear();
        model.key(state, key);
        if (visited.add(key, from)) {
            frontier.addLast(state);
        }
    }

    /** Plays the states on the way again, for the words of their moves. */
    private List<String> wayTo(int state) {
        var chain = new ArrayList<Integer>();
        for (int s = state; s > 0; s = visited.parentOf(s)) {
            chain.addFirst(s);
        }
        var words = new ArrayList<String>();
        S current = model.first();
        for (int next : chain) {
            var step = new Replay<>(model, visited, next);
            model.moves(current, step);
            words.add(step.words());
            current = step.reached();
        }
        return words;
    }

    /** Finds the move that leads to one known state. */
    private static final class Replay<S> implements Moves<S> {
        private final Model<S> model;
        private final Visited visited;
        private final int wanted;
        private final Key key = new Key();
        private @Nullable S reached;
        private @Nullable Supplier<String> by;

        Replay(Model<S> model, Visited visited, int wanted) {
            this.model = model;
            this.visited = visited;
            this.wanted = wanted;
        }

        @Override
        public void to(S next, Supplier<String> words) {
            if (by == null) {
                key.clear();
                model.key(next, key);
                if (visited.is(wanted, key)) {
                    reached = next;
                    by = words;
                }
            }
        }

        @Override
        public void breaks(Broken broken, Supplier<String> words) {
            // the way leads through states that broke nothing; what breaks here is another move
        }

        String words() {
            return known(by).get();
        }

        S reached() {
            return known(reached);
        }

        private static <T> T known(@Nullable T value) {
            if (value == null) {
                throw new IllegalStateException("the same state does not tell the same moves");
            }
            return value;
        }
    }
}
