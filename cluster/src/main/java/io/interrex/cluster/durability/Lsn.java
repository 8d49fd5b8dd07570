package io.interrex.cluster.durability;

/**
 * A position in PostgreSQL's write-ahead log, in bytes from its beginning, written {@code 16/B374D848} as PostgreSQL does
 * (PostgreSQL manual, "pg_lsn Type"). Compared as an unsigned number.
 */
public record Lsn(long value) implements Comparable<Lsn> {

    public static final Lsn ZERO = new Lsn(0);

    /** Reads PostgreSQL's form; throws {@link IllegalArgumentException} for anything else. */
    public static Lsn parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 1 || slash == text.length() - 1 || text.length() > 17) {
            throw new IllegalArgumentException("not a WAL position: '" + text + "' (expected a form like 16/B374D848)");
        }
        try {
            long high = Long.parseLong(text, 0, slash, 16);
            long low = Long.parseLong(text, slash + 1, text.length(), 16);
            if (high < 0 || low < 0 || high > 0xFFFF_FFFFL || low > 0xFFFF_FFFFL) {
                throw new NumberFormatException(text);
            }
            return new Lsn(high << 32 | low);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "not a WAL position: '" + text + "' (expected a form like 16/B374D848)", e);
        }
    }

    public boolean isAtLeast(Lsn other) {
        return compareTo(other) >= 0;
    }

    public Lsn max(Lsn other) {
        return isAtLeast(other) ? this : other;
    }

    /** Bytes from {@code earlier} to this; 0 where this is not after it. */
    public long bytesSince(Lsn earlier) {
        return isAtLeast(earlier) ? value - earlier.value : 0;
    }

    @Override
    public int compareTo(Lsn other) {
        return Long.compareUnsigned(value, other.value);
    }

    @Override
    public String toString() {
        return Long.toHexString(value >>> 32).toUpperCase(java.util.Locale.ROOT)
                + "/"
                + Long.toHexString(value & 0xFFFF_FFFFL).toUpperCase(java.util.Locale.ROOT);
    }
}
