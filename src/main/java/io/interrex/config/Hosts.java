package io.interrex.config;

import java.net.InetAddress;
import java.util.regex.Pattern;

/** Judges addresses as they are written, without asking a name server. */
public final class Hosts {

    private static final Pattern LOOPBACK_V4 = Pattern.compile("127(\\.\\d{1,3}){3}");

    private Hosts() {}

    /** A literal, and no wildcard. */
    static boolean isOneAddress(String host) {
        try {
            return !InetAddress.ofLiteral(host).isAnyLocalAddress();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Whether nobody outside of the host can reach it. A name other than localhost is not taken for one. */
    public static boolean isLoopback(String host) {
        return host.equals("localhost")
                || host.equals("::1")
                || host.equals("[::1]")
                || LOOPBACK_V4.matcher(host).matches();
    }
}
