package io.interrex.cluster.member;

/**
 * What a member's host has promised, on disk before anybody is told.
 *
 * @param maxEpoch the highest epoch that it knows; it acts for none below
 * @param released the highest epoch whose lease it gave back; it never renews it again
 * @param incarnation how often its agent has started
 * @param role what it was when this was written
 * @param roleEpoch the epoch of that role
 * @param openedStartMs the run of the server (its start, ms since 1970) for which a barrier of roleEpoch is in the log; 0:
 *     none
 */
public record MemberHard(
        long maxEpoch, long released, long incarnation, Role role, long roleEpoch, long openedStartMs) {

    public static final MemberHard NEW = new MemberHard(0, 0, 0, Role.NONE, 0, 0);

    /** What the member was when its host last wrote it down. */
    public enum Role {
        NONE,
        /** May be, or become, a primary out of recovery. */
        PRIMARY,
        STANDBY,
        /** Was a primary; must not serve before it was rejoined. */
        FENCED
    }

    public MemberHard started() {
        return new MemberHard(maxEpoch, released, incarnation + 1, role, roleEpoch, openedStartMs);
    }

    public MemberHard promised(long epoch) {
        return new MemberHard(Math.max(maxEpoch, epoch), released, incarnation, role, roleEpoch, openedStartMs);
    }

    public MemberHard releasing(long epoch) {
        return new MemberHard(maxEpoch, Math.max(released, epoch), incarnation, Role.FENCED, roleEpoch, openedStartMs);
    }

    public MemberHard as(Role newRole, long epoch) {
        return new MemberHard(
                Math.max(maxEpoch, epoch),
                released,
                incarnation,
                newRole,
                epoch,
                newRole == role && epoch == roleEpoch ? openedStartMs : 0);
    }

    public MemberHard opened(long startMs) {
        return new MemberHard(maxEpoch, released, incarnation, role, roleEpoch, startMs);
    }

    /** It is, or was, a primary: asked to revoke, it must be dead rather than detached. */
    public boolean servedAsPrimary() {
        return role == Role.PRIMARY || role == Role.FENCED;
    }
}
