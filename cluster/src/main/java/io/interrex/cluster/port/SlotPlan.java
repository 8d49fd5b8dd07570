package io.interrex.cluster.port;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.settings.PermanentSlot;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;

/**
 * What is to be done about the permanent slots of one server.
 *
 * @param primary for a server that is out of recovery; on another one nothing of it is done
 * @param epoch in which the plan was made
 * @param drop own ones, by name
 * @param make those that are not there
 * @param take that are there under a name that the settings give them
 * @param advance physical ones, to where the primary's keep WAL from
 */
public record SlotPlan(
        boolean primary,
        long epoch,
        SortedSet<String> drop,
        List<PermanentSlot> make,
        SortedSet<String> take,
        SortedMap<String, Lsn> advance) {

    public boolean isNothing() {
        return drop.isEmpty() && make.isEmpty() && take.isEmpty() && advance.isEmpty();
    }
}
