package io.interrex.actors.agent;

import io.interrex.actors.log.GroupLog;
import io.interrex.cluster.hands.HandsMessage;
import io.interrex.cluster.port.Database;
import io.interrex.cluster.port.Gate;
import io.interrex.cluster.port.Guard;
import io.interrex.cluster.port.HardStore;
import io.interrex.cluster.port.SlotKeeper;
import io.interrex.cluster.port.Vitals;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * What an agent acts through.
 *
 * @param send to one node, by name; to the own node too
 * @param tellPeers to every other node
 * @param vitals looks at what wears out slowly; never fails to answer for long
 * @param slots of the server, for others than members
 */
public record AgentPorts(
        Database database,
        Guard guard,
        Gate gate,
        HardStore store,
        ActorRef<GroupLog.Message> log,
        BiConsumer<String, HandsMessage> send,
        Consumer<HandsMessage> tellPeers,
        Supplier<CompletionStage<Vitals>> vitals,
        SlotKeeper slots) {}
