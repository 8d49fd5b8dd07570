package io.interrex.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

final class LoggingTest {

    private static final String LIBRARY = "io.interrex.test.library";

    @AfterEach
    void end() {
        SLF4JBridgeHandler.uninstall();
    }

    @Test
    @DisplayName("what a library says by java.util.logging is a line of the node's log")
    void bridged() {
        var seen = new ListAppender<ILoggingEvent>();
        seen.start();
        var logger = (ch.qos.logback.classic.Logger) LoggerFactory.getLogger(LIBRARY);
        logger.addAppender(seen);
        Logging.bridge();
        java.util.logging.Logger.getLogger(LIBRARY).warning("a connection broke");
        assertEquals(
                "a connection broke",
                seen.list.stream()
                        .map(ILoggingEvent::getFormattedMessage)
                        .findFirst()
                        .orElse("nothing"));
        logger.detachAppender(seen);
    }
}
