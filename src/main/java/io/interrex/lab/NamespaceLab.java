package io.interrex.lab;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Makes each host a network namespace {@code ixr<pid>-<host>} with one interface {@code eth0}, and the switch a namespace
 * {@code ixr<pid>-lab0} with a bridge; veth pairs are born inside them, so nothing is added to the machine's own network.
 *
 * <p>A namespace has packet filters, sockets, ARP and port numbers of its own, but files, processes and clock are the
 * machine's. One laboratory per process at a time.
 */
public final class NamespaceLab implements Lab {

    /** Set by {@code deploy/lib/lab-run}: the network namespace of this process is its own. */
    static final String OWN_NETWORK = "INTERREX_LAB_NETWORK";

    private static final String SWITCH = "lab0";
    private static final int OBSERVER_NUMBER = 254;

    private final LabSpec spec;
    private final SwitchRules rules = new SwitchRules();
    private final Set<String> dead = new HashSet<>();
    private boolean observer;

    private NamespaceLab(LabSpec spec) {
        this.spec = spec;
    }

    /** @throws LabException where namespaces cannot be made, with the reason */
    public static NamespaceLab create(LabSpec spec) {
        sweep();
        if (Namespaces.exists(Namespaces.name(SWITCH))) {
            throw new LabException("this process has a laboratory already; close that first");
        }
        NamespaceLab lab = new NamespaceLab(spec);
        try {
            lab.build();
            return lab;
        } catch (LabException e) {
            lab.tearDown();
            throw e;
        }
    }

    /** Removes what killed owners left, and returns the names of the namespaces. */
    public static List<String> sweep() {
        List<String> swept = Namespaces.sweep();
        SmallDisks.sweep();
        return swept;
    }

    /** Name of the namespace of {@code host}, for {@code ip netns exec}. */
    public String namespace(String host) {
        spec.number(host);
        return Namespaces.name(host);
    }

    private static String switchName() {
        return Namespaces.name(SWITCH);
    }

    private void build() {
        Namespaces.add(switchName());
        Namespaces.ip(switchName(), "link add br0 type bridge forward_delay 0 mcast_snooping 0", "link set br0 up");
        spec.hosts().forEach(this::plugIn);
        if (ownsItsNetwork()) {
            String peer = "peer name " + SwitchRules.port("lab") + " netns " + switchName();
            Shell.run(
                    String.join(
                            "\n",
                            "link set lo up",
                            "link add eth0 type veth " + peer,
                            "addr add 10.77." + spec.subnet() + "." + OBSERVER_NUMBER + "/24 dev eth0",
                            "link set eth0 up\n"),
                    List.of("ip", "-batch", "-"));
            Namespaces.ip(switchName(), "link set " + SwitchRules.port("lab") + " master br0 up");
            observer = true;
        }
        Namespaces.nft(switchName(), rules.render());
    }

    /** The mark alone may be inherited by a process elsewhere; a namespace that is really new has nothing but lo. */
    private static boolean ownsItsNetwork() {
        return "own".equals(System.getenv(OWN_NETWORK))
                && Privileges.lines("/proc/self/net/dev").stream()
                        .skip(2)
                        .allMatch(line -> line.strip().startsWith("lo:"));
    }

    private void plugIn(String host) {
        String name = Namespaces.name(host);
        String port = SwitchRules.port(host);
        int number = spec.number(host);
        // the same hardware address after a boot, as a real host has: others keep it in their ARP tables
        String mac = "02:00:0a:4d:%02x:%02x".formatted(spec.subnet(), number);
        Namespaces.add(name);
        Namespaces.ip(
                switchName(),
                "link add " + port + " type veth peer name eth0 address " + mac + " netns " + name,
                "link set " + port + " master br0 up");
        Namespaces.ip(name, "addr add " + address(host) + "/24 dev eth0", "link set eth0 up");
    }

    @Override
    public LabSpec spec() {
        return spec;
    }

    @Override
    public String address(String host) {
        return "10.77." + spec.subnet() + "." + spec.number(host);
    }

    @Override
    public Set<Fault> faults() {
        return EnumSet.allOf(Fault.class);
    }

    @Override
    public String limitation() {
        return "";
    }

    @Override
    public boolean observerReachesHosts() {
        return observer;
    }

    @Override
    public ProcessBuilder process(String host, List<String> argv) {
        return privilegedProcess(host, Privileges.networkOnly(spec.user(), argv));
    }

    @Override
    public ProcessBuilder privilegedProcess(String host, List<String> argv) {
        if (dead.contains(host)) {
            throw new LabException("host " + host + " is dead; boot it first");
        }
        return new ProcessBuilder(Namespaces.enter(namespace(host), argv));
    }

    @Override
    public Collection<ProcessHandle> processes(String host) {
        return on(host).list();
    }

    private HostProcesses on(String host) {
        return HostProcesses.inNamespace(Namespaces.file(namespace(host)));
    }

    @Override
    public void cutOneWay(String from, String to) {
        spec.number(from);
        spec.number(to);
        rules.cut(from, to);
        apply();
    }

    @Override
    public void cut(String host) {
        spec.number(host);
        for (String other : spec.hosts()) {
            if (!other.equals(host)) {
                rules.cut(host, other);
                rules.cut(other, host);
            }
        }
        apply();
    }

    @Override
    public void isolate(String host, Collection<String> peers) {
        spec.number(host);
        for (String peer : peers) {
            spec.number(peer);
            if (!peer.equals(host)) {
                rules.cut(host, peer);
                rules.cut(peer, host);
            }
        }
        apply();
    }

    @Override
    public void loss(String host, int percent) {
        spec.number(host);
        rules.loss(host, percent);
        apply();
    }

    @Override
    public void cutPort(int port) {
        rules.cutPort(port);
        apply();
    }

    @Override
    public void heal() {
        rules.clear();
        apply();
    }

    private void apply() {
        Namespaces.nft(switchName(), rules.render());
    }

    @Override
    public void crashHost(String host) {
        HostProcesses processes = on(host);
        dead.add(host);
        processes.killAll(host);
    }

    @Override
    public void killHost(String host) {
        HostProcesses processes = on(host);
        if (dead.add(host)) {
            Namespaces.ip(switchName(), "link set " + SwitchRules.port(host) + " down");
        }
        processes.killAll(host);
    }

    @Override
    public void bootHost(String host) {
        if (dead.contains(host)) {
            Namespaces.ip(switchName(), "link delete " + SwitchRules.port(host));
            Namespaces.remove(namespace(host));
            plugIn(host);
            dead.remove(host);
        }
    }

    @Override
    public void pauseHost(String host) {
        on(host).stopAll(host);
    }

    @Override
    public void resumeHost(String host) {
        on(host).continueAll();
    }

    @Override
    public void smallDisk(Path directory, long bytes) {
        SmallDisks.mount(directory, bytes);
    }

    @Override
    public void close() {
        tearDown();
    }

    private void tearDown() {
        List<LabException> failures = new ArrayList<>();
        List<String> names = new ArrayList<>(spec.hosts());
        names.add(SWITCH);
        for (String host : names) {
            try {
                Namespaces.remove(Namespaces.name(host));
            } catch (LabException e) {
                failures.add(e);
            }
        }
        try {
            SmallDisks.unmount();
        } catch (LabException e) {
            failures.add(e);
        }
        if (!failures.isEmpty()) {
            LabException first = failures.getFirst();
            failures.stream().skip(1).forEach(first::addSuppressed);
            throw first;
        }
    }
}
