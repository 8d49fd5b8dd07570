package io.interrex.config;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigUtil;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Decides, before substitutions are put in, whether they may multiply: a value that names another twice, which names a third
 * twice, and so on, would fill any memory from a page of text. Few that name keys of the file cannot (n of them make at most
 * 3^(n/3) copies of what they name, 350 for 16); those that name variables of the environment end there.
 */
final class Substitutions {

    private static final int OF_OWN_KEYS_MAX = 16;
    private static final int ALL_MAX = 256;

    private final ConfigObject root;
    private int ofOwnKeys;
    private int all;

    private Substitutions(ConfigObject root) {
        this.root = root;
    }

    /** @param root with its includes, not resolved */
    static Optional<Problem> refusal(Path file, ConfigObject root) {
        var count = new Substitutions(root);
        count.in(root.render(ConfigRenderOptions.concise()));
        if (count.ofOwnKeys > OF_OWN_KEYS_MAX) {
            return Optional.of(new Problem(
                    file.toString(),
                    null,
                    null,
                    count.ofOwnKeys + " substitutions ${…} name keys of the configuration, at most " + OF_OWN_KEYS_MAX
                            + " may: they could multiply",
                    "Write the values out"));
        }
        return count.all > ALL_MAX
                ? Optional.of(new Problem(
                        file.toString(),
                        null,
                        null,
                        "it has " + count.all + " substitutions ${…}, at most " + ALL_MAX + " are read",
                        "Write the values out"))
                : Optional.empty();
    }

    /** Texts are quoted in what the library renders, substitutions are not. */
    private void in(String rendered) {
        for (int at = 0; at < rendered.length(); at++) {
            if (rendered.charAt(at) == '"') {
                at = endOfQuoted(rendered, at);
            } else if (rendered.startsWith("${", at)) {
                int end = at + 2;
                while (end < rendered.length() && rendered.charAt(end) != '}') {
                    end = rendered.charAt(end) == '"' ? endOfQuoted(rendered, end) + 1 : end + 1;
                }
                count(rendered.substring(at + 2, Math.min(end, rendered.length())));
                at = end;
            }
        }
    }

    private static int endOfQuoted(String text, int start) {
        int at = start + 1;
        while (at < text.length() && text.charAt(at) != '"') {
            at += text.charAt(at) == '\\' ? 2 : 1;
        }
        return at;
    }

    private void count(String name) {
        all++;
        String path = name.startsWith("?") ? name.substring(1) : name;
        try {
            if (root.containsKey(ConfigUtil.splitPath(path).getFirst())) {
                ofOwnKeys++;
            }
        } catch (ConfigException e) {
            // a root that is itself to be put together, or a name that is none: counted as what could multiply
            ofOwnKeys++;
        }
    }
}
