package io.interrex.cluster.simulation;

import static io.interrex.cluster.simulation.VirtualTime.MS;

import io.interrex.cluster.group.Forcing;
import io.interrex.cluster.group.GroupEvent.FailoverHeld;
import java.util.SplittableRandom;

/**
 * A person who, now and then, forces a promotion where a failover is held, and at times types something wrong. Has dice of its
 * own: a schedule in which nothing is held plays as it would without.
 */
final class Operator {

    private final World world;
    private final SplittableRandom dice;

    Operator(World world, long seed) {
        this.world = world;
        this.dice = new SplittableRandom(seed ^ 0x0F0_4CEDL);
    }

    void told(FailoverHeld held) {
        if (!Forcing.standsInFor(held.rule()) || dice.nextInt(2) != 0) {
            return;
        }
        tryFor(3);
    }

    /** Any node that is up is asked; somebody of whom nothing is known is named seldom. */
    private void tryFor(int times) {
        world.time.after(dice.nextLong(100, 900) * MS, () -> {
            int host = dice.nextInt(world.hosts().size());
            int member = dice.nextInt(world.servers().length);
            boolean sensible = world.net.isUp(host)
                    && world.net.isUp(member)
                    && !world.postgres(member).isPrimary();
            if (sensible || dice.nextInt(4) == 0) {
                world.node(host).orderForcePromotion(World.NAMES.get(member), dice.nextInt(8) == 0);
            }
            if (times > 1) {
                tryFor(times - 1);
            }
        });
    }
}
