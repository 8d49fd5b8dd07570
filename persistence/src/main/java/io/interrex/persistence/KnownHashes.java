package io.interrex.persistence;

import io.interrex.cluster.port.Envelope;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Hashes of the events seen last, so that the next append need not read first. */
final class KnownHashes {

    private static final int MAX = 512;

    private record Place(String stream, long version) {}

    private final Map<Place, String> hashes = new LinkedHashMap<>();

    synchronized void put(Envelope envelope) {
        hashes.put(new Place(envelope.stream(), envelope.version()), envelope.hash());
        if (hashes.size() > MAX) {
            hashes.remove(hashes.keySet().iterator().next());
        }
    }

    synchronized @Nullable String of(String stream, long version) {
        return hashes.get(new Place(stream, version));
    }

    synchronized void clear() {
        hashes.clear();
    }
}
