package dev.sluice.query;

import dev.sluice.model.json.Json;
import dev.sluice.query.Problem.Kind;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/**
 * Where a result goes on. Callers pass it on as it is.
 *
 * @param run the run whose result it is
 * @param token Athena's
 */
record PageToken(String run, String token) {
  private static final int LONGEST = 4_096;

  String text() {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(Json.write(List.of(run, token)).getBytes(StandardCharsets.UTF_8));
  }

  /**
   * @throws ProblemException {@code INVALID_REQUEST} when it is none of this run
   */
  static PageToken of(String text, String run) {
    try {
      if (text.length() <= LONGEST
          && Json.parse(new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8))
              instanceof List<?> parts
          && parts.size() == 2
          && run.equals(parts.get(0))
          && parts.get(1) instanceof String token) {
        return new PageToken(run, token);
      }
    } catch (IllegalArgumentException e) {
      // Neither Base64 nor JSON.
    }
    throw invalid();
  }

  static ProblemException invalid() {
    return Problem.of(
            Kind.INVALID_REQUEST,
            "Cannot give that page: the token is none of this run",
            "Pass nextToken of the page before, unchanged, or none for the first page.")
        .thrown();
  }
}
