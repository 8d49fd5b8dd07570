package io.interrex.demo;

import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a fault needs the installation to be.
 *
 * @param witnesses hosts with a voter and no member
 * @param k how many standbys hold each commit
 * @param smallDisks whether each server gets a disk of its own that can be filled
 * @param profile that its promise is for; null: whichever was chosen
 */
record Layout(
        List<String> witnesses,
        int k,
        boolean smallDisks,
        @Nullable String profile) {

    static final Layout USUAL = new Layout(List.of(), 1, false, null);
    static final Layout FIVE_VOTERS = new Layout(List.of("d", "e"), 1, false, null);
    static final Layout TWO_COPIES = new Layout(List.of(), 2, false, null);
    static final Layout SMALL_DISKS = new Layout(List.of(), 1, true, null);
    static final Layout DEFAULT_PROFILE = new Layout(List.of(), 1, false, "default");

    /** One on which all of these can be shown, by the profile that was chosen. */
    static Layout of(Collection<FaultKind> faults) {
        Layout all = USUAL;
        for (FaultKind fault : faults) {
            Layout one = fault.layout();
            all = new Layout(
                    all.witnesses().isEmpty() ? one.witnesses() : all.witnesses(),
                    Math.max(all.k(), one.k()),
                    all.smallDisks() || one.smallDisks(),
                    null);
        }
        for (FaultKind fault : faults) {
            if (fault.layout().k() < all.k() && fault == FaultKind.REPLICA) {
                throw new DemoException(
                        "the fault 'replica' needs k = 1 and another of those k = 2: tell of them one after the other");
            }
        }
        return all;
    }
}
