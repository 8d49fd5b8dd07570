package io.interrex.actors.hands;

import io.interrex.cluster.hands.HandsMessage;

/** What the transport tells its receiver: a peer's message, or that a peer can be reached again or no longer. */
public sealed interface Incoming {

    /** Name of the node that this is about. */
    String from();

    /** @param receivedNanos {@link System#nanoTime()} when its frame had arrived */
    record Message(String from, HandsMessage message, long receivedNanos) implements Incoming {}

    /** The peer answers on the connection that we dialled: what is sent from now on leaves at once. */
    record PeerUp(String from, long incarnation, long atNanos) implements Incoming {}

    /** The connection that we dialled is gone; it is dialled again without being asked. */
    record PeerDown(String from, String why, long atNanos) implements Incoming {}
}
