package io.interrex.persistence.ratis;

import io.interrex.persistence.hard.WholeFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Optional;
import java.util.UUID;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;

/**
 * By which id a voter takes part in the Raft group: its name, or, on a disk that took the seat of another one, its name and that
 * disk's id. What the disk before voted and acknowledged was another peer's, so that it does not matter that it was forgotten.
 */
final class LogPeer {

    private static final String SEPARATOR = "~";

    private LogPeer() {}

    private static Path file(Path storage) {
        return storage.resolve("peer");
    }

    /** As it is written in that directory; the name where nothing is. */
    static RaftPeerId of(String voter, Path storage) throws IOException {
        Path file = file(storage);
        return RaftPeerId.valueOf(Files.exists(file) ? Files.readString(file).strip() : voter);
    }

    static RaftPeerId of(String voter, UUID disk) {
        return RaftPeerId.valueOf(voter + SEPARATOR + disk);
    }

    /** A voter that is asked at that address, whatever else it is called. */
    static RaftPeerId at(RaftPeerId peer, String address) {
        return RaftPeerId.valueOf(voter(peer) + SEPARATOR + address);
    }

    /** From now on, and forced to disk. */
    static void write(Path storage, RaftPeerId peer) throws IOException {
        Files.createDirectories(storage);
        WholeFile.write(file(storage), peer.toString().getBytes(StandardCharsets.UTF_8));
    }

    static String voter(RaftPeerId peer) {
        String id = peer.toString();
        int end = id.indexOf(SEPARATOR);
        return end < 0 ? id : id.substring(0, end);
    }

    /** Voters are addressed by name; which disk is meant is for the servers among themselves. */
    static RaftPeerId named(RaftPeerId peer) {
        return RaftPeerId.valueOf(voter(peer));
    }

    static Optional<RaftPeer> find(Collection<RaftPeer> peers, String voter) {
        return peers.stream().filter(peer -> voter(peer.getId()).equals(voter)).findFirst();
    }
}
