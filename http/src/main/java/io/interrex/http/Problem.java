package io.interrex.http;

import io.interrex.cluster.group.RuleId;
import java.util.Optional;

/**
 * An answer that is not what was asked for (RFC 9457, problem+json). This is the one place where failures get their status.
 *
 * @param status HTTP status
 * @param type stable word, after {@code urn:interrex:}
 * @param title the kind of problem
 * @param detail what happened, to what
 * @param rule that refused, where one did
 * @param remedy what the one who asks can do
 */
record Problem(int status, String type, String title, String detail, Optional<RuleId> rule, String remedy) {

    static Problem badRequest(String detail, String remedy) {
        return new Problem(400, "bad-request", "The request is wrong", detail, Optional.empty(), remedy);
    }

    static Problem notFound(String detail, String remedy) {
        return new Problem(404, "not-found", "There is no such thing", detail, Optional.empty(), remedy);
    }

    static Problem methodNotAllowed(String method, String path, String allowed) {
        return new Problem(
                405,
                "method-not-allowed",
                "The method does not fit the path",
                path + " does not take " + method,
                Optional.empty(),
                "Use " + allowed);
    }

    static Problem tooLarge(long most) {
        return new Problem(
                413,
                "too-large",
                "The body is too large",
                "the body has more than " + most + " bytes",
                Optional.empty(),
                "Send only the fields of the order");
    }

    static Problem wrongMediaType() {
        return new Problem(
                415,
                "wrong-media-type",
                "The body has the wrong media type",
                "an order is application/json",
                Optional.empty(),
                "Set Content-Type: application/json, and send at least {}");
    }

    static Problem notAcceptable() {
        return new Problem(
                406,
                "not-acceptable",
                "There is no answer of such a media type",
                "the Accept header takes neither application/json nor text/event-stream",
                Optional.empty(),
                "Leave it out, or send Accept: application/json");
    }

    static Problem fromBrowser() {
        return new Problem(
                403,
                "origin",
                "Orders from web pages are refused",
                "the request has an Origin header, and this API has no sessions that could be trusted",
                Optional.empty(),
                "Use the command line, or a client that is not a browser");
    }

    static Problem refused(RuleId rule, String why) {
        return new Problem(
                409, "refused", "The order is refused", why, Optional.of(rule), "The rule says: " + rule.sentence());
    }

    static Problem unknownOutcome(String why, String operation) {
        return new Problem(
                504,
                "unknown-outcome",
                "It is not known whether the order was recorded",
                why,
                Optional.empty(),
                "Look at the events, or send it again with \"operation\": \"" + operation + "\", which is harmless");
    }

    static Problem unknownReload(String why) {
        return new Problem(
                504,
                "unknown-outcome",
                "It is not known whether the file is recorded",
                why,
                Optional.empty(),
                "Look at the events and the status, or order the same again, which is harmless");
    }

    static Problem notYet(String detail, String remedy) {
        return new Problem(503, "not-available", "Not available now", detail, Optional.empty(), remedy);
    }

    static Problem internal(String reference) {
        return new Problem(
                500,
                "internal",
                "Interrex failed to answer",
                "an unexpected error; it is in this node's log as " + reference,
                Optional.empty(),
                "Ask another node, and report the log's line");
    }
}
