package io.interrex.demo.versus;

import io.interrex.host.ProgramPath;
import io.interrex.lab.LabException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Finds what another system consists of on this machine. */
final class Programs {

    private Programs() {}

    static String require(String program, String remedy) {
        return ProgramPath.find(program)
                .orElseThrow(() -> new LabException("the program " + program + " is not here: " + remedy))
                .toString();
    }

    /** Directory of PostgreSQL's programs; deploy/bench finds it. */
    static Path pgBin() {
        String named = System.getenv("PG_BIN");
        if (named == null) {
            throw new LabException(
                    "PG_BIN names no directory of PostgreSQL's programs; start deploy/bench, which finds one");
        }
        return Path.of(named);
    }

    /** A library that the server loads; it lies beside its programs. */
    static void requireLibrary(String name, String remedy) {
        Path library = pgBin().resolveSibling("lib").resolve(name + ".so");
        if (!Files.exists(library)) {
            throw new LabException(library + " is not here: " + remedy);
        }
    }
}
