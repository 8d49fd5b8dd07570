package io.interrex.actors.brain;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigUtil;
import io.interrex.actors.Endpoint;
import java.util.Map;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import org.apache.pekko.actor.BootstrapSetup;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.setup.ActorSystemSetup;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.remote.artery.tcp.SSLEngineProvider;
import org.apache.pekko.remote.artery.tcp.SSLEngineProviderSetup;
import scala.Option;

/** Makes the actor system of one start of a brain from the settings and reference.conf. */
final class BrainSystem {

    private BrainSystem() {}

    static <M> ActorSystem<M> create(BrainSettings settings, Behavior<M> guardian) {
        ActorSystemSetup setup = ActorSystemSetup.create(BootstrapSetup.create(config(settings)));
        SSLContext tls = settings.tls();
        if (tls != null) {
            Function<ExtendedActorSystem, SSLEngineProvider> provider = system -> new Engines(tls);
            setup = setup.withSetup(SSLEngineProviderSetup.create(provider));
        }
        return ActorSystem.create(guardian, settings.systemName(), setup);
    }

    private static Config config(BrainSettings settings) {
        Config all = settings.config();
        Endpoint own = settings.own();
        Config address = ConfigFactory.parseMap(Map.of(
                "pekko.remote.artery.canonical.hostname", own.host(),
                "pekko.remote.artery.canonical.port", own.port(),
                "pekko.remote.artery.transport", settings.tls() == null ? "tcp" : "tls-tcp"));
        return address.withFallback(all.getConfig(ConfigUtil.joinPath(
                        "interrex", "brain", "timings", settings.profile().key())))
                .withFallback(all.getConfig("interrex.brain.system"))
                .withFallback(all)
                .resolve();
    }

    /** Both sides show a certificate; host names are not compared, as nodes may be known by address. */
    private record Engines(SSLContext context) implements SSLEngineProvider {

        @Override
        public SSLEngine createServerSSLEngine(String hostname, int port) {
            return engine(false, hostname, port);
        }

        @Override
        public SSLEngine createClientSSLEngine(String hostname, int port) {
            return engine(true, hostname, port);
        }

        @Override
        public Option<Throwable> verifyClientSession(String hostname, SSLSession session) {
            return Option.empty();
        }

        @Override
        public Option<Throwable> verifyServerSession(String hostname, SSLSession session) {
            return Option.empty();
        }

        private SSLEngine engine(boolean client, String hostname, int port) {
            SSLEngine engine = context.createSSLEngine(hostname, port);
            engine.setUseClientMode(client);
            SSLParameters parameters = engine.getSSLParameters();
            parameters.setProtocols(new String[] {"TLSv1.3"});
            parameters.setNeedClientAuth(!client);
            engine.setSSLParameters(parameters);
            return engine;
        }
    }
}
