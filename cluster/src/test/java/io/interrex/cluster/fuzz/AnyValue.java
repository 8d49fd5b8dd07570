package io.interrex.cluster.fuzz;

import io.interrex.cluster.durability.SyncSet;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import org.jspecify.annotations.Nullable;

/** Makes any value of a record or sealed type from its components: extreme numbers, any text, null where it is allowed. */
public final class AnyValue {

    private static final int ELEMENTS_MAX = 3;
    private static final double PRESENT_PROBABILITY = 0.7;

    private AnyValue() {}

    public static <T> Arbitrary<T> of(Class<T> type) {
        return plain(type).map(type::cast).withoutEdgeCases();
    }

    /** Any text but half a surrogate pair: that is no text, and cannot be stored. */
    public static Arbitrary<String> text() {
        var symbol = Arbitraries.frequencyOf(
                net.jqwik.api.Tuple.of(6, Arbitraries.integers().between('a', 'z')),
                net.jqwik.api.Tuple.of(2, Arbitraries.integers().between(0, 0xD7FF)),
                net.jqwik.api.Tuple.of(1, Arbitraries.integers().between(0xE000, 0x10FFFF)));
        return symbol.list()
                .ofMaxSize(12)
                .map(all -> all.stream()
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                        .toString());
    }

    private static Arbitrary<Optional<Object>> any(Type type, AnnotatedElement component) {
        return any(type).optional(component.isAnnotationPresent(Nullable.class) ? PRESENT_PROBABILITY : 1);
    }

    private static Arbitrary<Object> any(Type type) {
        if (!(type instanceof ParameterizedType generic)) {
            return plain((Class<?>) type);
        }
        var arguments = generic.getActualTypeArguments();
        if (generic.getRawType() == Map.class) {
            return Arbitraries.maps(any(arguments[0]), any(arguments[1]))
                    .ofMaxSize(ELEMENTS_MAX)
                    .map(Object.class::cast);
        }
        var elements = any(arguments[0]).list().ofMaxSize(ELEMENTS_MAX);
        return generic.getRawType() == SortedSet.class
                ? elements.map(TreeSet<Object>::new)
                : elements.map(List::copyOf).map(Object.class::cast);
    }

    private static Arbitrary<Object> plain(Class<?> type) {
        if (type == SyncSet.class) {
            return text().set()
                    .ofMaxSize(ELEMENTS_MAX)
                    .flatMap(names ->
                            Arbitraries.integers().between(0, names.size()).map(k -> SyncSet.of(k, names)));
        }
        if (type.isSealed()) {
            return Arbitraries.oneOf(Arrays.stream(type.getPermittedSubclasses())
                    .map(AnyValue::plain)
                    .toList());
        }
        if (type.isEnum()) {
            return Arbitraries.of(type.getEnumConstants()).map(Object.class::cast);
        }
        return type.isRecord() ? record(type) : scalar(type).map(Object.class::cast);
    }

    private static Arbitrary<?> scalar(Class<?> type) {
        if (type == String.class) {
            return text();
        } else if (type == long.class || type == Long.class) {
            return Arbitraries.longs();
        } else if (type == int.class) {
            return Arbitraries.integers();
        } else if (type == double.class) {
            return Arbitraries.doubles().injectDuplicates(0.01).edgeCases(edges -> edges.add(Double.NaN));
        } else if (type == boolean.class) {
            return Arbitraries.of(true, false);
        } else if (type == UUID.class) {
            return Combinators.combine(Arbitraries.longs(), Arbitraries.longs()).as(UUID::new);
        } else if (type == Duration.class) {
            return Arbitraries.longs().map(Duration::ofNanos);
        }
        throw new AssertionError("no arbitrary " + type + ": add it here");
    }

    private static Arbitrary<Object> record(Class<?> type) {
        RecordComponent[] components = type.getRecordComponents();
        List<Arbitrary<Optional<Object>>> parts = Arrays.stream(components)
                .map(component -> any(component.getGenericType(), component.getAnnotatedType()))
                .toList();
        try {
            Constructor<?> constructor = type.getDeclaredConstructor(
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
            return Combinators.combine(parts).as(values -> made(constructor, values));
        } catch (NoSuchMethodException e) {
            throw new AssertionError("a record without its constructor: " + type, e);
        }
    }

    private static Object made(Constructor<?> constructor, List<Optional<Object>> values) {
        @Nullable Object[] arguments = new Object[values.size()];
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = values.get(i).orElse(null);
        }
        try {
            return constructor.newInstance(arguments);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError("no arbitrary " + constructor.getDeclaringClass(), e);
        }
    }
}
