package io.interrex.cluster.port;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One stored event with everything around it. Its hash covers all fields and the hash before it, so that a stream is a
 * chain.
 *
 * @param stream for a group: {@code group/NAME}
 * @param version place in the stream, from 1
 * @param id of this event; the key of idempotence
 * @param epoch reign that it belongs to
 * @param wallMs writer's wall clock, ms since 1970
 * @param monoNs writer's monotonic clock, ns; comparable only within one run of one node
 * @param node who wrote it
 * @param name stable name of the event type
 * @param schema version of that type's schema, from 1
 * @param cause id of the decision: events of one decision share it
 * @param settings id of the settings in effect
 * @param payload the event as JSON
 * @param command the command that was decided, as JSON, on the first event of a decision
 * @param previousHash SHA-256 of the event before, 32 zero bytes for the first, in hex
 * @param hash SHA-256 of this one, in hex
 */
public record Envelope(
        String stream,
        long version,
        UUID id,
        long epoch,
        long wallMs,
        long monoNs,
        String node,
        String name,
        int schema,
        UUID cause,
        String settings,
        String payload,
        @Nullable String command,
        String previousHash,
        String hash) {}
