package io.interrex.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads a configuration file into a {@link ClusterConfig}, or says everything that is wrong with it. */
public final class ConfigFile {

    private ConfigFile() {}

    /** Reads a file with its includes; throws all that is wrong with it at once. */
    public static ClusterConfig load(Path file) throws ConfigProblems {
        try {
            return read(file);
        } catch (StackOverflowError e) {
            // HOCON's reader follows every level of nesting, and there are more ways to nest than brackets
            throw new ConfigProblems(List.of(new Problem(
                    file.toString(),
                    null,
                    null,
                    "keys are nested too deeply",
                    "No key of Interrex lies deeper than 6")));
        }
    }

    private static ClusterConfig read(Path file) throws ConfigProblems {
        Notes notes = new Notes(file);
        Config config = parse(file, notes);
        ClusterConfig read = new ConfigReader(notes).read(file, Section.root(notes, config.root()));
        Consistency.check(read, notes);
        if (!notes.problems().isEmpty()) {
            throw new ConfigProblems(notes.problems());
        }
        return new ClusterConfig(
                read.file(),
                read.name(),
                read.generation(),
                read.profile(),
                read.timings(),
                read.nodes(),
                read.groups(),
                read.routers(),
                read.notifiers(),
                read.directories(),
                read.kernelGate(),
                read.insecure(),
                read.watchdog(),
                notes.warnings(),
                notes.effective());
    }

    private static Config parse(Path file, Notes notes) throws ConfigProblems {
        String text = SourceText.read(file);
        RepeatedKeys.Found keys = RepeatedKeys.in(text);
        keys.repeated()
                .forEach(again -> notes.problem(
                        file + ":" + again.line(),
                        again.key(),
                        null,
                        "is written twice, first in line " + again.firstLine()
                                + "; the later would silently win or be mixed in",
                        "Give one of them another name, or merge the two"));
        var merged = new MergedKeys();
        merged.add(file, keys);
        var includes = new StrictIncludes(file, merged);
        try {
            Config parsed = ConfigFactory.parseFile(
                    file.toAbsolutePath().toFile(),
                    ConfigParseOptions.defaults().setAllowMissing(false).setIncluder(includes));
            Optional<Problem> tooMany = Substitutions.refusal(file, parsed.root());
            if (tooMany.isPresent()) {
                throw new ConfigProblems(List.of(tooMany.get()));
            }
            return parsed.resolve();
        } catch (ConfigException.UnresolvedSubstitution e) {
            throw broken(file, e, "a ${…} in it has no value", "Set that variable or key, or write ${?…}");
        } catch (ConfigException e) {
            if (includes.refusal().isPresent()) {
                throw new ConfigProblems(List.of(includes.refusal().get()));
            }
            throw broken(file, e, "it is not HOCON", "Correct the line; quote texts with special characters");
        }
    }

    private static ConfigProblems broken(Path file, ConfigException e, String what, String remedy) {
        int line = e.origin() == null ? -1 : e.origin().lineNumber();
        String where = line > 0 ? file + ":" + line : file.toString();
        return new ConfigProblems(
                List.of(new Problem(where, null, null, what + ": " + detail(e.getMessage()), remedy)));
    }

    /** The library's sentence without the origin that it repeats. */
    private static String detail(@Nullable String message) {
        if (message == null) {
            return "no detail";
        }
        int end = message.indexOf(": ", message.lastIndexOf(".conf: ") + 1);
        return (end < 0 ? message : message.substring(end + 2)).replaceFirst("^\\d+: ", "");
    }
}
