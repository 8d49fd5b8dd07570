package io.interrex.node;

import io.interrex.config.Installation;
import io.interrex.config.NodeConfig;

/** Runs one node until it is told to stop. */
public interface NodeRunner {

    /** Exit code of a node that ended itself, because one of the parts that must not be missing failed. */
    int HANDS_FAILED = 6;

    /**
     * @param config sound, as the file says
     * @param host what was found on this host, and found fit
     * @return the exit code of the process
     */
    int run(NodeConfig config, Installation host) throws Exception;
}
