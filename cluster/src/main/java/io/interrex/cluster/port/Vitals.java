package io.interrex.cluster.port;

import java.util.List;

/**
 * What wears out slowly on a member's host, looked at every few seconds only.
 *
 * @param spaces none: not known
 * @param slotsUsed connections that clients have; −1: not known
 * @param slotsMax connections that clients can have, without those that the server reserves; −1: not known
 */
public record Vitals(List<Space> spaces, int slotsUsed, int slotsMax) {

    public static final Vitals UNKNOWN = new Vitals(List.of(), -1, -1);
}
