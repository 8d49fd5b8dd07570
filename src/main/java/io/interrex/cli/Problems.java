package io.interrex.cli;

import com.fasterxml.jackson.databind.JsonNode;

/** Turns a problem of the API into words and an exit code. */
final class Problems {

    private Problems() {}

    /** What happened, by which rule, and what can be done. */
    static String text(JsonNode problem) {
        String rule = problem.at("/rule/label").asText("");
        String detail = problem.path("detail").asText(problem.toString());
        String remedy = problem.path("remedy").asText("");
        return (rule.isEmpty() ? "" : rule + ": ")
                + detail
                + (remedy.isEmpty() ? "" : ". " + remedy + (remedy.endsWith(".") ? "" : "."));
    }

    static Failure failure(ApiClient.Reply reply) {
        Exit exit = switch (reply.status()) {
            case 409 -> Exit.REFUSED;
            case 504 -> Exit.UNKNOWN;
            case 503 -> Exit.UNREACHABLE;
            default -> reply.status() >= 500 ? Exit.INTERNAL : Exit.USAGE;
        };
        return new Failure(exit, (exit == Exit.REFUSED ? "refused by " : "") + text(reply.body()));
    }
}
