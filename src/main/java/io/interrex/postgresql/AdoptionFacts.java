package io.interrex.postgresql;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a server that somebody else runs says of itself.
 *
 * @param version major version
 * @param upstream of a standby, empty where it receives nothing
 * @param timeline that it is on
 * @param walLogHints whether pg_rewind may rely on it without checksums
 * @param markers epoch and uuid of each reign that an Interrex group left in it
 * @param foreignInterrex it has a database of the name of Interrex's own, with something else in it
 * @param verifiers of the passwords of Interrex's roles, by role
 * @param identLost there are rules in its pg_ident.conf, and that is not in the data directory
 */
record AdoptionFacts(
        int version,
        boolean superuser,
        boolean standby,
        String upstream,
        String systemId,
        int timeline,
        boolean checksums,
        boolean walLogHints,
        int maxWalSenders,
        List<String> physicalSlots,
        List<String> logicalSlots,
        List<String> tablespaces,
        List<String> databases,
        List<String> roles,
        Map<String, String> verifiers,
        boolean foreignInterrex,
        List<String> markers,
        List<Setting> settings,
        String hbaFile,
        List<String> clientRules,
        String identFile,
        boolean identLost) {

    /**
     * @param file where it is set, null: on the command line
     * @param inData that file is in the data directory, and moves with it
     */
    record Setting(String name, String value, @Nullable String file, boolean inData) {}
}
