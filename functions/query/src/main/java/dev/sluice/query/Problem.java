package dev.sluice.query;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Why a request is not answered as it asked, in the shape of RFC 9457.
 *
 * @param kind what kind of thing went wrong
 * @param detail why, in this case
 * @param hint what to do about it
 * @param run the run it is about
 */
record Problem(Kind kind, String detail, String hint, Optional<String> run) {

  /** What can go wrong, with the HTTP status that says so. */
  enum Kind {
    INVALID_REQUEST(400, "The request is not understood"),
    INVALID_PARAMETER(400, "A parameter's value is not one of its type"),
    INVALID_SQL(400, "The statement is not SQL"),
    NOT_ALLOWED(403, "The statement may not be run here"),
    UNKNOWN_ROUTE(404, "There is nothing at this address"),
    UNKNOWN_QUERY(404, "There is no such query"),
    UNKNOWN_RUN(404, "There is no such run"),
    METHOD_NOT_ALLOWED(405, "This address takes other methods"),
    NOT_ACCEPTABLE(406, "The answer cannot be given in such a form"),
    TIMED_OUT(408, "The query took too long"),
    NOT_FINISHED(409, "The run has not ended yet"),
    CANCELLED(409, "The run was cancelled"),
    CONFLICT(409, "The request repeats another one, but differs from it"),
    RESULT_GONE(410, "The result is no longer kept"),
    SCAN_LIMIT(413, "The query reads more than it may"),
    TOO_LARGE(413, "There is more of it than can be passed on"),
    UNSUPPORTED_MEDIA_TYPE(415, "The request's body is in no form that is understood"),
    QUERY_FAILED(422, "The query failed"),
    THROTTLED(429, "There is too much to do at present"),
    INTERNAL(500, "Something is broken here"),
    UNAVAILABLE(503, "Athena cannot be asked at present");

    private final int status;
    private final String title;

    Kind(int status, String title) {
      this.status = status;
      this.title = title;
    }

    int status() {
      return status;
    }

    String title() {
      return title;
    }

    /** As it stands in answers, {@code unknown-run}. */
    String code() {
      return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
  }

  static Problem of(Kind kind, String detail, String hint) {
    return new Problem(kind, detail, hint, Optional.empty());
  }

  Problem of(String id) {
    return new Problem(kind, detail, hint, Optional.of(id));
  }

  /** To be thrown where nothing else can be done. */
  ProblemException thrown() {
    return new ProblemException(this);
  }

  Map<String, @Nullable Object> json() {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("type", "urn:sluice:problem:" + kind.code());
    json.put("title", kind.title());
    json.put("status", kind.status());
    json.put("detail", detail);
    json.put("code", kind.code());
    json.put("hint", hint);
    run.ifPresent(id -> json.put("run", id));
    return json;
  }
}
