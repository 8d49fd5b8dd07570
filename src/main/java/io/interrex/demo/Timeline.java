package io.interrex.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;

/** Attributes an incident's time to the seven steps of a failover, from the events of the log and the moment of the fault. */
record Timeline(List<Step> steps) {

    /** @param atMs from the fault to the end of the step; −1 where there was no such step */
    record Step(int number, String name, long atMs, String what) {

        String line() {
            String at = atMs < 0 ? "-" : String.format(Locale.ROOT, "+%.2f s", atMs / 1000.0);
            return "  %d %-12s %10s  %s".formatted(number, name, at, what);
        }
    }

    /**
     * @param events of the incident, in order
     * @param member that the fault hit
     * @param faultMs wall time of the fault
     */
    static Timeline of(List<Happening> events, String member, long faultMs) {
        Optional<Happening> established = last(events, event -> event.is("PrimaryEstablished"));
        long epoch = established.map(Happening::epoch).orElse(0L);
        Predicate<Happening> ofReign = event -> event.epoch() == epoch && established.isPresent();
        Optional<Happening> restarted = last(events, event -> event.is("RestartBarrier") && established.isEmpty());
        String serving = established
                .map(event -> event.field("member"))
                .orElse(restarted.map(event -> event.field("member")).orElse(""));

        var detected = first(events, event -> isDetection(event, member));
        var elected = last(events, ofReign.and(event -> event.is("PromotionAuthorized")));
        // a fence that was not waited for (the lease runs out meanwhile) is no part of the validation
        long election = elected.map(Happening::version).orElse(Long.MAX_VALUE);
        var validated = last(
                events,
                ofReign.and(event -> event.is("FailoverStarted") || event.is("PrimaryFenced"))
                        .and(event -> event.version() < election));
        var promoted = established.or(() -> restarted);
        var routed = first(
                        events,
                        event -> event.is("RouteMoved")
                                && event.field("writer").equals(serving)
                                && promoted.filter(done -> done.version() < event.version())
                                        .isPresent())
                .or(() -> first(
                        events,
                        event -> event.is("GateMoved")
                                && event.fields().path("open").asBoolean()
                                && event.field("member").equals(serving)));
        long promotion = promoted.map(Happening::version).orElse(0L);
        var told = first(events, event -> event.version() > promotion && tellsTheEnd(event));
        var rebuilt = last(
                events,
                event -> event.is("MemberJoined") && event.field("member").equals(member));

        String inPlace = restarted.isPresent() ? "not needed: the same primary restarts" : "";
        var steps = new ArrayList<Step>();
        steps.add(step(1, "detection", detected.or(() -> validated), faultMs, "nobody recorded it"));
        steps.add(step(2, "validation", validated, faultMs, inPlace));
        steps.add(step(3, "election", elected, faultMs, inPlace));
        steps.add(step(4, "promotion", promoted, faultMs, ""));
        steps.add(step(5, "routing", routed, faultMs, inPlace.isEmpty() ? "" : "not needed: the route stays"));
        steps.add(step(6, "notification", told, faultMs, "nobody was told"));
        steps.add(step(7, "rebuild", rebuilt, faultMs, inPlace.isEmpty() ? "" : "not needed: nothing was lost"));
        return new Timeline(steps);
    }

    private static boolean isDetection(Happening event, String member) {
        return event.is("PrimarySuspected")
                || (event.is("DiskHeadroomChanged") && event.field("member").equals(member))
                || (event.is("MemberHealthChanged")
                        && event.field("member").equals(member)
                        && !event.fields().path("healthy").asBoolean())
                || (event.is("GateMoved")
                        && event.field("member").equals(member)
                        && !event.fields().path("open").asBoolean());
    }

    /** What is on its way to people about the fault's beginning is no news of its end. */
    private static boolean tellsTheEnd(Happening event) {
        boolean loud = !event.field("severity").equals("INFO");
        return event.is("PeopleNotified") && (loud || event.field("title").contains(", now "));
    }

    private static Step step(int number, String name, Optional<Happening> event, long faultMs, String otherwise) {
        return event.map(found -> new Step(
                        number, name, Math.max(0, found.wallMs() - faultMs), found.rule() + ": " + found.text()))
                .orElseGet(() -> new Step(number, name, -1, otherwise));
    }

    private static Optional<Happening> first(List<Happening> events, Predicate<Happening> wanted) {
        return events.stream().filter(wanted).findFirst();
    }

    private static Optional<Happening> last(List<Happening> events, Predicate<Happening> wanted) {
        return events.stream().filter(wanted).reduce((earlier, later) -> later);
    }
}
