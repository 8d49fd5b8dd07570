package io.interrex.cluster.simulation;

import static io.interrex.cluster.simulation.VirtualTime.MS;

import io.interrex.cluster.group.GroupCommand.OrderPowerOff;
import io.interrex.cluster.group.StepResult;
import java.util.function.Consumer;

/** The hooks that power hosts off: what they do, and what they say of it, which may be late or untrue to the side of doubt. */
final class PowerSwitch {

    private final World world;

    PowerSwitch(World world) {
        this.world = world;
    }

    void run(OrderPowerOff order, Consumer<StepResult> answer) {
        int host = World.index(order.member());
        long inNs = world.random.nextLong(20, 600) * MS;
        switch (world.random.nextInt(10)) {
            case 0 -> says(inNs, StepResult.REFUSED, answer);
            case 1 -> says(inNs, StepResult.UNKNOWN, answer);
            case 2 -> {
                off(host, inNs);
                says(inNs + world.random.nextLong(2_000) * MS, StepResult.UNKNOWN, answer);
            }
            case 3 -> {
                off(host, inNs);
                says(inNs + world.random.nextLong(2_000, 20_000) * MS, StepResult.DONE, answer);
            }
            default -> {
                off(host, inNs);
                says(inNs + MS, StepResult.DONE, answer);
            }
        }
    }

    private void says(long inNs, StepResult result, Consumer<StepResult> answer) {
        boolean believed = result == StepResult.UNKNOWN && world.has(Mutant.UNKNOWN_POWER_IS_OFF);
        world.time.after(inNs, () -> answer.accept(believed ? StepResult.DONE : result));
    }

    /** And on again: by a person, or because the hook is one that starts a host anew. */
    private void off(int host, long inNs) {
        world.time.after(inNs, () -> {
            world.trace(host, "the hook powers the host off");
            world.crashHost(host);
            world.time.after(world.random.nextLong(300, 6_000) * MS, () -> world.bootHost(host));
        });
    }
}
