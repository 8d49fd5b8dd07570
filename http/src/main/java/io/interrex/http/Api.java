package io.interrex.http;

import io.interrex.cluster.port.ControlPlane;
import io.interrex.cluster.port.EventHistory;
import io.interrex.cluster.port.GroupJournal.Recorded;
import io.interrex.cluster.port.Order;
import io.interrex.cluster.port.OrderAnswer;
import io.interrex.cluster.port.Outcome;
import io.interrex.cluster.port.Reload;
import io.interrex.cluster.port.view.GroupView;
import io.interrex.cluster.settings.Quantity;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.http.javadsl.model.HttpMethods;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.util.ByteString;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers one request: finds its endpoint, asks the ports, and says what came of it. */
final class Api {

    private static final Logger LOG = LoggerFactory.getLogger(Api.class);
    private static final long EVENTS_LIMIT_MAX = 1000;
    private static final long EVENTS_LIMIT = 100;

    private final ControlPlane control;
    private final EventHistory history;
    private final HttpLimits limits;
    private final Json json;
    private final Replies replies;
    private final EventStream stream;
    private final Materializer materializer;

    Api(ControlPlane control, EventHistory history, HttpLimits limits, Materializer materializer) {
        this.control = control;
        this.history = history;
        this.limits = limits;
        this.json = new Json(limits);
        this.replies = new Replies(json);
        this.stream = new EventStream(history, json, limits);
        this.materializer = materializer;
    }

    CompletionStage<HttpResponse> answer(HttpRequest request) {
        CompletionStage<HttpResponse> response;
        try {
            response = route(new Asked(request));
        } catch (BadQuery e) {
            response = done(replies.problem(e.problem()));
        } catch (RuntimeException e) {
            response = CompletableFuture.failedStage(e);
        }
        return response.exceptionally(failure -> internal(request, failure)).thenApply(made -> finish(request, made));
    }

    private HttpResponse finish(HttpRequest request, HttpResponse made) {
        if (!request.method().equals(HttpMethods.POST)) {
            request.discardEntityBytes(materializer);
        }
        return request.method().equals(HttpMethods.HEAD) ? made.withEntity("") : made;
    }

    private HttpResponse internal(HttpRequest request, Throwable failure) {
        String reference = UUID.randomUUID().toString();
        LOG.error(
                "{} {} failed, reference {}",
                request.method().name(),
                request.getUri().path(),
                reference,
                failure);
        return replies.problem(Problem.internal(reference));
    }

    private CompletionStage<HttpResponse> route(Asked asked) {
        return switch (asked.path()) {
            case "/primary", "/replica", "/health", "/readiness", "/settled", "/liveness" -> health(asked);
            case "/v1/status", "/v1/topology", "/v1/events", "/v1/events/stream" -> read(asked);
            case "/v1/switchover",
                    "/v1/failover",
                    "/v1/force-promote",
                    "/v1/reinit",
                    "/v1/readmit",
                    "/v1/restart",
                    "/v1/maintenance",
                    "/v1/pause",
                    "/v1/resume",
                    "/v1/reload" -> order(asked);
            default ->
                done(
                        replies.problem(
                                Problem.notFound(
                                        "there is no " + asked.path(),
                                        "See /v1/status, /v1/topology, /v1/events; /primary, /replica, /health, /readiness, /settled, /liveness")));
        };
    }

    private CompletionStage<HttpResponse> health(Asked asked) {
        if (!asked.isOneOf("GET", "HEAD", "OPTIONS")) {
            return wrongMethod(asked, "GET, HEAD, OPTIONS");
        }
        String node = control.node().node();
        Health.Verdict verdict = switch (asked.path()) {
            case "/primary" -> Health.primary(ownGroup(asked), node);
            case "/replica" -> {
                Optional<GroupView> group = ownGroup(asked);
                yield Health.replica(group, node, lag(asked, group));
            }
            case "/health" -> Health.health(ownGroup(asked), node);
            case "/readiness" -> Health.readiness(control.node());
            case "/settled" ->
                Health.settled(
                        control.node(),
                        control.groups().stream()
                                .map(control::group)
                                .flatMap(Optional::stream)
                                .toList());
            default -> Health.liveness(control.node());
        };
        return done(replies.verdict(verdict, node));
    }

    private static long lag(Asked asked, Optional<GroupView> group) {
        Optional<String> given = asked.query("lag");
        if (given.isEmpty()) {
            return group.map(GroupView::readMaxLagBytes).orElse(0L);
        }
        String text = given.get();
        Optional<Long> bytes = text.matches("\\d{1,18}") ? Optional.of(Long.valueOf(text)) : Quantity.size(text);
        return bytes.orElseThrow(
                () -> new BadQuery(Problem.badRequest("lag = " + text + " is not a size", "Write bytes, or 16MiB")));
    }

    /** The group that is named, else the only one; for a health check the only one that this node has a member of. */
    private Optional<GroupView> ownGroup(Asked asked) {
        List<String> names = control.groups();
        Optional<String> named = asked.query("group");
        if (named.isPresent() || names.size() == 1) {
            return control.group(groupName(asked));
        }
        String node = control.node().node();
        List<GroupView> own = names.stream()
                .flatMap(name -> control.group(name).stream())
                .filter(view -> view.member(node).isPresent())
                .toList();
        return own.size() == 1 ? Optional.of(own.getFirst()) : control.group(groupName(asked));
    }

    private String groupName(Asked asked) {
        List<String> names = control.groups();
        Optional<String> named = asked.query("group");
        if (named.isPresent()) {
            String name = named.get();
            if (names.contains(name)) {
                return name;
            }
            throw new BadQuery(
                    Problem.notFound("there is no group '" + name + "'", "Name one of " + String.join(", ", names)));
        }
        if (names.size() == 1) {
            return names.getFirst();
        }
        throw new BadQuery(Problem.badRequest(
                "there are " + names.size() + " groups", "Add ?group= with one of " + String.join(", ", names)));
    }

    private CompletionStage<HttpResponse> read(Asked asked) {
        if (!asked.isOneOf("GET", "HEAD")) {
            return wrongMethod(asked, "GET, HEAD");
        }
        if (!asked.takesJson()) {
            return done(replies.problem(Problem.notAcceptable()));
        }
        String group = groupName(asked);
        return switch (asked.path()) {
            case "/v1/events" -> events(group, asked);
            case "/v1/events/stream" -> follow(group, asked);
            default -> done(view(group, asked.path().equals("/v1/topology")));
        };
    }

    private HttpResponse view(String group, boolean topology) {
        Optional<GroupView> view = control.group(group);
        if (view.isEmpty()) {
            return replies.problem(Problem.notYet(
                    "node " + control.node().node() + " has not read the log of group " + group + " yet",
                    "Ask again in a moment, or ask another node"));
        }
        return replies.ok(topology ? Topology.of(view.get()) : new Status(control.node(), view.get()));
    }

    private CompletionStage<HttpResponse> events(String group, Asked asked) {
        long from = asked.number("from", 1, 1, Long.MAX_VALUE);
        int limit = (int) asked.number("limit", EVENTS_LIMIT, 1, EVENTS_LIMIT_MAX);
        return history.read(group, from, limit).thenApply(outcome -> switch (outcome) {
            case Outcome.Done<List<Recorded>>(var events) -> page(group, from, events);
            case Outcome.Refused<List<Recorded>>(var reason) -> unread(reason);
            case Outcome.Unknown<List<Recorded>>(var reason) -> unread(reason);
        });
    }

    private HttpResponse page(String group, long from, List<Recorded> events) {
        var page = json.object().put("group", group).put("from", from);
        page.put("next", events.isEmpty() ? from : events.getLast().envelope().version() + 1);
        page.putArray("events").addAll(events.stream().map(json::event).toList());
        return replies.ok(page);
    }

    private HttpResponse unread(String reason) {
        return replies.problem(Problem.notYet("the log cannot be read: " + reason, "Ask again, or ask another node"));
    }

    private CompletionStage<HttpResponse> follow(String group, Asked asked) {
        long from =
                asked.lastEventId().map(last -> last + 1).orElseGet(() -> asked.number("from", 1, 1, Long.MAX_VALUE));
        return done(stream.follow(group, from)
                .orElseGet(() -> replies.problem(Problem.notYet(
                        limits.streamsMax() + " clients follow events already",
                        "Ask another node, or end one of them"))));
    }

    private CompletionStage<HttpResponse> order(Asked asked) {
        if (!asked.isOneOf("POST")) {
            return wrongMethod(asked, "POST");
        }
        if (!asked.takesJson()) {
            return refuseBody(asked, Problem.notAcceptable());
        }
        if (asked.hasOrigin()) {
            return refuseBody(asked, Problem.fromBrowser());
        }
        if (!asked.isJson()) {
            return refuseBody(asked, Problem.wrongMediaType());
        }
        String group = asked.path().equals("/v1/reload") ? "" : groupName(asked);
        return asked.request()
                .entity()
                .toStrict(limits.bodyWithin().toMillis(), limits.bodyMaxBytes(), materializer)
                .handle((entity, failure) -> failure == null
                        ? submit(asked, group, entity.getData())
                        : done(replies.problem(Problem.tooLarge(limits.bodyMaxBytes()))))
                .thenCompose(response -> response);
    }

    private CompletionStage<HttpResponse> submit(Asked asked, String group, ByteString body) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(body.toByteBuffer())
                    .toString();
            if (group.isEmpty()) {
                return control.reload(OrderRequest.reload(text, asked.from(), json))
                        .thenApply(this::reloaded);
            }
            Order order = OrderRequest.read(asked.lastPart(), group, text, asked.from(), UUID::randomUUID, json);
            return control.submit(order).thenApply(this::outcome);
        } catch (CharacterCodingException e) {
            return done(replies.problem(Problem.badRequest("the body is not UTF-8", "Send JSON in UTF-8")));
        } catch (OrderRequest.Wrong e) {
            return done(replies.problem(e.problem()));
        }
    }

    private HttpResponse outcome(OrderAnswer answer) {
        return switch (answer) {
            case OrderAnswer.Accepted accepted -> replies.json(202, json.accepted(accepted));
            case OrderAnswer.Foreseen foreseen -> replies.ok(json.foreseen(foreseen));
            case OrderAnswer.Refused refused -> replies.problem(Problem.refused(refused.rule(), refused.why()));
            case OrderAnswer.Unknown unknown ->
                replies.problem(Problem.unknownOutcome(
                        unknown.why(), unknown.operation().toString()));
        };
    }

    private HttpResponse reloaded(Reload.Answer answer) {
        return switch (answer) {
            case Reload.Answer.Done done -> replies.ok(json.reloaded(done));
            case Reload.Answer.Refused refused ->
                replies.problem(Problem.refused(refused.rule(), String.join("\n", refused.problems())));
            case Reload.Answer.Unknown unknown ->
                replies.problem(Problem.unknownReload("node " + unknown.node() + ": " + unknown.why()));
        };
    }

    private CompletionStage<HttpResponse> refuseBody(Asked asked, Problem problem) {
        asked.request().discardEntityBytes(materializer);
        return done(replies.problem(problem));
    }

    private CompletionStage<HttpResponse> wrongMethod(Asked asked, String allowed) {
        return refuseBody(asked, Problem.methodNotAllowed(asked.method(), asked.path(), allowed));
    }

    private static CompletionStage<HttpResponse> done(HttpResponse response) {
        return CompletableFuture.completedStage(response);
    }
}
