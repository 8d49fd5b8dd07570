package io.interrex.host;

import io.interrex.cluster.port.Space;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Says how much room there is where something is kept. */
public final class Spaces {

    private Spaces() {}

    /** A place, and what is kept there. */
    public record Place(String name, Path path) {}

    /** Each file system once, by the first place on it; what does not exist, or cannot be looked at, is left out. */
    public static List<Space> of(List<Place> places) {
        var spaces = new ArrayList<Space>();
        var seen = new ArrayList<Object>();
        for (Place place : places) {
            Optional<Object> device = device(place.path());
            long size = device.isEmpty() ? 0 : place.path().toFile().getTotalSpace();
            if (size > 0 && !seen.contains(device.get())) {
                seen.add(device.get());
                spaces.add(new Space(place.name(), place.path().toFile().getUsableSpace(), size));
            }
        }
        return List.copyOf(spaces);
    }

    /** Empty where there is nothing to look at. */
    private static Optional<Object> device(Path path) {
        try {
            return Optional.of(Files.getAttribute(path, "unix:dev"));
        } catch (IOException | UnsupportedOperationException e) {
            return Optional.empty();
        }
    }
}
