package io.interrex.demo;

import io.interrex.lab.Verification;
import io.interrex.lab.WriteProbe;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Breaks one thing while clients write, waits until all is well again, and measures both. */
final class Trial {

    private static final Duration WHOLE_WITHIN = Duration.ofSeconds(120);
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(60);
    private static final Duration FEED_WITHIN = Duration.ofSeconds(20);
    private static final int WRITES_BEFORE = 50;
    private static final int WRITES_AFTER = 100;
    private static final int ELECTIONS_MAX = 20;

    private final Installation installation;
    private final EventFeed feed;
    private final Client client;
    private final Duration wholeMax;
    private final Duration answerMax;
    private final Duration feedMax;

    /** @param patience so many times as long a busy machine may take to whatever is waited for */
    Trial(Installation installation, EventFeed feed, Client client, int patience) {
        this.installation = installation;
        this.feed = feed;
        this.client = client;
        this.wholeMax = WHOLE_WITHIN.multipliedBy(patience);
        this.answerMax = ANSWER_WITHIN.multipliedBy(patience);
        this.feedMax = FEED_WITHIN.multipliedBy(patience);
    }

    TrialResult run(FaultKind kind) {
        Sight before = prepared(kind);
        client.awaitWrites(WRITES_BEFORE, answerMax);
        feed.awaitVersion(before.version(), feedMax);
        long version = feed.version();
        String member = kind.victim(before);
        WriteProbe.Counts pooledBefore = client.pooled();
        int printed = NewProcess.printed(installation, member);

        long faultNanos = System.nanoTime();
        long faultMs = System.currentTimeMillis();
        kind.inject(installation, member, before);
        awaitAnswer(kind, member, version);
        Waiting.pass(kind.lasts());
        Duration outage = Duration.ZERO;
        if (!kind.stopsWrites()) {
            awaitService(version);
            outage = client.longestOutage(faultNanos).duration();
        }

        long mendNanos = System.nanoTime();
        kind.mend(installation, member, before);
        if (kind.stopsWrites()) {
            awaitService(version);
            outage = Duration.ofNanos(client.longestOutage(mendNanos).toNanos() - mendNanos);
        }
        Sight after = installation.awaitWhole(wholeMax);
        Duration mended = Duration.ofNanos(System.nanoTime() - mendNanos);
        client.awaitWrites(WRITES_BEFORE, answerMax);
        Duration atMending =
                kind.stopsWrites() ? outage : client.longestOutage(mendNanos).duration();
        feed.awaitVersion(after.version(), feedMax);
        List<Verification> rows = client.verify();
        List<Happening> events = feed.since(version);
        return new TrialResult(
                kind,
                member,
                outage,
                atMending,
                mended,
                rows.stream().mapToInt(Verification::acknowledged).sum(),
                rows.stream().mapToInt(Verification::lost).sum(),
                rows.stream().mapToInt(seen -> seen.duplicateIds().size()).sum(),
                client.conflicts().size(),
                unmet(kind, events, pooledBefore),
                kind.replacesNode() ? NewProcess.tooLate(installation, member, printed, faultMs) : null,
                Timeline.of(events, member, faultMs));
    }

    /** Elections of the log are the voters' own affair: who leads is started anew until the right one does. */
    private Sight prepared(FaultKind kind) {
        Sight now = installation.awaitWhole(wholeMax);
        for (int i = 0; i < ELECTIONS_MAX && kind.needsLogLedBy(installation, now); i++) {
            String leader = now.logLeader();
            if (leader.equals(now.primary())) {
                installation
                        .api()
                        .switchover(
                                installation.lab().address(leader),
                                now.streaming().getFirst());
                awaitOther(leader);
            } else {
                installation.processes().upgradeNode(leader);
            }
            now = installation.awaitWhole(wholeMax);
        }
        if (kind.needsLogLedBy(installation, now)) {
            throw new DemoException("the log is led by %s after %d elections: the fault '%s' needs another leader"
                    .formatted(now.logLeader(), ELECTIONS_MAX, kind.word()));
        }
        return now;
    }

    private void awaitOther(String primary) {
        Waiting.until(
                "that another member than " + primary + " is the primary",
                answerMax,
                () -> installation.sights().stream()
                        .filter(sight -> sight.isWritable() && !sight.primary().equals(primary))
                        .findFirst(),
                installation::shortfall);
    }

    /** Where the old primary hands over, no transaction through the pooler may fail. */
    private List<String> unmet(FaultKind kind, List<Happening> events, WriteProbe.Counts pooledBefore) {
        var unmet = new ArrayList<>(kind.unmet(events));
        WriteProbe.Counts pooled = client.pooled();
        long failed = pooled.failures() - pooledBefore.failures();
        if (kind.isHandedOver() && failed > 0) {
            unmet.add("%d transactions through PgBouncer failed: %s".formatted(failed, pooled.lastFailure()));
        }
        return unmet;
    }

    private void awaitAnswer(FaultKind kind, String member, long version) {
        Waiting.until(
                "an answer to the fault '" + kind.title() + "'",
                answerMax,
                () -> Optional.of(member).filter(hit -> kind.isAnswered(installation, hit, feed.since(version))),
                () -> decisions(version));
    }

    private void awaitService(long version) {
        try {
            client.awaitWrites(WRITES_AFTER, answerMax);
        } catch (DemoException e) {
            throw new DemoException(e.getMessage() + "\n  " + decisions(version), e);
        }
    }

    /** What was decided since then, and what is missing now. */
    private String decisions(long version) {
        return feed.since(version).stream()
                        .map(Happening::line)
                        .reduce((one, two) -> one + "\n  " + two)
                        .orElse("no event at all")
                + installation.shortfall();
    }
}
