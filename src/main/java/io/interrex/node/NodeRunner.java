package io.interrex.node;

import io.interrex.config.Installation;
import io.interrex.config.NodeConfig;

/** Runs one node until it is told to stop. */
public interface NodeRunner {

    /**
     * @param config sound, as the file says
     * @param host what was found on this host, and found fit
     * @return the exit code of the process
     */
    int run(NodeConfig config, Installation host) throws Exception;
}
