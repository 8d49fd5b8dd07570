package io.interrex.gate;

/** One of the two timers of a gate: while clients pass by one, the other is staged for the next lease round. */
enum Slot {
    A("a"),
    B("b");

    private final String suffix;

    Slot(String suffix) {
        this.suffix = suffix;
    }

    /** The set whose element carries the kernel's timer. */
    String timerSet() {
        return "timer_" + suffix;
    }

    /** The set whose element says that this slot's timer is the one that counts. */
    String chosenSet() {
        return "chosen_" + suffix;
    }

    Slot other() {
        return this == A ? B : A;
    }
}
