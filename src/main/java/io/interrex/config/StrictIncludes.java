package io.interrex.config;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigIncludeContext;
import com.typesafe.config.ConfigIncluder;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseable;

/** Includes files beside the one that names them. One that is missing is an error; HOCON would pass over it without a word. */
final class StrictIncludes implements ConfigIncluder {

    @Override
    public ConfigIncluder withFallback(ConfigIncluder fallback) {
        return this;
    }

    @Override
    public ConfigObject include(ConfigIncludeContext context, String what) {
        ConfigParseable file = context.relativeTo(what);
        if (file == null) {
            throw new ConfigException.IO(null, "include \"" + what + "\" names no file");
        }
        return file.parse(context.parseOptions().setAllowMissing(false));
    }
}
