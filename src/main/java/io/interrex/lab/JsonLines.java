package io.interrex.lab;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Talks to whoever started a probe: commands in, one a line; answers and events out, one JSON object a line. */
final class JsonLines {
    private final JsonMapper json = new JsonMapper();
    private final PrintStream out;

    JsonLines(PrintStream out) {
        this.out = out;
    }

    /** Answers one command; the words are its name and its arguments. */
    interface Answers {
        void answer(List<String> words);
    }

    void tell(String event, Map<String, ?> fields) {
        var line = new LinkedHashMap<String, Object>();
        line.put("event", event);
        line.putAll(fields);
        synchronized (out) {
            out.println(json.valueToTree(line).toString());
            out.flush();
        }
    }

    void tell(String event, Object value) {
        tell(event, Map.of("value", value));
    }

    /** Returns at the command "stop" or at the end of the input, so that a probe ends with the one who started it. */
    void serve(InputStream in, Answers answers) throws IOException {
        var lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null && !line.strip().equals("stop"); line = lines.readLine()) {
            List<String> words = List.of(line.strip().split("\\s+"));
            try {
                answers.answer(words);
            } catch (IllegalArgumentException | IndexOutOfBoundsException | LabException e) {
                tell("error", Map.of("command", line, "why", String.valueOf(e.getMessage())));
            }
        }
    }

    static Map<String, ?> fields(Outage outage) {
        return Map.of(
                "fromNanos", outage.fromNanos(),
                "toNanos", outage.toNanos(),
                "ms", outage.duration().toNanos() / 1e6,
                "over", outage.over());
    }
}
