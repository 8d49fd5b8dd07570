package io.interrex.persistence.codec;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.durability.SyncSet;
import io.interrex.cluster.format.Format;
import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One value of any record that is stored, always the same: texts are the names of their fields. */
final class SampleOf {

    private final boolean withNulls;
    private final int format;

    /** @param withNulls fields that may be null are null */
    SampleOf(boolean withNulls) {
        this(withNulls, Format.CURRENT);
    }

    /** @param format whatever is newer has its absent value */
    SampleOf(boolean withNulls, int format) {
        this.withNulls = withNulls;
        this.format = format;
    }

    <T> T type(Class<T> type) {
        return type.cast(value(type, type.getSimpleName()));
    }

    private Object value(Type type, String name) {
        if (type instanceof ParameterizedType generic) {
            var element = generic.getActualTypeArguments()[0];
            if (generic.getRawType() == List.class) {
                return elements(element, name);
            }
            if (generic.getRawType() == SortedSet.class) {
                return new TreeSet<Object>(elements(element, name));
            }
        }
        if (type instanceof Class<?> plain) {
            return plainValue(plain, name);
        }
        throw new AssertionError("no sample of " + type);
    }

    private List<Object> elements(Type element, String name) {
        if (element instanceof Class<?> type && type.isSealed()) {
            return new ArrayList<>(Arrays.stream(type.getPermittedSubclasses())
                    .map(kind -> value(kind, name))
                    .toList());
        }
        return new ArrayList<>(List.of(value(element, name)));
    }

    private Object plainValue(Class<?> type, String name) {
        if (type == String.class) {
            return name;
        } else if (type == long.class) {
            return 5_000_000_000L + name.length();
        } else if (type == int.class) {
            return name.length();
        } else if (type == double.class) {
            return 8.25;
        } else if (type == boolean.class) {
            return true;
        } else if (type == UUID.class) {
            return new UUID(0x1234, name.length());
        } else if (type == Lsn.class) {
            return Lsn.parse("16/B374D848");
        } else if (type == Duration.class) {
            return Duration.ofMillis(200);
        } else if (type == SyncSet.class) {
            return SyncSet.of(1, List.of("b", "c"));
        } else if (type.isEnum()) {
            return type.getEnumConstants()[0];
        } else if (type.isRecord()) {
            return record(type);
        }
        throw new AssertionError("no sample of " + type + " for " + name);
    }

    private Object record(Class<?> type) {
        var components = type.getRecordComponents();
        @Nullable Object[] values = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            values[i] = Format.since(components[i]) > format
                    ? absent(components[i])
                    : withNulls && mayBeNull(components[i])
                            ? null
                            : value(components[i].getGenericType(), components[i].getName());
        }
        try {
            Constructor<?> constructor = type.getDeclaredConstructor(
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
            return constructor.newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError("no sample of " + type, e);
        }
    }

    private static @Nullable Object absent(RecordComponent component) {
        Class<?> type = component.getType();
        if (mayBeNull(component)) {
            return null;
        } else if (type == List.class) {
            return List.of();
        } else if (type == SortedSet.class) {
            return new TreeSet<>();
        } else if (type == String.class) {
            return "";
        } else if (type == boolean.class) {
            return false;
        }
        return type == int.class ? (Object) 0 : (Object) 0L;
    }

    private static boolean mayBeNull(RecordComponent component) {
        return component.getAnnotatedType().isAnnotationPresent(Nullable.class);
    }
}
