package io.interrex.postgresql;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Asks PostgreSQL itself whether it would take a person's parameters: its program, which knows names, units, limits and words
 * without a server, and a server that runs, which knows its extensions' too. Rejected: a table of our own.
 */
public final class ParameterCheck {

    private static final String SAY = "server_version";

    private final PostgresSettings settings;
    private final Tools tools;

    ParameterCheck(PostgresSettings settings, ProcessLauncher launcher) {
        this.settings = settings;
        this.tools = new Tools(launcher);
    }

    /** Those that PostgreSQL would not take, each with its reason; nothing is asked where a server took all of them before. */
    public static SortedMap<String, String> refusedAtStart(PostgresSettings settings) throws IOException {
        String file = DurableFiles.readIfThere(settings.configFile());
        boolean taken = settings.parameters().isEmpty()
                || file != null && ServerConfiguration.hasTaken(file, settings.parameters());
        if (taken) {
            return new TreeMap<>();
        }
        try {
            return new ParameterCheck(settings, ProcessLauncher.DIRECT).byProgram(settings.parameters());
        } catch (Trouble e) {
            throw new IOException(e.text(), e);
        }
    }

    /** @param session to a server that runs; null: none does. One that does not answer knows no more than its program */
    SortedMap<String, String> refused(Map<String, String> parameters, @Nullable Session session) throws Trouble {
        SortedMap<String, String> refused = byProgram(parameters);
        if (session != null) {
            for (Map.Entry<String, String> one : parameters.entrySet()) {
                if (one.getKey().contains(".") && !refused.containsKey(one.getKey())) {
                    byServer(one.getKey(), one.getValue(), session, refused);
                }
            }
        }
        return refused;
    }

    /** All at once, because they are mostly right; one by one to find who is not. */
    private SortedMap<String, String> byProgram(Map<String, String> parameters) throws Trouble {
        var refused = new TreeMap<String, String>();
        if (parameters.isEmpty() || run(parameters).exit() == 0) {
            return refused;
        }
        for (Map.Entry<String, String> one : parameters.entrySet()) {
            Tools.Output said = run(Map.of(one.getKey(), one.getValue()));
            if (said.exit() != 0) {
                refused.put(one.getKey(), words(said.text()));
            }
        }
        if (refused.isEmpty()) {
            refused.putAll(together(parameters));
        }
        return refused;
    }

    /** No one alone is wrong: the last that makes it fail is told. */
    private Map<String, String> together(Map<String, String> parameters) throws Trouble {
        var so = new TreeMap<String, String>();
        for (Map.Entry<String, String> one : new TreeMap<>(parameters).entrySet()) {
            so.put(one.getKey(), one.getValue());
            Tools.Output said = run(so);
            if (said.exit() != 0) {
                return Map.of(one.getKey(), words(said.text()));
            }
        }
        return Map.of();
    }

    private Tools.Output run(Map<String, String> parameters) throws Trouble {
        var argv = new ArrayList<>(
                List.of(settings.tool("postgres"), "-D", Path.of("/").toString(), "-c", "config_file=/dev/null"));
        parameters.forEach((name, value) -> {
            argv.add("-c");
            argv.add(name + "=" + value);
        });
        argv.add("-C");
        argv.add(SAY);
        return tools.run(argv, settings.limits().tool());
    }

    /** For this one statement's transaction only. */
    private void byServer(String name, String value, Session session, Map<String, String> refused) {
        try {
            session.execute(
                    settings.limits().sql(),
                    "select set_config(name, ?, true) from pg_settings where lower(name) = lower(?)"
                            + " and context in ('user', 'superuser')",
                    value,
                    name);
        } catch (Trouble e) {
            if (e.sqlState().startsWith("22") || e.sqlState().startsWith("42")) {
                refused.put(name, e.text().replaceFirst("^.*?ERROR: ", ""));
            }
        }
    }

    private static String words(String said) {
        List<String> words = said.lines()
                .filter(line -> line.contains("FATAL:") || line.contains("HINT:") || line.contains("DETAIL:"))
                .map(line -> line.replaceFirst("^.*?(FATAL|HINT|DETAIL): +", ""))
                .toList();
        return words.isEmpty() ? said.strip() : String.join(" ", words).replaceFirst("\\.$", "");
    }
}
