package io.interrex.cluster.format;

import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The format of what nodes say to each other and write into the log: one number, raised by a release that adds a type, a component or a
 * constant. Between two nodes the highest counts that both know; in a group's log the one that was recorded there last, which no
 * node of an older release reads any further. What is of a newer format is marked with {@link Since}. Nothing is ever taken away or
 * given another meaning.
 */
public final class Format {

    /** Of a log in which none was recorded. */
    public static final int FIRST = 6;

    /** The lowest that this release speaks with a node of an older one. */
    public static final int OLDEST = 6;

    /** The highest that this release knows. */
    public static final int CURRENT = 7;

    private Format() {}

    /** What of {@code value}, however deep in it, a release that knows formats up to {@code format} would not understand; null: nothing. */
    public static @Nullable String tooNew(Object value, int format) {
        return newer(value, format);
    }

    /** Whether a release that does not know the component it came from would behave as with this value. */
    public static boolean isAbsent(@Nullable Object value) {
        return switch (value) {
            case null -> true;
            case Boolean flag -> !flag;
            case Number number -> number.doubleValue() == 0;
            case String text -> text.isEmpty();
            case Collection<?> items -> items.isEmpty();
            case Map<?, ?> entries -> entries.isEmpty();
            case Optional<?> some -> some.isEmpty();
            default -> false;
        };
    }

    /** The first format that knows it. */
    public static int since(RecordComponent component) {
        return since(component.getAnnotation(Since.class));
    }

    /** The first format that knows it. */
    public static int since(Class<?> type) {
        return since(type.getAnnotation(Since.class));
    }

    /** The first format that knows it. */
    public static int since(Enum<?> constant) {
        try {
            Field field = constant.getDeclaringClass().getField(constant.name());
            return since(field.getAnnotation(Since.class));
        } catch (NoSuchFieldException e) {
            throw new IllegalStateException("a constant without a field: " + constant, e);
        }
    }

    private static int since(@Nullable Since mark) {
        return mark == null ? FIRST : mark.value();
    }

    private static @Nullable String newer(@Nullable Object value, int format) {
        return switch (value) {
            case null -> null;
            case Enum<?> constant -> since(constant) > format ? named(constant.name(), since(constant)) : null;
            case Record record -> newerRecord(record, format);
            case Collection<?> items -> newerOf(items, format);
            case Map<?, ?> entries -> {
                String key = newerOf(entries.keySet(), format);
                yield key != null ? key : newerOf(entries.values(), format);
            }
            case Optional<?> some -> some.isPresent() ? newer(some.get(), format) : null;
            default -> null;
        };
    }

    private static @Nullable String newerOf(Collection<?> items, int format) {
        for (Object item : items) {
            String why = newer(item, format);
            if (why != null) {
                return why;
            }
        }
        return null;
    }

    private static @Nullable String newerRecord(Record record, int format) {
        Class<? extends Record> type = record.getClass();
        if (since(type) > format) {
            return named(type.getSimpleName(), since(type));
        }
        for (RecordComponent component : type.getRecordComponents()) {
            Object value = valueOf(record, component.getAccessor());
            if (since(component) > format) {
                if (!isAbsent(value) && !isInformative(component)) {
                    return named(type.getSimpleName() + "." + component.getName(), since(component));
                }
            } else {
                String why = newer(value, format);
                if (why != null) {
                    return why;
                }
            }
        }
        return null;
    }

    private static boolean isInformative(RecordComponent component) {
        Since mark = component.getAnnotation(Since.class);
        return mark != null && mark.informative();
    }

    private static String named(String what, int since) {
        return "%s is of format %d".formatted(what, since);
    }

    private static @Nullable Object valueOf(Record record, Method accessor) {
        try {
            accessor.setAccessible(true);
            return accessor.invoke(record);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("a component of " + record.getClass() + " that cannot be read", e);
        }
    }
}
