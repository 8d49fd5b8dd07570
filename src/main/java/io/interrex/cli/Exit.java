package io.interrex.cli;

import io.interrex.node.NodeRunner;

/** How a command ended; the number is the exit code of the process. */
public enum Exit {
    OK(0, "done"),
    REFUSED(1, "refused by a rule, or the operation failed"),
    USAGE(2, "wrong command line, configuration or request"),
    UNREACHABLE(3, "no node answered"),
    UNKNOWN(4, "it is not known whether the order was recorded, or its end was not seen in time"),
    INTERNAL(5, "an error of Interrex itself"),
    HANDS_FAILED(NodeRunner.HANDS_FAILED, "a part of the node failed, its log says why; start the node again");

    private final int code;
    private final String meaning;

    Exit(int code, String meaning) {
        this.code = code;
        this.meaning = meaning;
    }

    public int code() {
        return code;
    }

    String meaning() {
        return meaning;
    }
}
