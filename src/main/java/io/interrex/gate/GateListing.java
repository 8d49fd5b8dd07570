package io.interrex.gate;

import io.interrex.cluster.port.Gate;
import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads what the kernel holds, from the text of {@code nft list table}. The text form is used because the JSON form cuts
 * timers to whole seconds. The kernel lists no element that has run out.
 *
 * @param chosen slots that count; more than one is somebody else's doing
 * @param timers time left in each slot that has some
 * @param read time left for readers, null where none pass
 * @param rules the chains as the kernel prints them, to be compared
 */
record GateListing(
        Set<Slot> chosen,
        Map<Slot, Duration> timers,
        @Nullable Duration read,
        String rules) {

    private static final Pattern SET = Pattern.compile("set (\\w+) \\{");
    private static final String END_OF_SET = "\n\t}";
    private static final int DIGITS_MAX = 9;
    private static final Pattern EXPIRES = Pattern.compile("expires (\\w+)");
    private static final Pattern UNIT = Pattern.compile("(\\d+)(ms|[dhms])");

    static GateListing parse(String text) {
        Set<Slot> chosen = EnumSet.noneOf(Slot.class);
        Map<Slot, Duration> timers = new EnumMap<>(Slot.class);
        Duration read = null;
        Matcher sets = SET.matcher(text);
        int end = 0;
        while (sets.find(end) && (end = text.indexOf(END_OF_SET, sets.end())) >= 0) {
            String name = sets.group(1);
            String body = text.substring(sets.end(), end);
            if (!body.contains("elements = {")) {
                continue;
            }
            for (Slot slot : Slot.values()) {
                if (name.equals(slot.chosenSet())) {
                    chosen.add(slot);
                } else if (name.equals(slot.timerSet())) {
                    timers.put(slot, timeLeft(body));
                }
            }
            if (name.equals(GateTable.READ_SET)) {
                read = timeLeft(body);
            }
        }
        int chains = text.indexOf("\tchain ");
        return new GateListing(chosen, timers, read, chains < 0 ? "" : text.substring(chains));
    }

    private static Duration timeLeft(String body) {
        Matcher expires = EXPIRES.matcher(body);
        return expires.find() ? duration(expires.group(1)) : Duration.ofDays(1);
    }

    /** Reads a time as nft prints it: {@code 1m2s30ms}. One that no kernel has, of ten digits or more, is a very long one. */
    static Duration duration(String text) {
        Duration sum = Duration.ZERO;
        Matcher units = UNIT.matcher(text);
        while (units.find()) {
            String digits = units.group(1);
            long amount = digits.length() > DIGITS_MAX ? 999_999_999 : Long.parseLong(digits);
            sum = sum.plus(
                    switch (units.group(2)) {
                        case "ms" -> Duration.ofMillis(amount);
                        case "s" -> Duration.ofSeconds(amount);
                        case "m" -> Duration.ofMinutes(amount);
                        case "h" -> Duration.ofHours(amount);
                        default -> Duration.ofDays(amount);
                    });
        }
        return sum;
    }

    /** Who passes, and for how long: the longest of the timers that count. */
    Gate.State state() {
        Duration open = Duration.ZERO;
        for (Slot slot : chosen) {
            Duration left = timers.getOrDefault(slot, Duration.ZERO);
            open = left.compareTo(open) > 0 ? left : open;
        }
        if (!open.isZero()) {
            return new Gate.State(Gate.Position.OPEN, open);
        }
        return read == null
                ? new Gate.State(Gate.Position.CLOSED, Duration.ZERO)
                : new Gate.State(Gate.Position.READ, read);
    }
}
