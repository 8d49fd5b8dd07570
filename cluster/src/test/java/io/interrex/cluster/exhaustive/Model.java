package io.interrex.cluster.exhaustive;

import java.util.function.Supplier;

/**
 * A small system of which every reachable state is looked at ({@link Search}). States are never changed after they were told.
 *
 * @param <S> its states
 */
interface Model<S> {

    S first();

    /** Tells everything that may happen next. The same state tells the same moves. */
    void moves(S state, Moves<S> moves);

    /** Says what tells this state from others: two states with the same key have the same future. */
    void key(S state, Key key);

    /** Where the moves of a state are told. */
    interface Moves<S> {
        void to(S next, Supplier<String> words);

        void breaks(Broken broken, Supplier<String> words);

        /** One move: {@code made} gives the state after it, or says which invariant it breaks. */
        default void attempt(Supplier<String> words, Supplier<S> made) {
            S next;
            try {
                next = made.get();
            } catch (Broken broken) {
                breaks(broken, words);
                return;
            }
            to(next, words);
        }
    }

    /** An invariant of protocol.md does not hold. */
    final class Broken extends RuntimeException {
        private static final long serialVersionUID = 1;

        Broken(String message) {
            super(message, null, false, false);
        }

        static void unless(boolean holds, String invariant, Supplier<String> why) {
            if (!holds) {
                throw new Broken(invariant + ": " + why.get());
            }
        }
    }
}
