package io.interrex.config;

import java.util.List;
import java.util.stream.Collectors;

/** Says everything that is wrong with a configuration, at once; the node does not start. */
public final class ConfigProblems extends Exception {

    private static final long serialVersionUID = 1;

    private final transient List<Problem> problems;

    public ConfigProblems(List<Problem> problems) {
        super(text(problems));
        this.problems = List.copyOf(problems);
    }

    public List<Problem> problems() {
        return problems;
    }

    /** All of it, one problem per line. */
    public String report() {
        return text(problems);
    }

    private static String text(List<Problem> problems) {
        String count = problems.size() == 1 ? "1 problem" : problems.size() + " problems";
        return problems.stream()
                .map(problem -> "  " + problem.line())
                .collect(Collectors.joining("\n", "The configuration has " + count + ":\n", ""));
    }
}
