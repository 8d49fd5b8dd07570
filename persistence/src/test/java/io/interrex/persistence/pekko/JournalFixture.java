package io.interrex.persistence.pekko;

import com.typesafe.config.ConfigFactory;
import io.interrex.cluster.port.Envelope;
import io.interrex.cluster.port.EventLog;
import io.interrex.persistence.Samples;
import io.interrex.persistence.pekko.JournalLog.Binding;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.ActorSystem;

/** An actor system whose persistence is the given log. */
final class JournalFixture implements AutoCloseable {

    private final ActorSystem system;

    JournalFixture(EventLog log) {
        system = ActorSystem.create("journal", ConfigFactory.parseString("""
                                pekko.persistence.journal.plugin = "interrex.journal"
                                pekko.loglevel = WARNING
                                pekko.coordinated-shutdown.exit-jvm = off
                                """).withFallback(ConfigFactory.load()));
        JournalLog.of(system).use(new Binding(log, "a", System::currentTimeMillis, System::nanoTime));
    }

    ActorSystem system() {
        return system;
    }

    /** The event of actor p that stands in the log with this text. */
    static Envelope envelope(String payload, long version) {
        Envelope sample = Samples.event(null, "pekko/p", new UUID(7, 1), "");
        return new Envelope(
                sample.stream(),
                version,
                sample.id(),
                sample.epoch(),
                sample.wallMs(),
                sample.monoNs(),
                sample.node(),
                sample.name(),
                sample.schema(),
                sample.cause(),
                sample.settings(),
                payload,
                null,
                sample.previousHash(),
                "");
    }

    @Override
    public void close() {
        system.terminate();
        scala.jdk.javaapi.FutureConverters.asJava(system.whenTerminated())
                .toCompletableFuture()
                .orTimeout(20, TimeUnit.SECONDS)
                .join();
    }
}
