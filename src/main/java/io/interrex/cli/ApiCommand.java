package io.interrex.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What all commands that ask a node have in common. */
abstract class ApiCommand implements Callable<Integer> {

    @Mixin
    final Connection connection = new Connection();

    @Spec
    CommandSpec spec = CommandSpec.create();

    PrintWriter out() {
        return spec.commandLine().getOut();
    }

    PrintWriter err() {
        return spec.commandLine().getErr();
    }

    void print(List<String> lines) {
        lines.forEach(out()::println);
        out().flush();
    }

    /** What a path answers; fails with its problem. */
    static JsonNode get(ApiClient client, String path) throws Failure {
        ApiClient.Reply reply = client.get(path);
        if (reply.status() != 200) {
            throw Problems.failure(reply);
        }
        return reply.body();
    }
}
