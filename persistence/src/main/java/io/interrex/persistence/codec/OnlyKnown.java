package io.interrex.persistence.codec;

import com.fasterxml.jackson.databind.introspect.AnnotatedField;
import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import com.fasterxml.jackson.databind.introspect.NopAnnotationIntrospector;
import io.interrex.cluster.format.Since;

/** Leaves out what a release that knows formats up to {@code format} would not know; for writing. */
final class OnlyKnown extends NopAnnotationIntrospector {

    private static final long serialVersionUID = 1L;

    private final int format;

    OnlyKnown(int format) {
        this.format = format;
    }

    @Override
    public boolean hasIgnoreMarker(AnnotatedMember member) {
        Since since = member instanceof AnnotatedField ? member.getAnnotation(Since.class) : null;
        return since != null && since.value() > format;
    }
}
