package io.interrex.cluster.fuzz;

import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds null in a record where its component does not allow it: what was read must not fail later, elsewhere. */
public final class Holes {

    private Holes() {}

    public static void assertNone(Object value) {
        look(value, value.getClass().getSimpleName());
    }

    private static void look(@Nullable Object value, String path) {
        if (value == null) {
            throw new AssertionError(path + " is null, which it may not be");
        }
        if (value instanceof Record) {
            for (RecordComponent component : value.getClass().getRecordComponents()) {
                Object part = part(value, component);
                if (part != null || !component.getAnnotatedType().isAnnotationPresent(Nullable.class)) {
                    look(part, path + "." + component.getName());
                }
            }
        } else if (value instanceof Collection<?> elements) {
            elements.forEach(element -> look(element, path + "[]"));
        } else if (value instanceof Map<?, ?> map) {
            look(map.keySet(), path);
            look(map.values(), path);
        }
    }

    private static @Nullable Object part(Object value, RecordComponent component) {
        try {
            var accessor = component.getAccessor();
            accessor.setAccessible(true);
            return accessor.invoke(value);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError("cannot look into " + value.getClass(), e);
        }
    }
}
