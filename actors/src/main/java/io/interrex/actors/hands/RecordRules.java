package io.interrex.actors.hands;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import com.fasterxml.jackson.databind.introspect.AnnotatedParameter;
import com.fasterxml.jackson.databind.introspect.NopAnnotationIntrospector;
import io.interrex.cluster.format.Format;
import io.interrex.cluster.format.Since;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Executable;
import org.jspecify.annotations.Nullable;

/**
 * Refuses null for every record component that is not {@code @Nullable}: a peer must not plant one where nobody looks. And none may be
 * missing but what a node of an older release does not know: that has its absent value.
 */
final class RecordRules extends NopAnnotationIntrospector {

    private static final long serialVersionUID = 1L;

    @Override
    public JsonSetter.Value findSetterInfo(Annotated annotated) {
        if (annotated instanceof AnnotatedParameter parameter
                && parameter.getOwner().getAnnotated() instanceof Executable constructor) {
            AnnotatedType type = constructor.getAnnotatedParameterTypes()[parameter.getIndex()];
            Nulls otherwise = isUnknownToSome(parameter) ? Nulls.AS_EMPTY : Nulls.FAIL;
            return JsonSetter.Value.construct(
                    type.isAnnotationPresent(Nullable.class) ? Nulls.SET : otherwise, Nulls.FAIL);
        }
        return JsonSetter.Value.empty();
    }

    @Override
    public @Nullable Boolean hasRequiredMarker(AnnotatedMember member) {
        return member instanceof AnnotatedParameter parameter ? !isUnknownToSome(parameter) : null;
    }

    private static boolean isUnknownToSome(AnnotatedParameter parameter) {
        Since since = parameter.getAnnotation(Since.class);
        return since != null && since.value() > Format.OLDEST;
    }
}
