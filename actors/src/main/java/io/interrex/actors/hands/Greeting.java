package io.interrex.actors.hands;

import io.interrex.cluster.format.Format;
import io.interrex.cluster.hands.HandsMessage;
import io.interrex.cluster.hands.HandsMessage.Hello;
import java.util.function.Predicate;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** Decides whether the first message of a connection comes from a node that we talk to. */
final class Greeting {

    private static final int NAME_SHOWN_MAX = 60;

    /** With the voters' generation and their names. */
    private static final int CLUSTER_SHOWN_MAX = 300;

    private final HandsSettings settings;
    private final Predicate<String> isPeer;

    /** @param isPeer whether a node is one of the others now */
    Greeting(HandsSettings settings, Predicate<String> isPeer) {
        this.settings = settings;
        this.isPeer = isPeer;
    }

    Hello own() {
        return new Hello(Format.CURRENT, settings.cluster(), settings.node(), settings.incarnation());
    }

    /**
     * Null: welcome. Else why not, and what the operator can do.
     *
     * @param expected the node that was dialled; null: any known one
     * @param session of the connection; null with plain TCP
     */
    @Nullable
    String refusal(HandsMessage first, @Nullable String expected, @Nullable SSLSession session) {
        if (!(first instanceof Hello hello)) {
            return "the first message was a " + first.getClass().getSimpleName() + ", not a Hello";
        }
        String node = HandsCodec.shown(hello.node(), NAME_SHOWN_MAX);
        if (hello.protocol() < Format.OLDEST) {
            return "node " + node + " speaks no format above " + hello.protocol() + ", this node none below "
                    + Format.OLDEST + ": upgrade that node, with all nodes stopped where it is the first time";
        }
        if (!hello.cluster().equals(settings.cluster())) {
            return "node " + node + " belongs to cluster '" + HandsCodec.shown(hello.cluster(), CLUSTER_SHOWN_MAX)
                    + "', this node to '" + settings.cluster()
                    + "': one of the two has a wrong address or configuration, or was given up";
        }
        if (expected != null && !hello.node().equals(expected)) {
            return "node " + node + " answers at the address configured for " + expected + ": correct the addresses";
        }
        if (!isPeer.test(hello.node())) {
            return "node '" + node + "' is not in the configuration of this node: add it there, or stop it";
        }
        HandsTls tls = settings.tls();
        if (tls != null && (session == null || !tls.isNode().test(session, hello.node()))) {
            return "the certificate shown does not name node " + node + ": give each node one of its own";
        }
        return null;
    }
}
