package io.interrex.cluster.exhaustive;

/** A hole in the change of a voter's disk, opened around the production code to show that the exhaustive check sees it. */
enum SeatMutant {
    SETTLED_SKIPPED("I2", 13, "The empty disk asks for the seat as soon as one voter grants without it."),
    NO_WAIT(
            "I2",
            15,
            "The empty disk waits for nothing that was granted before, and grants as soon as it has the seat."),
    NO_EPOCHS("I16", 22, "The empty disk takes the seat without the epochs that the others know."),
    ONE_STEP("I2", 9, "The seat goes from one disk to the other in one change."),
    ANY_NUMBER("I2", 18, "A voter grants rounds of every configuration.");

    /** The promise of protocol.md that sees it. */
    final String invariant;

    /** Length of a shortest way there. */
    final int moves;

    final String sentence;

    SeatMutant(String invariant, int moves, String sentence) {
        this.invariant = invariant;
        this.moves = moves;
        this.sentence = sentence;
    }
}
