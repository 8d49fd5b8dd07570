package io.interrex.actors.hands;

import java.io.IOException;
import java.net.URL;
import java.util.Collections;
import java.util.Enumeration;
import java.util.regex.Pattern;

/**
 * Shows the actor system of the hands the defaults (reference.conf) of what it uses. Those of cluster, remoting and persistence
 * are as long as all others, and name serializers that would be started; nothing that stays on this host is serialized.
 */
final class HandsLibraries extends ClassLoader {

    private static final String DEFAULTS = "reference.conf";

    private static final Pattern OF_THE_BRAIN = Pattern.compile(
            ".*/pekko-(remote|cluster|coordination|distributed-data|persistence)[^/]*\\.jar!/reference\\.conf");

    HandsLibraries() {
        super(HandsLibraries.class.getClassLoader());
    }

    @Override
    public Enumeration<URL> getResources(String name) throws IOException {
        Enumeration<URL> all = super.getResources(name);
        return name.equals(DEFAULTS)
                ? Collections.enumeration(Collections.list(all).stream()
                        .filter(found -> !OF_THE_BRAIN.matcher(found.toString()).matches())
                        .toList())
                : all;
    }
}
