package io.interrex.postgresql;

/**
 * Something that is in the way of an adoption.
 *
 * @param giveUp by which name a person may say that it is to be lost, empty where that is no choice
 */
public record Hindrance(String what, String remedy, String giveUp) {

    static Hindrance of(String what, String remedy) {
        return new Hindrance(what, remedy, "");
    }
}
