package io.interrex.actors.router;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.interrex.actors.hands.TestNode;
import io.interrex.actors.log.GroupLog;
import io.interrex.cluster.group.GroupEvent.GroupCreated;
import io.interrex.cluster.group.GroupEvent.SettingsRecorded;
import io.interrex.cluster.group.GroupEvolution;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.MemberInfo;
import io.interrex.cluster.group.RuleId;
import io.interrex.cluster.port.Nothing;
import io.interrex.cluster.port.Outcome;
import io.interrex.cluster.port.Router;
import io.interrex.cluster.routing.RoutePlan;
import io.interrex.cluster.settings.GroupSettings;
import io.interrex.cluster.settings.Profile;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

final class RouterMembersTest {

    private static final GroupSettings SETTINGS = GroupSettings.defaults(Profile.FAST.timings());
    private static final MemberInfo A = new MemberInfo("a", "127.0.0.1", 5432, "z", 0, false, false, false);
    private static final MemberInfo D = new MemberInfo("d", "127.0.0.4", 5432, "z", 0, false, false, false);

    private final ActorTestKit kit = ActorTestKit.create("router-members", TestNode.CONFIG);
    private final TestProbe<GroupLog.Message> log = kit.createTestProbe(GroupLog.Message.class);
    private final BlockingQueue<List<MemberInfo>> used = new LinkedBlockingQueue<>();

    private final class Given implements Router {

        @Override
        public String name() {
            return "given";
        }

        @Override
        public CompletionStage<Outcome<Nothing>> apply(RoutePlan plan) {
            return CompletableFuture.completedFuture(Outcome.done(Nothing.NOTHING));
        }

        @Override
        public void use(Collection<MemberInfo> members) {
            used.add(List.copyOf(members));
        }

        @Override
        public CompletionStage<Outcome<Sessions>> sessions() {
            return CompletableFuture.completedFuture(Outcome.unknown("nobody counts"));
        }

        @Override
        public void close() {}
    }

    @AfterEach
    void end() {
        kit.shutdownTestKit();
    }

    @Test
    @DisplayName("the router is told who the members are by the log, once, and again when the log names others")
    void members() throws Exception {
        kit.spawn(RouterActor.create(
                "main", "app", "app/haproxy", new Given(), log.ref(), status -> {}, Duration.ofMillis(80), () -> 1));
        ActorRef<GroupLog.Update> router =
                log.expectMessageClass(GroupLog.Subscribe.class).subscriber();
        GroupState before = GroupEvolution.evolve(
                null,
                new GroupCreated(
                        1, RuleId.GROUP_CREATED, "main", "a", new UUID(0, 1), List.of(A), 1, List.of("a"), SETTINGS));
        GroupState after = GroupEvolution.evolve(
                before, new SettingsRecorded(1, RuleId.SETTINGS_RECORDED, SETTINGS, List.of(A, D)));
        router.tell(new GroupLog.Update(before, 1, null, true, null));
        router.tell(new GroupLog.Update(before, 2, null, true, null));
        router.tell(new GroupLog.Update(after, 3, null, true, null));
        assertEquals(List.of(A), used.poll(10, TimeUnit.SECONDS));
        assertEquals(List.of(A, D), used.poll(10, TimeUnit.SECONDS));
    }
}
