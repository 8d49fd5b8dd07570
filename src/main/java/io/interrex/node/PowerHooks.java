package io.interrex.node;

import io.interrex.cluster.port.PowerHook;
import io.interrex.config.ClusterConfig.FencingHook;
import io.interrex.config.ClusterConfig.Group;
import io.interrex.fencing.LocalPowerHook;
import org.jspecify.annotations.Nullable;

/** Makes what powers the hosts of a group's members off. */
final class PowerHooks {

    private PowerHooks() {}

    /** Null: nothing is configured. */
    static @Nullable PowerHook of(Group group) {
        FencingHook hook = group.fencing();
        return hook == null ? null : new LocalPowerHook(hook.run(), hook.timeout());
    }
}
