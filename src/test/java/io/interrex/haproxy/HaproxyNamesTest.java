package io.interrex.haproxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.port.Nothing;
import io.interrex.cluster.port.Outcome;
import io.interrex.cluster.routing.RoutePlan;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A real HAProxy before servers a and b, of which b has a name that did not resolve when it started")
@Timeout(60)
final class HaproxyNamesTest {

    private static Outcome<Nothing> apply(HaproxyRouter router) throws Exception {
        return router.apply(new RoutePlan("g", 1, "b", new TreeSet<>(List.of("a"))))
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
    }

    @Test
    @DisplayName("does not take a plan that needs b, and takes it once the name resolves")
    void resolvedLater(@TempDir Path directory) throws Exception {
        try (var servers = new Servers("a", "b")) {
            servers.name("b", "no-such-host.invalid");
            try (var router = HaproxyRouter.start(servers.settings(directory), sentence -> {})) {
                String why =
                        assertInstanceOf(Outcome.Unknown.class, apply(router)).reason();
                assertTrue(why.contains("the name no-such-host.invalid of member b does not resolve"), why);
                servers.name("b", "localhost");
                router.use(servers.settings(directory).members());
                assertEquals(Outcome.done(Nothing.NOTHING), apply(router));
                assertEquals("b", servers.greeting(servers.write));
            }
        }
    }
}
