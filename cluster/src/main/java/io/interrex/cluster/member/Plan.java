package io.interrex.cluster.member;

import org.jspecify.annotations.Nullable;

/**
 * What an agent makes true now. Output contract: {@code save} is on disk before anything else of the plan happens, and
 * the plan is made anew after it.
 *
 * @param leaseEpoch the lease to hold, 0: none
 * @param armGuard the server may be out of recovery: it dies with the lease
 * @param allowGate a barrier of the current epoch is in the log for this run of the server
 * @param allowRead readers may come in
 * @param step the next thing to do, null: wait
 * @param doing in words, for status
 */
public record Plan(
        @Nullable MemberHard save,
        long leaseEpoch,
        boolean armGuard,
        boolean allowGate,
        boolean allowRead,
        @Nullable Step step,
        String doing) {

    static Plan saving(MemberHard hard, String doing) {
        return new Plan(hard, 0, false, false, false, null, doing);
    }

    static Plan idle(String doing) {
        return new Plan(null, 0, false, false, false, null, doing);
    }

    static Plan step(Step step, String doing) {
        return new Plan(null, 0, false, false, false, step, doing);
    }

    Plan holding(long epoch, boolean arm, boolean gate) {
        return new Plan(save, epoch, arm, gate, allowRead, step, doing);
    }

    Plan doing(Step next) {
        return new Plan(save, leaseEpoch, armGuard, allowGate, allowRead, next, doing);
    }

    Plan readable() {
        return new Plan(save, leaseEpoch, armGuard, allowGate, true, step, doing);
    }
}
