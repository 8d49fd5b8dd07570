package io.interrex.node;

import io.interrex.actors.log.GroupLog;
import io.interrex.actors.node.Board;
import io.interrex.cluster.group.Decision;
import io.interrex.cluster.group.FileSettings;
import io.interrex.cluster.group.GroupCommand;
import io.interrex.cluster.group.GroupCommand.MoveSeat;
import io.interrex.cluster.group.GroupCommand.RecordSettings;
import io.interrex.cluster.group.GroupCommand.Stamp;
import io.interrex.cluster.group.GroupDecider;
import io.interrex.cluster.group.GroupState;
import io.interrex.cluster.group.RuleId;
import io.interrex.cluster.port.Outcome;
import io.interrex.cluster.port.Reload;
import io.interrex.cluster.port.Reload.Answer;
import io.interrex.cluster.settings.PermanentSlot;
import io.interrex.config.ClusterConfig;
import io.interrex.config.ClusterConfig.Group;
import io.interrex.config.ConfigFile;
import io.interrex.config.ConfigProblems;
import io.interrex.config.FileChanges;
import io.interrex.config.FileChanges.Change;
import io.interrex.config.NodeConfig;
import io.interrex.config.Problem;
import io.interrex.postgresql.PostgresDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Scheduler;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads this node's configuration file again when a person asks: everything is checked first, then recorded, then put in force; one
 * reload at a time.
 */
final class Reloading {

    private final String node;
    private final OwnFile file;
    private final Board board;
    private final Map<String, ActorRef<GroupLog.Message>> logs;
    private final Scheduler scheduler;
    private final Duration limit;
    private final Nodes nodes;
    private final Map<String, PostgresDatabase> databases = new ConcurrentHashMap<>();
    private final ExecutorService thread = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("reload").factory());

    /** Who the other nodes are. */
    interface Nodes {
        /** The voters that answer with the disks that have their seats. */
        SortedSet<String> answering();

        /** These are the nodes from now on. */
        void use(ClusterConfig read);
    }

    private record Recording(String group, GroupCommand command) {}

    /** Ends a reload of which nothing holds. */
    private static final class Refusal extends Exception {
        private static final long serialVersionUID = 1;
        private final transient Answer answer;

        Refusal(Answer answer) {
            super(answer.toString());
            this.answer = answer;
        }
    }

    /** @param limit for the log's answer */
    Reloading(
            String node,
            OwnFile file,
            Board board,
            Map<String, ActorRef<GroupLog.Message>> logs,
            Scheduler scheduler,
            Duration limit,
            Nodes nodes) {
        this.node = node;
        this.file = file;
        this.board = board;
        this.logs = logs;
        this.scheduler = scheduler;
        this.limit = limit;
        this.nodes = nodes;
    }

    /** The server of this node's member of a group. */
    void own(String group, PostgresDatabase database) {
        databases.put(group, database);
    }

    /** The file as this node runs with it. */
    ClusterConfig current() {
        return file.current();
    }

    CompletionStage<Answer> reload(Reload order) {
        return CompletableFuture.supplyAsync(() -> run(order), thread);
    }

    private Answer run(Reload order) {
        try {
            ClusterConfig read = ConfigFile.load(file.current().file());
            NodeConfig own = NodeConfig.of(read, node);
            FileChanges changes = FileChanges.between(file.current(), read);
            changes.requirePossibleWhileRunning();
            requireTaken(own, changes);
            List<Recording> commands = commands(order, changes);
            requireDecidable(order, commands);
            if (order.check()) {
                return done(changes, Map.of(), "would take effect");
            }
            recordAll(commands);
            file.use(read);
            nodes.use(read);
            return done(changes, apply(own, changes), "in force");
        } catch (ConfigProblems e) {
            return refused(
                    RuleId.RELOAD_REFUSED,
                    e.problems().stream().map(Problem::line).toList());
        } catch (Refusal e) {
            return e.answer;
        }
    }

    private Answer refused(RuleId rule, List<String> problems) {
        return new Answer.Refused(node, rule, problems);
    }

    private static String parameters(Group group) {
        return "groups." + group.name() + ".postgres.parameters.";
    }

    /** Those that changed and have a value, by name. */
    private static SortedMap<String, String> changedParameters(FileChanges changes, Group group) {
        var changed = new TreeMap<String, String>();
        for (Change change : changes.changes()) {
            String value = change.to();
            if (value != null && change.key().startsWith(parameters(group))) {
                changed.put(change.key().substring(parameters(group).length()), value);
            }
        }
        return changed;
    }

    private void requireTaken(NodeConfig own, FileChanges changes) throws ConfigProblems, Refusal {
        for (Group group : own.memberGroups()) {
            SortedMap<String, String> changed = changedParameters(changes, group);
            PostgresDatabase database = databases.get(group.name());
            if (!changed.isEmpty() && database != null) {
                SortedMap<String, String> refused = switch (await(database.refusedParameters(changed))) {
                    case Outcome.Done<SortedMap<String, String>>(var found) -> found;
                    case Outcome.Refused<SortedMap<String, String>>(var why) -> throw unchecked(why);
                    case Outcome.Unknown<SortedMap<String, String>>(var why) -> throw unchecked(why);
                };
                if (!refused.isEmpty()) {
                    throw own.refusedParameters(group, refused);
                }
            }
        }
    }

    private Refusal unchecked(String why) {
        return new Refusal(refused(
                RuleId.RELOAD_REFUSED,
                List.of("PostgreSQL could not be asked whether it takes the parameters: " + why)));
    }

    /** What is to be recorded; nothing of a group of which neither file nor log says anything new. The voters' seats first. */
    private List<Recording> commands(Reload order, FileChanges changes) throws Refusal {
        var commands = new ArrayList<Recording>();
        for (FileChanges.Move move : changes.moves()) {
            commands.add(new Recording(
                    changes.read().groups().firstKey(),
                    new MoveSeat(
                            new Stamp(node, System.currentTimeMillis()),
                            order.actor(),
                            move.seat(),
                            move.to(),
                            nodes.answering())));
        }
        for (Group group : changes.read().groups().values()) {
            GroupState state = state(group.name());
            if (state == null) {
                throw new Refusal(
                        new Answer.Unknown(node, "this node has not read the log of group " + group.name() + " yet"));
            }
            file.compare(group.name());
            FileSettings said = file.settings(group);
            var keys = new ArrayList<>(changes.changes().stream()
                    .map(Change::key)
                    .filter(key -> key.startsWith("groups." + group.name() + ".") || key.startsWith("nodes."))
                    .toList());
            if (keys.isEmpty()) {
                said.differences(state).forEach(d -> keys.add("groups." + group.name() + "." + d.key()));
            }
            if (!keys.isEmpty()) {
                commands.add(new Recording(
                        group.name(),
                        new RecordSettings(
                                new Stamp(node, System.currentTimeMillis()),
                                order.actor(),
                                order.overwrite() ? null : said.base(),
                                said.settings(),
                                said.members(),
                                List.copyOf(keys))));
            }
        }
        return commands;
    }

    /** Before the first is recorded: a refusal of one is the refusal of all. The log itself refuses, unless it is further than this node. */
    private void requireDecidable(Reload order, List<Recording> commands) throws Refusal {
        for (Recording one : commands) {
            Decision decision = GroupDecider.decide(state(one.group()), one.command());
            if (!decision.accepted()) {
                if (order.check()) {
                    throw new Refusal(refused(decision.rule(), List.of(decision.why())));
                }
                record(one.group(), one.command());
            }
        }
    }

    /** Each group has a log of its own: what is recorded in one stays, whatever becomes of the next. */
    private void recordAll(List<Recording> commands) throws Refusal {
        var recorded = new ArrayList<String>();
        for (Recording one : commands) {
            try {
                record(one.group(), one.command());
            } catch (Refusal e) {
                throw recorded.isEmpty() ? e : inPart(recorded, one.group(), e.answer);
            }
            recorded.add(one.group());
        }
    }

    private Refusal inPart(List<String> recorded, String group, Answer answer) {
        String why = switch (answer) {
            case Answer.Done done -> "it is done";
            case Answer.Refused refused -> String.join("; ", refused.problems());
            case Answer.Unknown unknown -> unknown.why();
        };
        return new Refusal(new Answer.Unknown(
                node,
                "the settings of %s are recorded and hold, those of %s are not known to be, and nothing else of the file holds: %s"
                        .formatted(String.join(", ", recorded), group, why)));
    }

    private void record(String group, GroupCommand command) throws Refusal {
        ActorRef<GroupLog.Message> log = logs.get(group);
        if (log == null) {
            throw new Refusal(new Answer.Unknown(node, "there is no log of group " + group));
        }
        GroupLog.Answer answer;
        try {
            answer = await(AskPattern.<GroupLog.Message, GroupLog.Answer>ask(
                    log, replyTo -> new GroupLog.Submit(command, replyTo), limit, scheduler));
        } catch (CompletionException e) {
            throw new Refusal(new Answer.Unknown(node, "the log did not answer: " + e.getCause()));
        }
        if (!answer.known()) {
            throw new Refusal(new Answer.Unknown(node, answer.why()));
        }
        RuleId rule = answer.rule();
        if (!answer.accepted()) {
            throw new Refusal(refused(rule == null ? RuleId.RELOAD_REFUSED : rule, List.of(answer.why())));
        }
    }

    /** @return by key, how the parameters of this node's servers came out */
    private Map<String, String> apply(NodeConfig own, FileChanges changes) {
        var effects = new HashMap<String, String>();
        for (Group group : own.memberGroups()) {
            PostgresDatabase database = databases.get(group.name());
            String at = parameters(group);
            List<String> names = changes.changes().stream()
                    .map(Change::key)
                    .filter(key -> key.startsWith(at))
                    .map(key -> key.substring(at.length()))
                    .toList();
            if (database != null && !names.isEmpty()) {
                Outcome<SortedMap<String, String>> outcome =
                        await(database.useParameters(group.postgres().parameters(), names));
                names.forEach(name -> effects.put(
                        at + name,
                        switch (outcome) {
                            case Outcome.Done<SortedMap<String, String>>(var words) ->
                                words.getOrDefault(name, "in force");
                            case Outcome.Refused<SortedMap<String, String>>(var why) ->
                                "later, the server was not told: " + why;
                            case Outcome.Unknown<SortedMap<String, String>>(var why) -> "not known: " + why;
                        }));
            }
        }
        for (Group group : own.memberGroups()) {
            effects.putAll(logical(group, changes));
        }
        return effects;
    }

    /** @return by key, what logical slots that were named wait for */
    private Map<String, String> logical(Group group, FileChanges changes) {
        String at = "groups." + group.name() + ".slots.";
        PostgresDatabase database = databases.get(group.name());
        boolean named =
                changes.changes().stream().anyMatch(change -> change.key().startsWith(at));
        if (database == null || !named || group.settings().logicalSlots().isEmpty()) {
            return Map.of();
        }
        String effect = switch (await(database.useLogical())) {
            case Outcome.Done<SortedMap<String, String>>(var words) -> words.getOrDefault("wal_level", "in force");
            case Outcome.Refused<SortedMap<String, String>>(var why) -> "later, the server was not told: " + why;
            case Outcome.Unknown<SortedMap<String, String>>(var why) -> "not known: " + why;
        };
        var effects = new HashMap<String, String>();
        for (PermanentSlot slot : group.settings().logicalSlots()) {
            effects.put(at + slot.name() + ".type", effect);
        }
        return effects;
    }

    private Answer done(FileChanges changes, Map<String, String> effects, String otherwise) {
        return new Answer.Done(
                node,
                FileChanges.nameOf(changes.read()),
                changes.changes().stream()
                        .map(change -> new Reload.Change(
                                change.key(),
                                change.from(),
                                change.to(),
                                effects.getOrDefault(change.key(), otherwise)))
                        .toList());
    }

    private @Nullable GroupState state(String group) {
        GroupLog.Update update = board.group(group);
        return update == null ? null : update.state();
    }

    /** Every stage that is waited for ends within a limit of its own. */
    private static <T> T await(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(2, TimeUnit.MINUTES).join();
    }
}
