package io.interrex.demo;

import io.interrex.lab.LabException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** Lets a person break and mend things by words, while the decisions scroll by. */
final class Interactive {

    private final Installation installation;
    private final PrintStream out;

    Interactive(Installation installation, PrintStream out) {
        this.installation = installation;
        this.out = out;
    }

    void endpoints() {
        var lab = installation.lab();
        out.println("\nEndpoints, in the demo's own network:");
        out.printf(
                "  writes  postgresql://app@%s:%d/app   (the router: sessions reach the primary)%n",
                lab.address(Installation.EDGE), Installation.WRITE_PORT);
        out.printf(
                "  reads   postgresql://app@%s:%d/app   (standbys within the lag limit, else the primary)%n",
                lab.address(Installation.EDGE), Installation.READ_PORT);
        out.printf(
                "  pooled  postgresql://app@%s:%d/app   (PgBouncer: transactions wait during a switchover; app_read: reads)%n",
                lab.address(Installation.EDGE), Installation.POOLER_PORT);
        for (String host : Installation.MEMBERS) {
            out.printf(
                    "  node %s  http://%s:%d/v1/status   PostgreSQL at %s:%d%n",
                    host, lab.address(host), NodeApi.PORT, lab.address(host), Installation.PG_PORT);
        }
        out.println("  files   " + installation.places().base()
                + "  (interrex.conf, hosts/*/node.out, told/notices.jsonl)");
        if (!lab.limitation().isEmpty()) {
            out.println("  NOTE    " + lab.limitation());
        }
        out.println("\nTry, in another terminal:");
        out.println("  deploy/demo --in interrex status");
        out.println("  deploy/demo --in interrex events --follow");
        out.println("  deploy/demo --in psql -c 'select inet_server_addr(), pg_is_in_recovery()'");
        help();
    }

    private void help() {
        out.println("""

                Type here, then Enter:
                  kill          kill -9 the primary's PostgreSQL     host X    pull the plug of host X (a, b, c)
                  cut X         cut host X off from all              boot X    give it its power back
                  heal          end all cuts                         switch X  make X the primary, in order
                  status        the group in one line                quit      stop all (Ctrl-C does the same)

                Decisions:""");
    }

    /** Returns at "quit"; at the end of the input it waits for a signal. */
    void serve() throws IOException, InterruptedException {
        var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            List<String> words = List.of(line.strip().split("\\s+"));
            if (words.getFirst().equals("quit")) {
                return;
            }
            try {
                obey(words);
            } catch (DemoException | LabException | IllegalArgumentException e) {
                out.println("  " + e.getMessage());
            }
        }
        Thread.currentThread().join();
    }

    private void obey(List<String> words) {
        switch (words.getFirst()) {
            case "" -> out.println();
            case "kill" -> {
                String primary = primary();
                out.println("  kill -9 of the PostgreSQL of " + primary);
                installation.killPostmaster(primary);
            }
            case "host" -> installation.killHost(host(words));
            case "boot" -> installation.bootHost(host(words));
            case "cut" -> installation.cut(host(words));
            case "heal" -> installation.heal();
            case "switch" -> installation.api().switchover(installation.lab().address(primary()), host(words));
            case "status" ->
                installation.sights().forEach(sight -> out.println("  " + sight.node() + ": " + sight.line()));
            case "whole" ->
                out.println(
                        "  " + installation.awaitWhole(Duration.ofMinutes(1)).line());
            default -> help();
        }
    }

    private String primary() {
        return installation.sights().stream()
                .filter(Sight::isWritable)
                .map(Sight::primary)
                .findFirst()
                .orElseThrow(() -> new DemoException("there is no primary now"));
    }

    private static String host(List<String> words) {
        if (words.size() < 2 || !Installation.MEMBERS.contains(words.get(1))) {
            throw new DemoException("which host? One of " + String.join(", ", Installation.MEMBERS));
        }
        return words.get(1);
    }
}
