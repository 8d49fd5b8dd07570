package io.interrex.actors.agent;

import io.interrex.cluster.port.Gate;
import java.time.Duration;

/** Keeps the gate open for readers while the plan says so, and knows where the gate stands as the agent tells it. */
final class ShownGate {

    private final Gate gate;
    private final Duration readFor;
    private Gate.Position shown = Gate.Position.CLOSED;

    ShownGate(Gate gate, Duration readFor) {
        this.gate = gate;
        this.readFor = readFor;
    }

    void read(boolean allowed, boolean due, LeaseRunner lease) {
        if (allowed) {
            if (due) {
                gate.openForRead(readFor);
            }
            shown = Gate.Position.READ;
        } else if (shown == Gate.Position.READ) {
            lease.close("this member is no longer to be read");
            shown = Gate.Position.CLOSED;
        }
    }

    void moved(boolean open) {
        shown = open ? Gate.Position.OPEN : Gate.Position.CLOSED;
    }

    Gate.Position position(LeaseRunner lease) {
        boolean read = shown == Gate.Position.READ;
        return lease.gateIsOpen() ? Gate.Position.OPEN : read ? Gate.Position.READ : Gate.Position.CLOSED;
    }
}
