package io.interrex.postgresql;

import static io.interrex.testkit.TempMembers.get;

import io.interrex.cluster.port.Database.Upstream;
import io.interrex.testkit.DirectGuard;
import io.interrex.testkit.TempMembers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A process that clones a member slowly, as a node does, and is killed in the midst. */
final class AbandonedClone {

    private AbandonedClone() {}

    static Process begin(PostgresSettings member, Upstream source) throws IOException {
        return new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        AbandonedClone.class.getName(),
                        member.member(),
                        member.home().toString(),
                        member.binaries().toString(),
                        Integer.toString(member.port()),
                        member.secrets().toString(),
                        source.member(),
                        Integer.toString(source.port()))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** Processes that were told to write a copy for that member; those that have ended have no command line. */
    static List<Long> writers(PostgresSettings member) {
        return ProcessHandle.allProcesses()
                .map(ProcessHandle::pid)
                .filter(pid -> commandLine(pid).contains("--pgdata=" + member.staging()))
                .toList();
    }

    private static String commandLine(long pid) {
        try {
            return Files.readString(Path.of("/proc/" + pid + "/cmdline"));
        } catch (IOException e) {
            return "";
        }
    }

    public static void main(String[] args) {
        Path home = Path.of(args[1]);
        var source = new Upstream(args[5], "127.0.0.1", Integer.parseInt(args[6]));
        var settings = PostgresSettings.of(
                        "trial",
                        args[0],
                        home,
                        Path.of(args[2]),
                        "127.0.0.1",
                        Integer.parseInt(args[3]),
                        Path.of(args[4]),
                        Map.of(source.member(), source))
                .withCloneRateKiB(64);
        try (var guard = new DirectGuard(home.resolve("guard.log"));
                var database = new PostgresDatabase(settings, guard, TempMembers::unprivileged)) {
            System.out.println("the clone was not to end: " + get(database.cloneFrom(source)));
        } catch (UncheckedIOException e) {
            throw new IllegalStateException(e);
        }
    }
}
