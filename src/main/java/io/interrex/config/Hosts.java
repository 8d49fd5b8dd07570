package io.interrex.config;

import java.util.regex.Pattern;

/** Judges addresses as they are written, without asking a name server. */
public final class Hosts {

    private static final Pattern LOOPBACK_V4 = Pattern.compile("127(\\.\\d{1,3}){3}");

    private Hosts() {}

    /** Whether nobody outside of the host can reach it. A name other than localhost is not taken for one. */
    public static boolean isLoopback(String host) {
        return host.equals("localhost")
                || host.equals("::1")
                || host.equals("[::1]")
                || LOOPBACK_V4.matcher(host).matches();
    }
}
