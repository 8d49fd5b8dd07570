package io.interrex.cluster.supervision;

/**
 * Decides when people are told, past the log, that a node reaches no majority of voters. A node that never reached one
 * says nothing: it is starting, or its group is.
 *
 * @param seen whether it ever reached one
 * @param lostAtMs since when it does not, −1 while it does
 * @param told whether people know
 */
public record VoterReach(boolean seen, long lostAtMs, boolean told) {

    public static final VoterReach START = new VoterReach(false, -1, false);

    /** @param tell whether people are to be told now */
    public record Look(VoterReach next, boolean tell) {}

    /** @param toldAfterMs a shorter loss is nobody's concern; the time after which every gate has closed */
    public Look look(boolean majority, long nowMs, long toldAfterMs) {
        if (majority) {
            return new Look(new VoterReach(true, -1, false), false);
        }
        if (!seen) {
            return new Look(this, false);
        }
        long since = lostAtMs < 0 ? nowMs : lostAtMs;
        boolean tell = !told && nowMs - since >= toldAfterMs;
        return new Look(new VoterReach(true, since, told || tell), tell);
    }
}
