package io.interrex.cli;

import java.util.Optional;
import picocli.CommandLine.IVersionProvider;

/** Names the version of the package that runs. */
public final class Version implements IVersionProvider {

    /** As the build wrote it into the package; {@code development} where classes run unpackaged. */
    public static String text() {
        return Optional.ofNullable(Version.class.getPackage().getImplementationVersion())
                .orElse("development");
    }

    @Override
    public String[] getVersion() {
        return new String[] {"interrex " + text()};
    }
}
