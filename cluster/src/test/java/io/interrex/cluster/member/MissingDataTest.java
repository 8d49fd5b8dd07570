package io.interrex.cluster.member;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.durability.Reign;
import io.interrex.cluster.group.GroupCommand.Stamp;
import io.interrex.cluster.group.GroupCommand.StartRebuild;
import io.interrex.cluster.group.GroupEvent;
import io.interrex.cluster.group.GroupEvolution;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.MemberInfo;
import io.interrex.cluster.group.RuleId;
import io.interrex.cluster.member.MemberHard.Role;
import io.interrex.cluster.port.DatabaseStatus;
import io.interrex.cluster.port.DatabaseStatus.Process;
import io.interrex.cluster.settings.GroupSettings;
import io.interrex.cluster.settings.Profile;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Given standby b of primary a, whose data directory is not whole when it is looked at")
final class MissingDataTest {

    private static final UUID REIGN = new UUID(0, 1);
    private static final GroupSettings SETTINGS = GroupSettings.defaults(Profile.FAST.timings());

    private static GroupState group() {
        List<MemberInfo> members = List.of(
                new MemberInfo("a", "10.0.0.1", 5432, "z1", 0, false, false, false),
                new MemberInfo("b", "10.0.0.2", 5432, "z1", 0, false, false, false));
        GroupState created = GroupEvolution.evolve(
                null,
                new GroupEvent.GroupCreated(
                        1, RuleId.GROUP_CREATED, "main", "a", REIGN, members, 1, List.of("a", "b", "c"), SETTINGS));
        return GroupEvolution.evolve(
                created,
                new GroupEvent.PrimaryEstablished(
                        1,
                        RuleId.ESTABLISHED,
                        "a",
                        new Reign(1, REIGN, 1, Lsn.ZERO),
                        new Lsn(100),
                        new TreeSet<>(),
                        "7"));
    }

    private static @Nullable Step next(Process process, boolean settled) {
        var server = new DatabaseStatus(
                process, 0, "7", 1, Lsn.ZERO, Lsn.ZERO, false, null, 0, null, "", List.of(), false, 1L << 40, 150_000,
                null, null);
        return MemberPlanner.plan(new MemberView(
                        "b",
                        group(),
                        new MemberHard(1, 0, 1, Role.STANDBY, 1, 0),
                        server,
                        settled,
                        Progress.NONE,
                        0,
                        0,
                        false,
                        -1,
                        0,
                        Map.of("a", new Lsn(100)),
                        Set.of("a"),
                        new java.util.TreeMap<>(),
                        List.of(),
                        SETTINGS.timings(),
                        new Stamp("b", 1_000_000),
                        10_000_000))
                .step();
    }

    @ParameterizedTest(name = "{0}, looked at after the last step: {1} => asks for a clone: {1}")
    @CsvSource({"ABSENT, true", "INCOMPLETE, true", "ABSENT, false", "INCOMPLETE, false"})
    void clone(Process process, boolean settled) {
        boolean asks = next(process, settled) instanceof Step.Submit submit
                && submit.command() instanceof StartRebuild rebuild
                && rebuild.method() == GroupEvent.RebuildMethod.CLONE;
        assertEquals(settled, asks);
    }
}
