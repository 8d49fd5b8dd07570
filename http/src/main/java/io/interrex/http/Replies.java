package io.interrex.http;

import org.apache.pekko.http.javadsl.model.ContentType;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpCharsets;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.MediaTypes;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;

/** Makes responses: JSON, a problem, a verdict. None is ever cached. */
final class Replies {

    private static final ContentType.NonBinary PROBLEM = MediaTypes.applicationWithFixedCharset(
                    "problem+json", HttpCharsets.UTF_8)
            .toContentType();

    private final Json json;

    Replies(Json json) {
        this.json = json;
    }

    HttpResponse ok(Object value) {
        return json(200, value);
    }

    HttpResponse json(int status, Object value) {
        return plain(status).withEntity(ContentTypes.APPLICATION_JSON, json.write(value));
    }

    HttpResponse problem(Problem problem) {
        HttpResponse response = plain(problem.status()).withEntity(PROBLEM, json.write(json.problem(problem)));
        return problem.status() == 405 ? response.addHeader(RawHeader.create("Allow", allowed(problem))) : response;
    }

    private static String allowed(Problem problem) {
        return problem.remedy().replace("Use ", "");
    }

    HttpResponse verdict(Health.Verdict verdict, String node) {
        return json(
                verdict.fit() ? 200 : 503,
                json.object().put("node", node).put("fit", verdict.fit()).put("why", verdict.why()));
    }

    private static HttpResponse plain(int status) {
        return HttpResponse.create()
                .withStatus(StatusCodes.get(status))
                .addHeader(RawHeader.create("Cache-Control", "no-store"))
                .addHeader(RawHeader.create("X-Content-Type-Options", "nosniff"));
    }
}
