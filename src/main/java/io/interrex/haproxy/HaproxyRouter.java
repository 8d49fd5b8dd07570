package io.interrex.haproxy;

import io.interrex.cluster.group.MemberInfo;
import io.interrex.cluster.port.Nothing;
import io.interrex.cluster.port.Outcome;
import io.interrex.cluster.port.Router;
import io.interrex.cluster.routing.RoutePlan;
import io.interrex.haproxy.HaproxySettings.Ownership;
import io.interrex.host.KeptProgram;
import io.interrex.router.KeptRouter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collection;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Moves the clients of one group with HAProxy; {@link KeptRouter} keeps it true. */
public final class HaproxyRouter implements Router {

    private final KeptRouter kept;

    private HaproxyRouter(KeptRouter kept) {
        this.kept = kept;
    }

    /**
     * Returns when HAProxy answers, with everybody closed if it is a child. What an adopted one serves stays as it is
     * until the first plan.
     *
     * @param reports gets one sentence for each thing that went wrong or right again, on any thread
     * @throws HaproxyException with the remedy, if there is no HAProxy to work with
     */
    public static HaproxyRouter start(HaproxySettings settings, Consumer<String> reports) {
        var socket = new RuntimeSocket(settings.socket(), settings.callMax());
        var runner = new PlanRunner(settings, socket);
        var kept = new KeptRouter(
                new KeptRouter.Identity(
                        "HAProxy",
                        settings.group(),
                        settings.members().stream().map(MemberInfo::name).collect(Collectors.toSet()),
                        settings.socket().toString()),
                runner,
                reports);
        try {
            if (settings.ownership() == Ownership.CHILD) {
                prepare(settings);
                HaproxyConfig.write(settings);
                HaproxyProcess.requireNobodyAt(settings, socket);
                KeptProgram child = HaproxyProcess.of(settings, socket, kept.reports(), kept::watchSoon);
                kept.own(child);
                child.start();
            }
            runner.requireServers();
        } catch (KeptProgram.NotUp e) {
            kept.close();
            throw new HaproxyException(String.valueOf(e.getMessage()), e);
        } catch (HaproxyException e) {
            kept.close();
            throw e;
        }
        kept.watchOn();
        return new HaproxyRouter(kept);
    }

    /** The configuration file that a HAProxy to be adopted must run with. */
    public static String render(HaproxySettings settings) {
        return HaproxyConfig.render(settings);
    }

    @Override
    public String name() {
        return kept.name();
    }

    /** Process id of a HAProxy of our own that runs now, else null. */
    public @Nullable Long pid() {
        return kept.pid();
    }

    @Override
    public CompletionStage<Outcome<Nothing>> apply(RoutePlan plan) {
        return kept.apply(plan);
    }

    @Override
    public void use(Collection<MemberInfo> members) {
        kept.use(members);
    }

    @Override
    public CompletionStage<Outcome<Sessions>> sessions() {
        return kept.sessions();
    }

    @Override
    public void close() {
        kept.close();
    }

    private static void prepare(HaproxySettings settings) {
        try {
            var onlyUs = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
            if (!Files.isDirectory(settings.runtimeDir())) {
                Files.createDirectories(settings.runtimeDir(), onlyUs);
            }
            Files.setPosixFilePermissions(settings.runtimeDir(), onlyUs.value());
        } catch (IOException e) {
            throw new HaproxyException(
                    "cannot make the directory %s: %s; the node's user must own what it is in"
                            .formatted(settings.runtimeDir(), e.getMessage()),
                    e);
        }
    }
}
