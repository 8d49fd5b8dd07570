package io.interrex.cluster.port.view;

import io.interrex.cluster.group.GroupEvent;

/** Words for doubts about a primary. */
final class SuspicionWords {

    private SuspicionWords() {}

    static String suspected(GroupEvent.PrimarySuspected e) {
        return "%s suspects the primary %s: %s".formatted(e.by(), e.primary(), e.why());
    }

    static String cleared(GroupEvent.SuspicionCleared e) {
        return "%s no longer suspects the primary %s: %s".formatted(e.by(), e.primary(), e.why());
    }
}
