package io.interrex.cluster.simulation;

import static io.interrex.cluster.simulation.VirtualTime.MS;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.durability.Reign;
import io.interrex.cluster.durability.SyncSet;
import io.interrex.cluster.group.Decision;
import io.interrex.cluster.group.GroupCommand;
import io.interrex.cluster.group.GroupCommand.Stamp;
import io.interrex.cluster.group.GroupDecider;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.member.MemberHard;
import io.interrex.cluster.member.MemberHard.Role;
import java.util.List;
import java.util.TreeSet;
import java.util.UUID;

/**
 * A group that has run for a while: its first primary serves, every other member streams, all of them synchronous unless the group is not. Its log
 * is made by the production deciders. Every node has just been started beside a server that went on, as in an upgrade.
 */
final class Beginning {

    private Beginning() {}

    static void established(World world) {
        String first =
                world.memberNames().get(world.random.nextInt(world.memberNames().size()));
        UUID uuid = world.uuid();
        Postgres primary = world.postgres(first);
        for (int i = 0; i < 3; i++) {
            primary.wal.append();
        }
        primary.wal.mark(1, uuid);
        Lsn marker = primary.wal.lsn();
        var others = new TreeSet<>(world.memberNames());
        others.remove(first);
        var stamp = new Stamp(first, world.node(first).wallMs());
        tell(
                world,
                new GroupCommand.CreateGroup(
                        stamp, World.GROUP, first, uuid, world.members, List.copyOf(world.voters()), world.settings));
        tell(
                world,
                new GroupCommand.ReportEstablished(
                        stamp, 1, first, new Reign(1, uuid, 1, Lsn.ZERO), marker, new TreeSet<>(), "system"));
        SyncSet rule = SyncSet.NONE;
        if (world.settings.synchronous()) {
            rule = SyncSet.of(Math.min(world.settings.k(), others.size()), others);
            tell(world, new GroupCommand.ReviseSyncSet(stamp, 1, others, new TreeSet<>()));
            primary.wal.append();
            tell(world, new GroupCommand.ReportSyncSetApplied(stamp, 1, rule, primary.wal.lsn(), others));
        }
        primary.installPrimary(rule);
        for (Postgres server : world.servers()) {
            if (server != primary) {
                server.installStandby(primary);
            }
        }
        for (String host : world.hosts()) {
            boolean leads = host.equals(first);
            Role role = leads ? Role.PRIMARY : Role.STANDBY;
            long opened = leads ? primary.startedAtMs : 0;
            world.node(host).installDisk(new MemberHard(1, 0, 1, role, 1, opened), 1);
            if (leads) {
                world.gates(host).installArmed();
            }
            world.time.after(
                    world.random.nextLong(40 * MS), () -> world.node(host).start(true));
        }
    }

    private static void tell(World world, GroupCommand command) {
        GroupState before = world.log.truth();
        Decision decision = GroupDecider.decide(before, command);
        if (!decision.accepted()) {
            throw new IllegalStateException("the beginning was refused: " + decision.why());
        }
        world.log.install(decision.events());
    }
}
