package io.interrex.actors.hands;

import io.interrex.cluster.hands.HandsMessage;
import java.util.function.Consumer;

/** Hears from one connection. Called on the connection's own thread, {@link #closed} exactly once and last. */
interface SessionListener {

    /** The Hello of the other side was right. {@code close} may be called from any thread, with the reason. */
    void opened(HandsMessage.Hello hello, Consumer<String> close);

    /** A frame of the node on the other side came, whatever is in it. */
    void heard(String node, long atNanos);

    void received(String node, HandsMessage message, long atNanos);

    void closed(String why);
}
