package io.interrex.cluster.format;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The first {@link Format} that knows this. Nothing: it was there from the first on. On a record component: a release that does not
 * know it behaves as with the component's {@linkplain Format#isAbsent absent value}, and is sent it without.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.FIELD, ElementType.RECORD_COMPONENT, ElementType.PARAMETER})
public @interface Since {
    int value();

    /** Of a component: only for people to see. A release that does not know it is sent the rest, whatever it says. */
    boolean informative() default false;
}
