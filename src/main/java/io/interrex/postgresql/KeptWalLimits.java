package io.interrex.postgresql;

/**
 * How much divergent WAL a member keeps aside.
 *
 * @param bytesMax of all divergences together
 * @param countMax divergences
 * @param required what cannot be kept whole is not overwritten: a rewind or a clone is refused until there is room
 */
public record KeptWalLimits(long bytesMax, int countMax, boolean required) {

    public static final KeptWalLimits DEFAULT = new KeptWalLimits(2L << 30, 10, false);
}
