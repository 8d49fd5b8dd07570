package io.interrex.cluster.group;

import io.interrex.cluster.durability.Lsn;
import io.interrex.cluster.durability.Reign;
import io.interrex.cluster.durability.SyncSet;
import io.interrex.cluster.group.Evidence.Dead;
import io.interrex.cluster.group.Evidence.NoAnswer;
import io.interrex.cluster.group.Evidence.Revoked;
import io.interrex.cluster.group.Evidence.VoterView;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the short words in which the truth tables of the tests say what was seen.
 *
 * <pre>
 *   b:90         b promised the epoch that is asked about; its WAL goes to 90, its last marker is of epoch 1
 *   b:90/2       the same, with the marker of epoch 2;   b:90/2x  with a marker of epoch 2 that is not the log's
 *   b:90^1       it promised epoch 1 only;               b:90@8   it has the system identifier 8, not 7
 *   b:90t2       its last record is on timeline 2, not 1
 *   a:dead:100   a is dead, its WAL goes to 100;         a:stopped:100   it stopped with a shutdown checkpoint there
 *   b:none       b did not answer
 *   b<wal        node b sees a standby that gets WAL from the primary
 *   x~900        voter x heard no renewal for 900 ms;    x~released, x~starting
 * </pre>
 */
public final class Facts {

    private static final Pattern REVOKED =
            Pattern.compile("(\\w+):(\\d+)(?:/(\\d+)(x?))?(?:\\^(\\d+))?(?:@(\\d+))?(?:t(\\d+))?");
    private static final Pattern DEAD = Pattern.compile("(\\w+):(dead|stopped):(\\d+)(?:\\^(\\d+))?");
    private static final Pattern VOTER = Pattern.compile("(\\w+)~(\\w+)(?:\\^(\\d+))?");

    private static final Pattern RECEIVES = Pattern.compile("(\\w+)<wal");

    private Facts() {}

    /** The uuid of the reign of {@code epoch}. */
    public static UUID uuid(long epoch) {
        return new UUID(0, epoch);
    }

    /** A link of the log's chain. */
    public static Reign reign(long epoch, long switchLsn) {
        return new Reign(epoch, uuid(epoch), (int) epoch, new Lsn(switchLsn));
    }

    public static SortedSet<String> names(@Nullable String words) {
        return words == null || words.isBlank()
                ? new TreeSet<>()
                : new TreeSet<>(Arrays.asList(words.strip().split("[ ,]+")));
    }

    /** {@code none}, or as in {@code ANY 1 (b, c)}; {@code 1 b c} is short for it. */
    public static SyncSet syncSet(String words) {
        if (words.equals("none")) {
            return SyncSet.NONE;
        }
        String[] parts = words.replaceAll("[A-Z(),]", " ").strip().split(" +", 2);
        return SyncSet.of(Integer.parseInt(parts[0]), names(parts.length > 1 ? parts[1] : ""));
    }

    /** @param epoch the one that is asked about */
    public static List<Evidence> evidence(@Nullable String words, long epoch) {
        var all = new ArrayList<Evidence>();
        for (String word :
                words == null || words.isBlank() ? new String[0] : words.strip().split(" +")) {
            all.add(one(word, epoch));
        }
        return List.copyOf(all);
    }

    private static Evidence one(String word, long epoch) {
        Matcher revoked = REVOKED.matcher(word);
        if (revoked.matches()) {
            long marker = revoked.group(3) == null ? 1 : Long.parseLong(revoked.group(3));
            boolean foreign = "x".equals(revoked.group(4));
            return new Revoked(
                    revoked.group(1),
                    revoked.group(5) == null ? epoch : Long.parseLong(revoked.group(5)),
                    new Lsn(Long.parseLong(revoked.group(2))),
                    revoked.group(7) == null ? 1 : Integer.parseInt(revoked.group(7)),
                    marker,
                    foreign ? new UUID(9, marker) : uuid(marker),
                    revoked.group(6) == null ? "7" : revoked.group(6));
        }
        Matcher dead = DEAD.matcher(word);
        if (dead.matches()) {
            return new Dead(
                    dead.group(1),
                    dead.group(4) == null ? epoch : Long.parseLong(dead.group(4)),
                    new Lsn(Long.parseLong(dead.group(3))),
                    dead.group(2).equals("stopped"),
                    40);
        }
        Matcher voter = VOTER.matcher(word);
        if (voter.matches()) {
            String says = voter.group(2);
            boolean inMs = Character.isDigit(says.charAt(0));
            return new VoterView(
                    voter.group(1),
                    voter.group(3) == null ? epoch : Long.parseLong(voter.group(3)),
                    inMs ? Long.parseLong(says) : 0,
                    0,
                    says.equals("released"),
                    says.equals("starting"));
        }
        Matcher receives = RECEIVES.matcher(word);
        if (receives.matches()) {
            return new Evidence.PeerView(receives.group(1), true, 9, true, 0);
        }
        if (word.endsWith(":none")) {
            return new NoAnswer(word.substring(0, word.indexOf(':')), "did not answer");
        }
        throw new IllegalArgumentException("not a fact: " + word);
    }
}
