package io.interrex.demo.versus;

import io.interrex.demo.versus.PatroniTexts.Speed;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The systems that can be measured beside Interrex, and in which settings. */
enum Rival {
    PATRONI(
            Patroni::requirePrograms,
            List.of(
                    new Setting("Patroni, default", fault -> Patroni.create(Speed.DEFAULT, fault.needsWitnesses())),
                    new Setting("Patroni, fast", fault -> Patroni.create(Speed.FAST, fault.needsWitnesses())))),
    PG_AUTO_FAILOVER(
            AutoFailover::requirePrograms, List.of(new Setting("pg_auto_failover", fault -> AutoFailover.create())));

    private final Runnable requirement;
    private final List<Setting> settings;

    Rival(Runnable requirement, List<Setting> settings) {
        this.requirement = requirement;
        this.settings = settings;
    }

    /** One column of the table. */
    record Setting(String title, Function<PeerFault, Peer> create) {}

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Throws with the remedy where something is not installed. */
    void require() {
        requirement.run();
    }

    List<Setting> settings() {
        return settings;
    }

    static Optional<Rival> of(String word) {
        return Arrays.stream(values())
                .filter(rival -> rival.word().equals(word))
                .findFirst();
    }

    static String words() {
        return Arrays.stream(values()).map(Rival::word).collect(Collectors.joining(", "));
    }
}
