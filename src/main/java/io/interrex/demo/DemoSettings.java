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
 * @param layout of the hosts
 */
record DemoSettings(
        Path directory, Path dist, @Nullable Path from, String profile, String pgBin, boolean keep, Layout layout) {

    DemoSettings withProfile(String other) {
        return new DemoSettings(directory, dist, from, other, pgBin, keep, layout);
    }

    /** With the profile that it is for, where it is for one. */
    DemoSettings with(Layout other) {
        String its = other.profile();
        return new DemoSettings(directory, dist, from, its == null ? profile : its, pgBin, keep, other);
    }
}
