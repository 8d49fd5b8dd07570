package io.interrex.postgresql;

import io.interrex.cluster.charter.Adoption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.function.Predicate;

/**
 * Takes over the data directory of a server that Interrex did not make, in two steps that change nothing which the server's
 * former manager depends on: {@link #prepare} while it runs, {@link #take} when it has stopped. Each may be done again.
 */
public final class Adopting {

    /** A copy of the server's postgresql.auto.conf, which is changed at the first start. */
    static final String KEPT_SETTINGS = "adopted-postgresql.auto.conf";

    private final PostgresSettings settings;
    private final Tools tools = new Tools(ProcessLauncher.DIRECT);
    private final AdoptionChecks.Wanted wanted;
    private final Path from;
    private final ForeignServer.Login login;

    /** Something is in the way, and nothing was changed. */
    public static final class Refused extends Exception {
        private static final long serialVersionUID = 1;

        public Refused(String message) {
            super(message);
        }
    }

    /**
     * @param first the member that the group is to begin with, empty where the file names none
     * @param notConfigurable parameters that the file may not set
     * @param from the data directory
     * @param role superuser of that server
     * @param database where that one may log in
     */
    public record Order(String first, Predicate<String> notConfigurable, Path from, String role, String database) {}

    public Adopting(PostgresSettings settings, Order order) {
        this.settings = settings;
        this.from = order.from().toAbsolutePath().normalize();
        this.login = new ForeignServer.Login(order.role(), order.database());
        var configuration = new ServerConfiguration(settings);
        this.wanted = new AdoptionChecks.Wanted(
                settings.group(), order.first(), settings, configuration::decides, order.notConfigurable());
    }

    /**
     * What was found, and what is in the way.
     *
     * @param told for a person
     */
    public record Look(List<String> told, List<Hindrance> hindrances) {}

    /** Before it is prepared, with its server running. */
    public Look look() throws Refused {
        return refusing(() -> {
            var checks = new AdoptionChecks(wanted);
            AdoptionPlace place = place(0);
            if (!place.whole()) {
                checks.place(place);
                return new Look(List.of(), checks.found());
            }
            AdoptionFacts facts = facts(place);
            checks.place(place(facts.timeline()));
            checks.server(facts);
            checks.applicationPassword(settings.secrets());
            if (facts.standby()) {
                checks.passwords(facts, new Secrets(settings.secrets()));
            }
            return new Look(told(place, facts), checks.found());
        });
    }

    private AdoptionPlace place(int timeline) throws IOException, Trouble {
        return new AdoptionSearch(settings, from).look(timeline);
    }

    private ForeignServer server(AdoptionPlace place) throws Trouble {
        AdoptionPlace.Address address = place.address();
        if (place.pid() == 0 || address == null) {
            throw Trouble.refused(
                    "no server runs in " + from
                            + " that could be asked: start it with what started it before; it is stopped only when all of them are prepared");
        }
        return new ForeignServer(settings, tools, address, login);
    }

    private AdoptionFacts facts(AdoptionPlace place) throws Trouble, IOException {
        return new AdoptionReader(server(place), from).read();
    }

    private List<String> told(AdoptionPlace place, AdoptionFacts facts) {
        var told = new ArrayList<String>();
        AdoptionPlace.Address address = place.address();
        told.add("%s is PostgreSQL %d, system identifier %s, timeline %d, %s; process %d%s"
                .formatted(
                        from,
                        facts.version(),
                        facts.systemId(),
                        facts.timeline(),
                        facts.standby() ? "a standby of " + facts.upstream() : "a primary",
                        place.pid(),
                        place.unit().isEmpty() ? "" : " of the unit " + place.unit()));
        if (address != null && address.port() != settings.port()) {
            told.add("Its port is %d now, and will be %d.".formatted(address.port(), settings.port()));
        }
        if (address != null && address.host().startsWith("/")) {
            told.add("Clients on this host that connect by its socket have to use %s or 127.0.0.1."
                    .formatted(settings.host()));
        }
        if (!facts.physicalSlots().isEmpty()) {
            told.add("These replication slots go on keeping WAL (at most %d MiB) until they are dropped: %s"
                    .formatted(settings.slotWalMaxMiB(), String.join(", ", facts.physicalSlots())));
        }
        place.managers().forEach(manager -> told.add(manager + " runs; it has to be stopped before --take."));
        return told;
    }

    /**
     * Makes Interrex's roles, its database and the marker of the group's first reign in a primary, where they are not there
     * yet; on a standby, only finds that they have come. What is to be on disk before {@link #take}.
     */
    public Adoption prepare(Collection<String> givenUp, UUID fresh, String actor) throws Refused {
        Look look = look();
        require(look.hindrances(), givenUp);
        return refusing(() -> {
            AdoptionPlace place = place(0);
            AdoptionFacts facts = facts(place);
            if (!facts.standby()) {
                new Secrets(settings.secrets())
                        .createMissing(List.of(
                                PostgresSettings.ADMIN_ROLE,
                                PostgresSettings.REPLICATION_ROLE,
                                PostgresSettings.REWIND_ROLE));
                new AdoptionSchema(settings, server(place)).make(facts.timeline(), fresh);
                facts = facts(place);
            }
            if (facts.markers().size() != 1) {
                throw Trouble.unknown("the marker was written and is not there");
            }
            return new Adoption(
                    settings.member(),
                    !facts.standby(),
                    facts.systemId(),
                    facts.timeline(),
                    UUID.fromString(facts.markers().getFirst().substring("1 ".length())),
                    from.toString(),
                    actor);
        });
    }

    /** What is in the way of {@link #take}. */
    public List<Hindrance> lookStopped(Adoption adoption) throws Refused {
        return refusing(() -> {
            var checks = new AdoptionChecks(wanted);
            AdoptionPlace place = place(adoption.timeline());
            checks.place(place);
            if (place.whole()) {
                checks.stopped(place, ControlData.read(tools, settings, from), adoption);
            }
            return checks.found();
        });
    }

    /** Whether an earlier {@link #take} has done it. */
    public boolean isTaken(Adoption adoption) throws Refused {
        return refusing(() -> !Files.exists(from)
                && Files.exists(settings.data().resolve("global").resolve("pg_control"))
                && SystemId.of(settings.data()).equals(adoption.systemId()));
    }

    /** The data directory takes its place by one rename; until then everything is as it was. */
    public void take(Adoption adoption) throws Refused {
        if (isTaken(adoption)) {
            return;
        }
        require(lookStopped(adoption), List.of());
        refusing(() -> {
            Path home = settings.home();
            DurableFiles.createPrivateDirectory(home);
            String kept = DurableFiles.readIfThere(from.resolve("postgresql.auto.conf"));
            DurableFiles.write(home.resolve(KEPT_SETTINGS), kept == null ? "" : kept, DurableFiles.SECRET);
            DurableFiles.rename(from, settings.data());
            DurableFiles.syncDirectoryOf(from);
            return Boolean.TRUE;
        });
    }

    /** How a person goes back. */
    public List<String> wayBack() {
        return List.of(
                "To go back before the node's first start: mv " + settings.data() + " " + from,
                "To go back later: stop the nodes and their servers, then also: cp "
                        + settings.home().resolve(KEPT_SETTINGS) + " " + from
                        + "/postgresql.auto.conf, and on the primary remove " + from + "/standby.signal");
    }

    private static void require(List<Hindrance> hindrances, Collection<String> givenUp) throws Refused {
        for (Hindrance h : hindrances) {
            if (h.giveUp().isEmpty() || !givenUp.contains(h.giveUp())) {
                throw new Refused(h.what() + ". " + h.remedy());
            }
        }
    }

    @FunctionalInterface
    private interface Work<T> {
        T done() throws Trouble, IOException;
    }

    private static <T> T refusing(Work<T> work) throws Refused {
        try {
            return work.done();
        } catch (Trouble e) {
            throw new Refused(e.text());
        } catch (IOException e) {
            throw new Refused(e.toString());
        }
    }
}
