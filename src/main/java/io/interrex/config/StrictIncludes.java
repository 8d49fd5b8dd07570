package io.interrex.config;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigIncludeContext;
import com.typesafe.config.ConfigIncluder;
import com.typesafe.config.ConfigIncluderClasspath;
import com.typesafe.config.ConfigIncluderFile;
import com.typesafe.config.ConfigIncluderURL;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseable;
import java.io.File;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Includes files beside the one that names them, within limits. One that is missing is an error; HOCON would pass over it
 * without a word. What is not a file of this host is refused: a node must be able to start when the network is down.
 */
final class StrictIncludes implements ConfigIncluder, ConfigIncluderFile, ConfigIncluderURL, ConfigIncluderClasspath {

    private static final int FILES_MAX = 32;

    private final Path root;
    private final MergedKeys merged;
    private final List<Path> open = new ArrayList<>();
    private int files;
    private Optional<Problem> refusal = Optional.empty();

    /** @param merged has counted the keys of {@code root} */
    StrictIncludes(Path root, MergedKeys merged) {
        this.root = root;
        this.merged = merged;
        open.add(identity(root));
    }

    /** Why the last include was refused. */
    Optional<Problem> refusal() {
        return refusal;
    }

    @Override
    public ConfigIncluder withFallback(ConfigIncluder fallback) {
        return this;
    }

    @Override
    public ConfigObject include(ConfigIncludeContext context, String what) {
        ConfigParseable parseable = context.relativeTo(what);
        String name = parseable == null ? null : parseable.origin().filename();
        if (parseable == null || name == null) {
            throw refused("include \"" + what + "\" names no file", "Correct the include, or remove it");
        }
        Path file = Path.of(name);
        Path identity = identity(file);
        if (open.contains(identity)) {
            String chain = Stream.concat(open.stream(), Stream.of(identity))
                    .map(Path::toString)
                    .collect(Collectors.joining(" -> "));
            throw refused("files include each other in a circle: " + chain, "Remove one of these includes");
        }
        if (++files > FILES_MAX) {
            throw refused("more than " + FILES_MAX + " files are included", "Join some of them");
        }
        try {
            merged.add(file, RepeatedKeys.in(SourceText.read(file)));
        } catch (ConfigProblems e) {
            refusal = e.problems().stream().findFirst();
            throw new ConfigException.Generic(file + " cannot be included");
        }
        open.add(identity);
        try {
            return parseable.parse(context.parseOptions().setAllowMissing(false));
        } finally {
            open.removeLast();
        }
    }

    @Override
    public ConfigObject includeFile(ConfigIncludeContext context, File what) {
        return include(context, what.getPath());
    }

    @Override
    public ConfigObject includeURL(ConfigIncludeContext context, URL what) {
        throw refused("include url(\"" + what + "\") is not a file of this host", "Copy it, and name the copy");
    }

    @Override
    public ConfigObject includeResources(ConfigIncludeContext context, String what) {
        throw refused("include classpath(\"" + what + "\") is not a file of this host", "Copy it, and name the copy");
    }

    private ConfigException refused(String reason, String remedy) {
        refusal = Optional.of(new Problem(root.toString(), null, null, reason, remedy));
        return new ConfigException.Generic(reason);
    }

    private static Path identity(Path file) {
        return file.toAbsolutePath().normalize();
    }
}
