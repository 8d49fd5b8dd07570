package io.interrex.persistence;

import io.interrex.cluster.port.Envelope;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The envelopes of the last decisions: a decision that is tried again at the same place is sent as the same bytes. */
final class SentDecisions {

    private static final int MAX = 64;

    private final Map<UUID, List<Envelope>> byDecision = new LinkedHashMap<>();

    synchronized void remember(UUID decisionId, List<Envelope> envelopes) {
        byDecision.put(decisionId, envelopes);
        if (byDecision.size() > MAX) {
            byDecision.remove(byDecision.keySet().iterator().next());
        }
    }

    synchronized @Nullable List<Envelope> find(String stream, long expectedVersion, UUID decisionId) {
        var envelopes = byDecision.get(decisionId);
        if (envelopes == null
                || !envelopes.getFirst().stream().equals(stream)
                || envelopes.getFirst().version() != expectedVersion + 1) {
            return null;
        }
        return envelopes;
    }

    synchronized void forget(UUID decisionId) {
        byDecision.remove(decisionId);
    }
}
