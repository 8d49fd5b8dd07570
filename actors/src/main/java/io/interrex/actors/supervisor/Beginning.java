package io.interrex.actors.supervisor;

import io.interrex.cluster.charter.Adoption;
import io.interrex.cluster.group.FileSettings;
import io.interrex.cluster.group.GroupCommand;
import io.interrex.cluster.group.GroupCommand.Stamp;
import io.interrex.cluster.group.MemberInfo;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Who proposes the first event of a group whose log is empty. */
public sealed interface Beginning {

    /** Null: not this node, or not yet. */
    @Nullable
    GroupCommand command(SupervisorActor.Settings settings, Stamp stamp, long startedForMs);

    /** With a new database: the first configured member begins; the others wait for it, each a little longer. */
    record Created() implements Beginning {
        @Override
        public @Nullable GroupCommand command(SupervisorActor.Settings settings, Stamp stamp, long startedForMs) {
            FileSettings file = settings.file().get();
            int place = file.members().stream().map(MemberInfo::name).toList().indexOf(settings.node());
            long waitMs = place * 3L * settings.timings().leaseFor().toMillis();
            return place < 0 || startedForMs < waitMs
                    ? null
                    : new GroupCommand.CreateGroup(
                            stamp,
                            settings.group(),
                            settings.node(),
                            UUID.randomUUID(),
                            file.members(),
                            settings.voters(),
                            file.settings());
        }
    }

    /** With one that is there: nobody begins but the node whose disk holds the person's order. */
    record Adopted(Adoption adoption) implements Beginning {
        @Override
        public @Nullable GroupCommand command(SupervisorActor.Settings settings, Stamp stamp, long startedForMs) {
            FileSettings file = settings.file().get();
            return adoption.primary() && adoption.member().equals(settings.node())
                    ? new GroupCommand.AdoptGroup(
                            stamp,
                            settings.group(),
                            settings.node(),
                            adoption.uuid(),
                            file.members(),
                            settings.voters(),
                            file.settings(),
                            adoption.systemId(),
                            adoption.timeline(),
                            adoption.actor())
                    : null;
        }
    }
}
