package io.interrex.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** The defaults and, with them, the closed list of keys: {@code reference.conf} beside this class. */
final class Reference {

    /** Stands for any name that the operator chooses. */
    static final String ANY = "*";

    private Reference() {}

    static ConfigObject load() {
        try (InputStream in = Objects.requireNonNull(
                        Reference.class.getResourceAsStream("reference.conf"),
                        "reference.conf is missing in the package: build it again");
                Reader text = new InputStreamReader(in, StandardCharsets.UTF_8)) {
            Config defaults = ConfigFactory.parseReader(
                    text, ConfigParseOptions.defaults().setOriginDescription("reference.conf"));
            return defaults.root();
        } catch (IOException e) {
            throw new UncheckedIOException("reference.conf of the package cannot be read: build it again", e);
        }
    }

    /** All keys that have no keys below them, as {@code nodes.*.ports.hands}. */
    static List<String> leaves() {
        var found = new ArrayList<String>();
        collect("", load(), found);
        return List.copyOf(found);
    }

    private static void collect(String prefix, ConfigObject object, List<String> found) {
        object.forEach((key, value) -> {
            String path = prefix.isEmpty() ? key : prefix + "." + key;
            if (value instanceof ConfigObject below && !below.isEmpty()) {
                collect(path, below, found);
            } else {
                found.add(path);
            }
        });
    }
}
