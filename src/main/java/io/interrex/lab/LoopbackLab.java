package io.interrex.lab;

import java.nio.file.Path;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Gives each host an address of 127.0.0.0/8, {@code 127.77.<pid modulo 256>.n}, on the machine's own loopback interface.
 * It needs no rights. There is no network to break and no kernel gate (traffic between own addresses passes by lo, which
 * a gate lets through), so only processes can be killed and stopped; a host is the processes that have its mark in their
 * environment.
 */
public final class LoopbackLab implements Lab {

    /** Environment variable that marks the processes of a host: {@code ixr<pid of the owner>-<host>}. */
    static final String MARK = "INTERREX_LAB_HOST";

    private static final String MARK_OF_OURS = MARK + "=ixr";

    private final LabSpec spec;
    private final String why;

    private LoopbackLab(LabSpec spec, String why) {
        this.spec = spec;
        this.why = why;
    }

    /** @param why the reason that there are no namespaces */
    public static LoopbackLab create(LabSpec spec, String why) {
        sweep();
        return new LoopbackLab(spec, why);
    }

    /** Kills the processes whose owner is gone. */
    static void sweep() {
        ProcessHandle.allProcesses()
                .flatMap(process -> HostProcesses.environment(process).stream())
                .filter(variable -> variable.startsWith(MARK_OF_OURS))
                .distinct()
                .filter(LoopbackLab::ownerIsGone)
                .forEach(mark -> HostProcesses.marked(mark).killAll(mark));
    }

    private static boolean ownerIsGone(String mark) {
        String owner = mark.substring(MARK_OF_OURS.length()).replaceFirst("-.*", "");
        return owner.matches("\\d{1,10}")
                && ProcessHandle.of(Long.parseLong(owner)).isEmpty();
    }

    private String mark(String host) {
        spec.number(host);
        return "ixr" + ProcessHandle.current().pid() + "-" + host;
    }

    private HostProcesses on(String host) {
        return HostProcesses.marked(MARK + "=" + mark(host));
    }

    @Override
    public LabSpec spec() {
        return spec;
    }

    @Override
    public String address(String host) {
        return "127.77." + ProcessHandle.current().pid() % 256 + "." + spec.number(host);
    }

    @Override
    public Set<Fault> faults() {
        return EnumSet.of(Fault.PROCESS_DEATH, Fault.HOST_PAUSE);
    }

    @Override
    public String limitation() {
        return "hosts are plain loopback addresses, so no cut, no loss, no silent death of a host, no full disk and no kernel gate"
                + " can be shown: " + why;
    }

    @Override
    public boolean observerReachesHosts() {
        return true;
    }

    @Override
    public ProcessBuilder process(String host, List<String> argv) {
        return Privileges.isRoot()
                ? privilegedProcess(host, Privileges.none(spec.user(), argv))
                : privilegedProcess(host, argv);
    }

    @Override
    public ProcessBuilder privilegedProcess(String host, List<String> argv) {
        ProcessBuilder process = new ProcessBuilder(argv);
        process.environment().put(MARK, mark(host));
        return process;
    }

    @Override
    public Collection<ProcessHandle> processes(String host) {
        return on(host).list();
    }

    @Override
    public void cutOneWay(String from, String to) {
        throw cannot(Fault.CUT);
    }

    @Override
    public void loss(String host, int percent) {
        throw cannot(Fault.LOSS);
    }

    private LabException cannot(Fault fault) {
        return new LabException("fault " + fault + " cannot be shown: " + limitation());
    }

    @Override
    public void heal() {
        // nothing can be cut here
    }

    @Override
    public void cutPort(int port) {
        throw cannot(Fault.CUT);
    }

    @Override
    public void crashHost(String host) {
        killHost(host);
    }

    /** Kills the processes; their peers are told by resets. */
    @Override
    public void killHost(String host) {
        on(host).killAll(host);
    }

    @Override
    public void bootHost(String host) {
        spec.number(host);
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
        throw cannot(Fault.SMALL_DISK);
    }

    @Override
    public void close() {
        spec.hosts().forEach(this::killHost);
    }
}
