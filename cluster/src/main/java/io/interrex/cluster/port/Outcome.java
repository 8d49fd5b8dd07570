package io.interrex.cluster.port;

import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What became of something that was asked across a port. {@link Unknown} is neither of the other two: it never permits a
 * promotion, and whoever gets it looks again before acting on.
 */
public sealed interface Outcome<T> {

    /** It happened; the other side said so. */
    record Done<T>(T value) implements Outcome<T> {}

    /** It did not happen and will not; nothing was changed. The reason names the cause and the remedy. */
    record Refused<T>(String reason) implements Outcome<T> {}

    /** It may or may not have happened: a time-out, a broken connection, a crash in between. */
    record Unknown<T>(String reason) implements Outcome<T> {}

    static <T> Outcome<T> done(T value) {
        return new Done<>(value);
    }

    static <T> Outcome<T> refused(String reason) {
        return new Refused<>(reason);
    }

    static <T> Outcome<T> unknown(String reason) {
        return new Unknown<>(reason);
    }

    /** What a step gives; a step that throws may have had its effect or not. */
    static <T> Outcome<T> attempt(String what, Supplier<Outcome<T>> step) {
        try {
            return step.get();
        } catch (RuntimeException e) {
            return new Unknown<>("%s failed in a way that nobody foresaw: %s".formatted(what, e));
        }
    }

    default <R> Outcome<R> map(Function<? super T, ? extends R> f) {
        return switch (this) {
            case Done<T>(var value) -> new Done<>(f.apply(value));
            case Refused<T>(var reason) -> new Refused<>(reason);
            case Unknown<T>(var reason) -> new Unknown<>(reason);
        };
    }
}
