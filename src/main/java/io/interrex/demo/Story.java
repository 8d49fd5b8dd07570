package io.interrex.demo;

import io.interrex.lab.Outage;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** Tells what Interrex does when the primary, its host and its network fail, one after the other, and judges it. */
final class Story {

    static final List<FaultKind> CHAPTERS = List.of(FaultKind.KILL, FaultKind.HOST, FaultKind.CUT);

    private final Installation installation;
    private final EventFeed feed;
    private final int patience;
    private final PrintStream out;

    Story(Installation installation, EventFeed feed, int patience, PrintStream out) {
        this.patience = patience;
        this.installation = installation;
        this.feed = feed;
        this.out = out;
    }

    /** Plays these chapters as far as this machine can show them. */
    Verdict tell(List<FaultKind> chapters) {
        var broken = new ArrayList<String>();
        int shown = 0;
        try (Client client = Client.start(installation, this::outage)) {
            var trial = new Trial(installation, feed, client, patience);
            int number = 0;
            for (FaultKind chapter : chapters) {
                number++;
                out.println("\n== " + number + ". " + chapter.title() + " ==");
                if (!installation.canShow(chapter.needs())) {
                    out.println("  cannot be shown here: " + installation.lab().limitation());
                    continue;
                }
                TrialResult result = trial.run(chapter);
                if (chapter.hasSteps()) {
                    out.println("\n  seven steps, from the moment of the fault on host " + result.member() + ":");
                    result.timeline().steps().forEach(step -> out.println(step.line()));
                }
                result.lines().forEach(out::println);
                if (result.isShown(patience)) {
                    shown++;
                } else {
                    out.println("  cannot be shown here: " + result.tooLate());
                }
                result.broken(chapter.outageMax(), patience)
                        .forEach(promise -> broken.add(chapter.title() + ": " + promise));
            }
        } catch (DemoException e) {
            broken.add(String.valueOf(e.getMessage()));
        }
        return new Verdict(shown, chapters.size(), broken);
    }

    private void outage(Outage outage) {
        out.println("              the client could not write for " + TrialResult.seconds(outage.duration()));
    }
}
