package io.interrex.http;

import java.time.Duration;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.BidiShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.stage.AbstractInHandler;
import org.apache.pekko.stream.stage.AbstractOutHandler;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.apache.pekko.stream.stage.TimerGraphStageLogic;

/**
 * Closes a connection whose next head is not whole in time, counted from its start or from the last answer. An idle time-out
 * would not do: who sends a byte now and then is never idle. Nor is a head seen here before it is whole, so a connection
 * that is kept open without a request ends too. An answer without a known end closes its connection itself.
 */
final class HeadDeadline extends GraphStage<BidiShape<HttpRequest, HttpRequest, HttpResponse, HttpResponse>> {

    private final Inlet<HttpRequest> heads = Inlet.create("HeadDeadline.heads");
    private final Outlet<HttpRequest> requests = Outlet.create("HeadDeadline.requests");
    private final Inlet<HttpResponse> answers = Inlet.create("HeadDeadline.answers");
    private final Outlet<HttpResponse> responses = Outlet.create("HeadDeadline.responses");
    private final BidiShape<HttpRequest, HttpRequest, HttpResponse, HttpResponse> shape =
            BidiShape.of(heads, requests, answers, responses);
    private final Duration within;

    HeadDeadline(Duration within) {
        this.within = within;
    }

    @Override
    public BidiShape<HttpRequest, HttpRequest, HttpResponse, HttpResponse> shape() {
        return shape;
    }

    @Override
    public GraphStageLogic createLogic(Attributes attributes) {
        return new Logic();
    }

    private final class Logic extends TimerGraphStageLogic {

        private int unanswered;

        Logic() {
            super(shape);
            setHandler(heads, new AbstractInHandler() {
                @Override
                public void onPush() {
                    unanswered++;
                    cancelTimer(HeadDeadline.this);
                    push(requests, grab(heads));
                }

                @Override
                public void onUpstreamFinish() {
                    complete(requests);
                }
            });
            setHandler(requests, new AbstractOutHandler() {
                @Override
                public void onPull() {
                    pull(heads);
                }

                @Override
                public void onDownstreamFinish(Throwable cause) {
                    cancel(heads, cause);
                }
            });
            setHandler(answers, new AbstractInHandler() {
                @Override
                public void onPush() {
                    answered(grab(answers));
                }
            });
            setHandler(responses, new AbstractOutHandler() {
                @Override
                public void onPull() {
                    pull(answers);
                }
            });
        }

        private void answered(HttpResponse answer) {
            unanswered--;
            if (unanswered == 0 && answer.entity().isStrict()) {
                scheduleOnce(HeadDeadline.this, within);
            }
            push(responses, answer);
        }

        @Override
        public void preStart() {
            scheduleOnce(HeadDeadline.this, within);
        }

        @Override
        public void onTimer(Object key) {
            completeStage();
        }
    }
}
