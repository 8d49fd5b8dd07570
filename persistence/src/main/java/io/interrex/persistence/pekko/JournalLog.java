package io.interrex.persistence.pekko;

import io.interrex.cluster.port.EventLog;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.apache.pekko.actor.AbstractExtensionId;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.Extension;

/**
 * Brings an actor system's journal and read side together with the {@link EventLog} of its node. Whoever starts the node
 * calls {@link #use} once; journal operations wait for that.
 */
public final class JournalLog implements Extension {

    /** The extension of {@code system}. */
    public static JournalLog of(ActorSystem system) {
        return Id.INSTANCE.get(system);
    }

    /**
     * @param node written into every envelope
     * @param wallMs wall clock, ms since 1970
     * @param monoNs monotonic clock, ns
     */
    public record Binding(EventLog log, String node, LongSupplier wallMs, LongSupplier monoNs) {}

    private final CompletableFuture<Binding> binding = new CompletableFuture<>();

    private JournalLog() {}

    public void use(Binding bound) {
        if (!binding.complete(bound)) {
            throw new IllegalStateException("the journal of this actor system has its event log already");
        }
    }

    CompletableFuture<Binding> binding() {
        return binding;
    }

    private static final class Id extends AbstractExtensionId<JournalLog> {
        private static final Id INSTANCE = new Id();

        @Override
        public JournalLog createExtension(ExtendedActorSystem system) {
            return new JournalLog();
        }
    }
}
