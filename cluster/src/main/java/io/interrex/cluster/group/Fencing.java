package io.interrex.cluster.group;

/** In which way a former primary can no longer serve. */
public enum Fencing {
    VERIFIED_DEAD,
    /** A hook says that its host is without power, after the epoch was begun. */
    POWERED_OFF,
    RELEASED,
    LEASE_EXPIRED;

    /**
     * Whether promises to that member of older epochs are void: it has promised, durably, to renew none. A host without power
     * has promised nothing; switched on again it may have been granted a round that is newer than this.
     */
    public boolean endsPromises() {
        return switch (this) {
            case VERIFIED_DEAD, RELEASED -> true;
            case POWERED_OFF, LEASE_EXPIRED -> false;
        };
    }
}
