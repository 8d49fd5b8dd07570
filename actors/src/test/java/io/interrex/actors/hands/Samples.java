package io.interrex.actors.hands;

import io.interrex.cluster.durability.SyncSet;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Makes values of any message type by its record components, so that a new message is tested without a line here. */
final class Samples {

    private Samples() {}

    /** Each kind below {@code type} at least once; nullable components with and without a value. */
    static List<Object> of(Type type) {
        if (type instanceof ParameterizedType generic) {
            List<Object> elements = of(generic.getActualTypeArguments()[0]);
            if (generic.getRawType() == Map.class) {
                Object value = of(generic.getActualTypeArguments()[1]).getFirst();
                return List.of(Map.of(elements.getFirst(), value), Map.of());
            }
            return Collection.class.isAssignableFrom((Class<?>) generic.getRawType())
                    ? collections((Class<?>) generic.getRawType(), elements)
                    : List.of();
        }
        Class<?> c = (Class<?>) type;
        if (c.isSealed()) {
            return Arrays.stream(c.getPermittedSubclasses())
                    .flatMap(permitted -> of(permitted).stream())
                    .toList();
        }
        if (c == SyncSet.class) {
            return List.of(SyncSet.NONE, SyncSet.of(1, List.of("b", "c")));
        }
        if (c.isEnum()) {
            return List.of(c.getEnumConstants());
        }
        return c.isRecord() ? records(c) : List.of(scalar(c));
    }

    private static List<Object> collections(Class<?> raw, List<Object> elements) {
        return raw == List.class ? List.of(elements, List.of()) : List.of(new TreeSet<>(elements), new TreeSet<>());
    }

    private static Object scalar(Class<?> c) {
        if (c == String.class) {
            return "näme\n\"1\"";
        } else if (c == long.class || c == Long.class) {
            return Long.MIN_VALUE + 7;
        } else if (c == int.class) {
            return 1;
        } else if (c == boolean.class) {
            return true;
        } else if (c == double.class) {
            return 0.1;
        } else if (c == UUID.class) {
            return new UUID(0xF000_0000_0000_4000L, 0x8000_0000_0000_0001L);
        } else if (c == Duration.class) {
            return Duration.ofNanos(1_234_567_891L);
        }
        throw new AssertionError("no sample of " + c + ": add one");
    }

    private static List<Object> records(Class<?> c) {
        List<List<@Nullable Object>> choices = new ArrayList<>();
        for (RecordComponent component : c.getRecordComponents()) {
            choices.add(choices(component.getGenericType(), component.getAnnotatedType()));
        }
        int count = choices.stream().mapToInt(List::size).max().orElse(1);
        List<Object> made = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int n = i;
            made.add(make(
                    c,
                    choices.stream()
                            .map(choice -> choice.get(n % choice.size()))
                            .toArray()));
        }
        return made;
    }

    private static List<@Nullable Object> choices(Type type, AnnotatedType annotated) {
        List<@Nullable Object> values = new ArrayList<>(of(type));
        if (annotated.isAnnotationPresent(Nullable.class)) {
            values.add(null);
        }
        return values;
    }

    private static Object make(Class<?> c, @Nullable Object[] arguments) {
        try {
            return c.getDeclaredConstructor(Arrays.stream(c.getRecordComponents())
                            .map(RecordComponent::getType)
                            .toArray(Class<?>[]::new))
                    .newInstance(arguments);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError("cannot make a sample of " + c, e);
        }
    }
}
