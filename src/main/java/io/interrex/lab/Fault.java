package io.interrex.lab;

/** What a laboratory may be able to break. */
public enum Fault {
    /** Frames between hosts vanish; nobody is told. */
    CUT,
    /** Some frames vanish at random. */
    LOSS,
    /** All processes of a host die at once and no packet tells of it. */
    HOST_DEATH,
    /** All processes of a host stand still. */
    HOST_PAUSE,
    /** All processes of a host die; the kernel resets their connections, so peers learn of it at once. */
    PROCESS_DEATH,
    /** A directory is a disk of its own that is soon full. */
    SMALL_DISK
}
