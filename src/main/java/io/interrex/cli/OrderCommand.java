package io.interrex.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.interrex.cluster.group.RuleId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import picocli.CommandLine.Option;

/** What all commands that give an order have in common. */
abstract class OrderCommand extends ApiCommand {

    @Option(
            names = "--operation",
            paramLabel = "ID",
            description = "send an order again whose outcome is not known: its id, as it was told then")
    private UUID operation = UUID.randomUUID();

    /** How an order ends. */
    enum End {
        NOT_YET,
        AS_ORDERED,
        OTHERWISE
    }

    /** An order's body with its id and who gives it. */
    ObjectNode body() {
        return new ObjectMapper()
                .createObjectNode()
                .put("operation", operation.toString())
                .put("actor", actor());
    }

    /** Sends the order; fails where it is refused. */
    JsonNode send(ApiClient client, String path, ObjectNode body) throws Failure {
        ApiClient.Reply reply = client.post(connection.path(path), body.toString());
        if (reply.status() != 202) {
            throw Problems.failure(reply);
        }
        JsonNode answer = reply.body();
        if (connection.json) {
            print(List.of(answer.toString()));
        } else {
            print(List.of("accepted by " + answer.at("/rule/label").asText() + ": "
                    + answer.path("why").asText()));
        }
        return answer;
    }

    /** Prints what happens from the order on until it is carried out. */
    Integer awaitEnd(ApiClient client, JsonNode accepted) throws Failure {
        if (accepted.at("/rule/code").asText().equals("R" + RuleId.ORDER_FINISHED.code())) {
            return Exit.OK.code();
        }
        var end = new End[] {End.NOT_YET};
        new EventFollower(
                        client,
                        connection,
                        accepted.path("version").asLong(),
                        note -> err().println("interrex: " + note))
                .follow(
                        event -> {
                            print(List.of(connection.json ? event.toString() : EventLines.line(event)));
                            end[0] = end(event);
                            return end[0] != End.NOT_YET;
                        },
                        endsWithin());
        return end[0] == End.AS_ORDERED ? Exit.OK.code() : Exit.REFUSED.code();
    }

    private End end(JsonNode event) {
        if (isOwnEnd(event)) {
            return event.path("succeeded").asBoolean() ? End.AS_ORDERED : End.OTHERWISE;
        }
        return endsBy(event);
    }

    private boolean isOwnEnd(JsonNode event) {
        return event.path("kind").asText().equals("OperationFinished")
                && event.path("operation").asText().equals(operation.toString());
    }

    /** How long its end is waited for at most. */
    Duration endsWithin() {
        return Duration.ofSeconds(60);
    }

    /** What an event that is not the order's own end says of it. */
    End endsBy(JsonNode event) {
        return End.NOT_YET;
    }

    static String actor() {
        String host = "unknown host";
        try {
            host = Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        } catch (IOException e) {
            host = "unknown host: " + e.getClass().getSimpleName();
        }
        return System.getProperty("user.name", "unknown") + "@" + host;
    }
}
