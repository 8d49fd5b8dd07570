package io.interrex.cluster.port;

import io.interrex.cluster.lease.VoterHard;
import io.interrex.cluster.member.CrashHistory;
import io.interrex.cluster.member.MemberHard;

/**
 * What a host has promised, on disk: written atomically with a checksum and fsynced before the call returns. A damaged file
 * is an error, never a fresh start: a promise that was forgotten is a promise that is broken.
 */
public interface HardStore {

    /** {@link MemberHard#NEW} where none was ever written. */
    Outcome<MemberHard> loadMember(String group);

    /** Done means: forced to disk. Refused or unknown: the promise was not made, and nobody may be told. */
    Outcome<Nothing> saveMember(String group, MemberHard hard);

    /** {@link CrashHistory#NONE} where none was ever written. */
    Outcome<CrashHistory> loadCrashes(String group);

    /** No promise: without it a restart of the node forgets how often its server died. */
    Outcome<Nothing> saveCrashes(String group, CrashHistory history);

    /** {@link VoterHard#NEW} where none was ever written. */
    Outcome<VoterHard> loadVoter();

    /** Done means: forced to disk. Refused or unknown: nothing may be granted that depends on it. */
    Outcome<Nothing> saveVoter(VoterHard hard);
}
