package io.interrex.cluster.group;

/**
 * A member as the configuration describes it.
 *
 * @param name also the name of its node
 * @param host address that clients and peers use
 * @param port of the database server
 * @param zone preferred to differ from the lost primary's
 * @param priority higher is preferred among equally safe candidates
 * @param nofailover never promoted without a person's order
 * @param nosync never a synchronous standby
 * @param noloadbalance takes no reads through a router while it is a standby
 */
public record MemberInfo(
        String name,
        String host,
        int port,
        String zone,
        int priority,
        boolean nofailover,
        boolean nosync,
        boolean noloadbalance) {}
