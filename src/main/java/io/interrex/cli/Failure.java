package io.interrex.cli;

/** Ends a command with a message for the operator and an exit code. */
final class Failure extends Exception {

    private static final long serialVersionUID = 1;

    private final Exit exit;

    Failure(Exit exit, String message) {
        super(message);
        this.exit = exit;
    }

    Exit exit() {
        return exit;
    }

    String text() {
        return String.valueOf(getMessage());
    }
}
