package io.interrex.postgresql;

import io.interrex.cluster.durability.Reign;
import io.interrex.cluster.port.Database.Position;
import java.util.List;

/**
 * Reads what a stopped member's data is made of: it is started without an upstream, replays what it has, and is stopped
 * again. Its markers cannot be read otherwise, and its control file is clean then.
 */
final class OwnPast {

    private final PostgresSettings settings;
    private final ServerProcess process;
    private final Starter starter;
    private final Replication replication;
    private final Markers markers;

    OwnPast(
            PostgresSettings settings,
            ServerProcess process,
            Starter starter,
            Replication replication,
            Markers markers) {
        this.settings = settings;
        this.process = process;
        this.starter = starter;
        this.replication = replication;
        this.markers = markers;
    }

    record Own(String systemId, Divergence.Past past) {}

    Own read() throws Trouble {
        try {
            starter.asStandby(null);
            Position position = replication.detach();
            List<Reign> reigns = markers.lineage();
            return new Own(position.systemId(), new Divergence.Past(position.timeline(), reigns, position.flushLsn()));
        } finally {
            if (process.find() != null) {
                process.stopFast(settings.limits().start());
            }
        }
    }
}
