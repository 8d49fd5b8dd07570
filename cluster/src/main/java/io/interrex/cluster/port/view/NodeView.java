package io.interrex.cluster.port.view;

import java.util.List;

/**
 * This node, as it is now.
 *
 * @param node its name
 * @param version of the program
 * @param upMs since its start
 * @param ready it does everything that its configuration asks of it
 * @param waitingFor what it is not ready for, in words; empty when ready
 * @param voterSilentMs so long its voter grants nothing yet after its start; 0: it grants, or there is none; −1: its disk has no seat, and
 *     it takes no part
 * @param away configured nodes that it has no connection to
 * @param stuck parts of it that were silent for so long that only a new start of the process helps; empty while it lives
 * @param logLeader node that leads the event log, empty where unknown
 * @param logWritable an event could be appended now
 */
public record NodeView(
        String node,
        String version,
        long upMs,
        boolean ready,
        List<String> waitingFor,
        long voterSilentMs,
        List<String> away,
        List<String> stuck,
        String logLeader,
        boolean logWritable) {}
