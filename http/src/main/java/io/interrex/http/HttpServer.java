package io.interrex.http;

import com.typesafe.config.ConfigFactory;
import io.interrex.cluster.port.ControlPlane;
import io.interrex.cluster.port.EventHistory;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.http.javadsl.Http;
import org.apache.pekko.http.javadsl.ServerBinding;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.settings.ServerSettings;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.SystemMaterializer;
import org.apache.pekko.stream.javadsl.BidiFlow;
import org.apache.pekko.stream.javadsl.Flow;
import scala.concurrent.duration.FiniteDuration;

/** The listener of one node's API. It is plain HTTP: whoever starts it sees to it that only friends reach the address. */
public final class HttpServer {

    /** Who sends nonsense hears it; a line in the log for each would let anybody fill the disk. */
    private static final String QUIET = """
            pekko.http.server.parsing.error-logging-verbosity = off
            pekko.http.server.parsing.illegal-header-warnings = off
            """;

    private final ServerBinding binding;

    private HttpServer(ServerBinding binding) {
        this.binding = binding;
    }

    /** @param port 0: any free one */
    public static CompletionStage<HttpServer> start(
            ClassicActorSystemProvider system,
            ControlPlane control,
            EventHistory history,
            String host,
            int port,
            HttpLimits limits) {
        Materializer materializer = SystemMaterializer.get(system).materializer();
        var api = new Api(control, history, limits, materializer);
        return Http.get(system)
                .newServerAt(host, port)
                .withMaterializer(materializer)
                .withSettings(settings(system, limits))
                .bindFlow(BidiFlow.fromGraph(new HeadDeadline(limits.headWithin()))
                        .join(Flow.of(HttpRequest.class).mapAsync(1, api::answer)))
                .thenApply(HttpServer::new);
    }

    public InetSocketAddress address() {
        return binding.localAddress();
    }

    /** Takes no more requests, and waits for those that are being answered. */
    public CompletionStage<?> stop(Duration within) {
        return binding.terminate(within);
    }

    private static ServerSettings settings(ClassicActorSystemProvider system, HttpLimits limits) {
        ServerSettings defaults = ServerSettings.create(ConfigFactory.parseString(QUIET)
                .withFallback(system.classicSystem().settings().config()));
        return defaults.withServerHeader(Optional.empty())
                .withMaxConnections(limits.connectionsMax())
                .withRemoteAddressAttribute(true)
                .withTimeouts(defaults.getTimeouts()
                        .withIdleTimeout(finite(limits.idleMax()))
                        .withRequestTimeout(finite(limits.answerWithin())))
                .withParserSettings(defaults.getParserSettings()
                        .withMaxContentLength(limits.bodyMaxBytes())
                        .withMaxUriLength(2048)
                        .withMaxHeaderCount(64)
                        .withMaxHeaderValueLength(4096));
    }

    private static FiniteDuration finite(Duration duration) {
        return FiniteDuration.apply(duration.toMillis(), TimeUnit.MILLISECONDS);
    }
}
