package io.interrex.haproxy;

import io.interrex.host.KeptProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/** HAProxy as a child of this process. */
final class HaproxyProcess {

    private HaproxyProcess() {}

    /** @param onUp called each time that HAProxy answers for the first time after a start */
    static KeptProgram of(HaproxySettings settings, RuntimeSocket socket, Consumer<String> reports, Runnable onUp) {
        Path binary = HaproxyPrograms.find(
                settings.binary(),
                "install it (Debian: apt-get install haproxy), or name its path in routers.NAME.bin");
        Path setpriv = HaproxyPrograms.find("setpriv", "install util-linux: HAProxy must die with its node");
        Path config = settings.runtimeDir().resolve(HaproxyConfig.FILE);
        HaproxyPrograms.validate(binary, config);
        return new KeptProgram(
                "HAProxy of group " + settings.group(),
                setpriv,
                List.of(binary.toString(), "-db", "-f", config.toString()),
                () -> {},
                line -> false,
                () -> isUp(socket),
                reports,
                onUp);
    }

    private static boolean isUp(RuntimeSocket socket) {
        try {
            return !ServerState.parse(socket.ask("show servers state")).isEmpty();
        } catch (IOException e) {
            return false;
        }
    }

    /** A HAProxy that still answers here is not ours: it would serve the same ports by plans that we do not know. */
    static void requireNobodyAt(HaproxySettings settings, RuntimeSocket socket) {
        if (!Files.exists(settings.socket())) {
            return;
        }
        try {
            socket.ask("show info");
        } catch (IOException e) {
            return;
        }
        throw new HaproxyException(
                "another HAProxy answers at %s; stop it, or choose another runtime directory, or adopt it"
                        .formatted(settings.socket()));
    }
}
