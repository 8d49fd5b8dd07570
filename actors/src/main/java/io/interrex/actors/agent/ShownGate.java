package io.interrex.actors.agent;

import io.interrex.cluster.port.Gate;
import io.interrex.cluster.port.Nothing;
import io.interrex.cluster.port.Outcome;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the gate open for readers while the plan says so, and knows where the gate stands as the agent tells it. */
final class ShownGate {

    private static final Logger LOG = LoggerFactory.getLogger(ShownGate.class);

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
                gate.openForRead(readFor).whenComplete((outcome, failure) -> {
                    if (!(outcome instanceof Outcome.Done<Nothing>)) {
                        LOG.warn("the gate was not opened for readers: {}", outcome != null ? outcome : failure);
                    }
                });
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
