package io.interrex.postgresql;

import io.interrex.cluster.durability.Lsn;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A timeline's history file: which timelines came before it, and where each was left. Oldest first. */
record TimelineHistory(List<Switch> switches) {

    record Switch(int timeline, Lsn at) {}

    TimelineHistory {
        switches = List.copyOf(switches);
    }

    static TimelineHistory parse(String text) throws Trouble {
        var switches = new ArrayList<Switch>();
        for (String line : text.lines().map(String::strip).toList()) {
            if (!line.isEmpty() && !line.startsWith("#")) {
                String[] words = line.split("\\s+", 3);
                if (words.length < 2) {
                    throw Trouble.unknown("not a line of a timeline history: '" + line + "'");
                }
                try {
                    switches.add(new Switch(Integer.parseInt(words[0]), Lsn.parse(words[1])));
                } catch (IllegalArgumentException e) {
                    throw Trouble.unknown("not a line of a timeline history: '" + line + "'");
                }
            }
        }
        return new TimelineHistory(switches);
    }

    Lsn lastSwitch() {
        return switches.isEmpty() ? Lsn.ZERO : switches.getLast().at();
    }

    /** Where {@code timeline} was left, empty where it is not among the predecessors. */
    Optional<Lsn> leftAt(int timeline) {
        return switches.stream()
                .filter(s -> s.timeline() == timeline)
                .map(Switch::at)
                .findFirst();
    }
}
