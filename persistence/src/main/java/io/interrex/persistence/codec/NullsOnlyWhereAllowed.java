package io.interrex.persistence.codec;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.AnnotatedParameter;
import com.fasterxml.jackson.databind.introspect.NopAnnotationIntrospector;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Executable;
import org.jspecify.annotations.Nullable;

/**
 * Refuses null for every record component that is not {@code @Nullable}: it would fail later, where nobody
 * can tell which event it came from.
 */
final class NullsOnlyWhereAllowed extends NopAnnotationIntrospector {

    private static final long serialVersionUID = 1L;

    @Override
    public JsonSetter.Value findSetterInfo(Annotated annotated) {
        if (annotated instanceof AnnotatedParameter parameter
                && parameter.getOwner().getAnnotated() instanceof Executable constructor) {
            AnnotatedType type = constructor.getAnnotatedParameterTypes()[parameter.getIndex()];
            return JsonSetter.Value.construct(
                    type.isAnnotationPresent(Nullable.class) ? Nulls.SET : Nulls.FAIL, Nulls.FAIL);
        }
        return JsonSetter.Value.empty();
    }
}
