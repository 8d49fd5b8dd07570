package io.interrex.http;

/** Ends the handling of a request whose address is wrong, with the answer that it gets. */
final class BadQuery extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final transient Problem problem;

    BadQuery(Problem problem) {
        super(problem.detail());
        this.problem = problem;
    }

    Problem problem() {
        return problem;
    }
}
