package io.interrex.lab;

import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * Gives each node a host of its own on one machine, and breaks hosts and the network between them.
 *
 * <p>The usual form ({@link NamespaceLab}) has one network namespace per host, and one for the switch between them. It
 * needs root, or a user namespace; {@code deploy/lib/lab-run COMMAND…} provides either, and starts the command in a
 * network namespace of its own, where this process has a cable to the switch, so that its own sockets reach all hosts at
 * their addresses while the machine's network sees nothing of it. That cable belongs to the observer: <em>no cut and no
 * loss applies to it</em>, so that a prober in this process can write to a member that is cut off from all hosts. What
 * should suffer with a host (a client, a router) is a process on a host of its own. Without lab-run everything works
 * except that this process reaches no host ({@link #observerReachesHosts}); a prober is then a process on a host.
 *
 * <p>Where neither is possible, {@link LoopbackLab} gives each host an address in 127.0.0.0/8 and says which faults it
 * cannot show ({@link #faults}, {@link #limitation}).
 *
 * <p>Whoever is killed leaves namespaces and processes behind; their names carry the owner's process id, and every start
 * removes those whose owner is gone. Not thread-safe.
 */
public interface Lab extends AutoCloseable {

    /** Set to {@code loopback}: hosts are loopback addresses, also where namespaces could be made. */
    String KIND = "INTERREX_LAB";

    /** Creates namespaces where that is possible, else plain loopback addresses. */
    static Lab create(LabSpec spec) {
        if ("loopback".equals(System.getenv(KIND))) {
            return LoopbackLab.create(spec, KIND + "=loopback asks for it");
        }
        try {
            return NamespaceLab.create(spec);
        } catch (LabException e) {
            return LoopbackLab.create(spec, String.valueOf(e.getMessage()));
        }
    }

    LabSpec spec();

    /** Address of {@code host}, in digits. */
    String address(String host);

    /** The faults that this laboratory can show; asking for another throws {@link LabException}. */
    Set<Fault> faults();

    /** Why not all faults can be shown, in one sentence; empty where they can. */
    String limitation();

    /** Whether sockets of this very process reach the hosts. */
    boolean observerReachesHosts();

    /**
     * Prepares a process on {@code host} as the laboratory's user, with CAP_NET_ADMIN (over the host's own network) and
     * no other capability. Output, environment and directory are the caller's to set before starting it.
     */
    ProcessBuilder process(String host, List<String> argv);

    /** Prepares a process on {@code host} with all rights that the laboratory has. */
    ProcessBuilder privilegedProcess(String host, List<String> argv);

    /** Processes that run on {@code host} now, however they were started. */
    Collection<ProcessHandle> processes(String host);

    /** Cuts {@code host} off from all others. */
    default void cut(String host) {
        for (String other : spec().hosts()) {
            if (!other.equals(host)) {
                cut(host, other);
            }
        }
    }

    /** Cuts both directions between two hosts. */
    default void cut(String a, String b) {
        cutOneWay(a, b);
        cutOneWay(b, a);
    }

    /** Lets nothing pass from one host to another; the way back stays. */
    void cutOneWay(String from, String to);

    /** Cuts {@code host} off from {@code peers} only. */
    default void isolate(String host, Collection<String> peers) {
        for (String peer : peers) {
            if (!peer.equals(host)) {
                cut(host, peer);
            }
        }
    }

    /** Loses {@code percent} of the frames to {@code host} and as many of those from it; 0 ends that. */
    void loss(String host, int percent);

    /** Ends all cuts and losses. Hosts that were killed or paused stay so. */
    void heal();

    /** Lets no TCP segment to or from that port pass between hosts; everything else passes. */
    void cutPort(int port);

    /** Kills every process of {@code host} at once; its kernel lives, so that peers learn of it by resets. */
    void crashHost(String host);

    /** Pulls the plug: first the network goes, then every process dies; returns when none is left. */
    void killHost(String host);

    /** Gives a killed host its network again, as after a boot: no process, no packet filter, the same addresses. */
    void bootHost(String host);

    /** Stops every process of {@code host} (SIGSTOP), as when a virtual machine is suspended. */
    void pauseHost(String host);

    void resumeHost(String host);

    /**
     * Makes an empty directory a disk of its own that is soon full, until the laboratory is closed: in memory, and so without the
     * times of a real one. It belongs to this process's user.
     */
    void smallDisk(Path directory, long bytes);

    /** Kills all processes of all hosts and removes everything that was made. */
    @Override
    void close();
}
