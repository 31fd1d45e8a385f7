package dev.sluice.query;

import dev.sluice.model.registry.HttpApiSpec;
import dev.sluice.model.registry.Registry;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The routes of the registry, by what they are for. */
final class Routes {
  static final HttpApiSpec.Route PAGE = route("GET /");
  static final HttpApiSpec.Route OPENAPI = route("GET /openapi.json");
  static final HttpApiSpec.Route QUERIES = route("GET /queries");
  static final HttpApiSpec.Route QUERY = route("GET /queries/{dataset}/{name}");
  static final HttpApiSpec.Route RUN_QUERY = route("POST /queries/{dataset}/{name}/runs");
  static final HttpApiSpec.Route RUN_SQL = route("POST /sql");
  static final HttpApiSpec.Route RUN = route("GET /runs/{id}");
  static final HttpApiSpec.Route RESULTS = route("GET /runs/{id}/results");
  static final HttpApiSpec.Route CANCEL = route("DELETE /runs/{id}");

  private Routes() {}

  private static HttpApiSpec.Route route(String key) {
    return Registry.queryApi().routes().stream()
        .filter(route -> route.key().equals(key))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("The registry has no route " + key));
  }

  /** The values of the names in the route's path, when that is the request's. */
  static Optional<Map<String, String>> match(HttpApiSpec.Route route, HttpRequest request) {
    List<String> given = request.elements();
    List<String> wanted =
        route.path().equals("/") ? List.of() : List.of(route.path().substring(1).split("/"));
    if (given.size() != wanted.size()) {
      return Optional.empty();
    }
    Map<String, String> values = new LinkedHashMap<>();
    for (int i = 0; i < wanted.size(); i++) {
      String name = wanted.get(i);
      if (name.startsWith("{")) {
        if (given.get(i).isEmpty()) {
          return Optional.empty();
        }
        values.put(name.substring(1, name.length() - 1), given.get(i));
      } else if (!name.equals(given.get(i))) {
        return Optional.empty();
      }
    }
    return Optional.of(values);
  }
}
