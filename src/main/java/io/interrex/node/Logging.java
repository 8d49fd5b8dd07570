package io.interrex.node;

import org.slf4j.bridge.SLF4JBridgeHandler;

/** Gives a node one log: what libraries say by java.util.logging (gRPC below the event log, the JDBC driver) goes there too. */
final class Logging {

    private Logging() {}

    static void bridge() {
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
    }
}
