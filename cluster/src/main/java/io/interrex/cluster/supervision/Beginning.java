package io.interrex.cluster.supervision;

import io.interrex.cluster.charter.Adoption;
import io.interrex.cluster.group.FileSettings;
import io.interrex.cluster.group.GroupCommand;
import io.interrex.cluster.group.GroupCommand.Stamp;
import io.interrex.cluster.group.MemberInfo;
import io.interrex.cluster.settings.Timings;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Decides who proposes the first event of a group whose log is empty. */
public sealed interface Beginning {

    /** @param voters by name @param timings as configured */
    record Where(String group, String node, List<String> voters, Timings timings) {}

    /**
     * Null: not this node, or not yet.
     *
     * @param file its members in the file's order: the first creates the group
     * @param fresh for the first reign of a new database
     * @param startedForMs how long this node has supervised
     */
    @Nullable
    GroupCommand command(Where where, FileSettings file, Stamp stamp, UUID fresh, long startedForMs);

    /** With a new database: the first configured member begins; the others wait for it, each a little longer. */
    record Created() implements Beginning {
        @Override
        public @Nullable GroupCommand command(
                Where where, FileSettings file, Stamp stamp, UUID fresh, long startedForMs) {
            int place = file.members().stream().map(MemberInfo::name).toList().indexOf(where.node());
            long waitMs = place * 3L * where.timings().leaseFor().toMillis();
            return place < 0 || startedForMs < waitMs
                    ? null
                    : new GroupCommand.CreateGroup(
                            stamp, where.group(), where.node(), fresh, file.members(), where.voters(), file.settings());
        }
    }

    /** With one that is there: nobody begins but the node whose disk holds the person's order. */
    record Adopted(Adoption adoption) implements Beginning {
        @Override
        public @Nullable GroupCommand command(
                Where where, FileSettings file, Stamp stamp, UUID fresh, long startedForMs) {
            return adoption.primary() && adoption.member().equals(where.node())
                    ? new GroupCommand.AdoptGroup(
                            stamp,
                            where.group(),
                            where.node(),
                            adoption.uuid(),
                            file.members(),
                            where.voters(),
                            file.settings(),
                            adoption.systemId(),
                            adoption.timeline(),
                            adoption.actor())
                    : null;
        }
    }
}
