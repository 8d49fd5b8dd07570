package io.interrex.router;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.interrex.cluster.group.MemberInfo;
import io.interrex.cluster.port.Nothing;
import io.interrex.cluster.port.Outcome;
import io.interrex.cluster.port.Router;
import io.interrex.cluster.routing.RoutePlan;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("A router that is kept true")
@Timeout(30)
final class KeptRouterTest {

    private final AtomicBoolean broken = new AtomicBoolean(true);
    private final BlockingQueue<List<MemberInfo>> used = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> reports = new LinkedBlockingQueue<>();

    private final class Given implements RouterDriver {

        @Override
        public Outcome<Nothing> run(RoutePlan plan) {
            return Outcome.done(Nothing.NOTHING);
        }

        @Override
        public @Nullable String difference(RoutePlan plan) {
            return null;
        }

        @Override
        public @Nullable String missing() {
            return null;
        }

        @Override
        public void use(List<MemberInfo> members) {
            if (broken.get()) {
                throw new IllegalStateException("the disk is full");
            }
            used.add(members);
        }

        @Override
        public Outcome<Router.Sessions> sessions() {
            return Outcome.done(new Router.Sessions(0, 0));
        }
    }

    @Test
    @DisplayName("says that its program did not get the members, and gives them to it at its next look, once")
    void members() throws Exception {
        var identity = new KeptRouter.Identity("Given", "main", Set.of("a"), "nowhere");
        var b = new MemberInfo("b", "127.0.0.1", 5432, "z", 0, false, false, false);
        try (var router = new KeptRouter(identity, new Given(), reports::add)) {
            router.use(List.of(b));
            String said = String.valueOf(reports.poll(10, TimeUnit.SECONDS));
            assertTrue(said.contains("the disk is full"), said);
            broken.set(false);
            router.watchSoon();
            router.watchSoon();
            router.inTurn(() -> Outcome.done(Nothing.NOTHING))
                    .toCompletableFuture()
                    .get(10, TimeUnit.SECONDS);
            assertEquals(List.of(List.of(b)), List.copyOf(used));
        }
    }
}
