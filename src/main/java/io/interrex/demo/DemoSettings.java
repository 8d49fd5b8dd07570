package io.interrex.demo;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What is chosen at the start.
 *
 * @param directory that the demo owns
 * @param dist the package to run
 * @param from the package to begin with, of an older release; null: the same
 * @param profile of the timings
 * @param pgBin directory of PostgreSQL's programs, or {@code auto}
 * @param keep whether data of the last time is used again, and stays
 * @param smallDisks whether each server gets a disk of its own that can be filled
 */
record DemoSettings(
        Path directory,
        Path dist,
        @Nullable Path from,
        String profile,
        String pgBin,
        boolean keep,
        boolean smallDisks) {

    DemoSettings withProfile(String other) {
        return new DemoSettings(directory, dist, from, other, pgBin, keep, smallDisks);
    }
}
