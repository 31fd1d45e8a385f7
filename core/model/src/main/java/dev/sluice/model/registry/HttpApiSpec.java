package dev.sluice.model.registry;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a function answers over HTTP: an HTTP API of API Gateway, with events of payload version
 * 2.0.
 *
 * @param name its name
 * @param function name of the function that answers
 * @param routes what it answers; all else is answered without it
 * @param rate most requests in a second, over some time
 * @param burst most requests at once
 */
public record HttpApiSpec(String name, String function, List<Route> routes, int rate, int burst) {

  /**
   * One thing that can be asked.
   *
   * @param method in capital letters
   * @param path with names in braces, {@code /runs/{id}}
   * @param open whether it shows nothing of the lake, so that a deployment may let everybody ask
   */
  public record Route(String method, String path, boolean open) {
    public Route {
      if (!method.matches("GET|POST|PUT|PATCH|DELETE")
          || !path.matches("/|(/([a-z0-9_.-]+|\\{[a-z]+}))+")) {
        throw new IllegalArgumentException("Cannot declare a route: " + method + " " + path);
      }
    }

    /** As API Gateway writes it, {@code GET /runs/{id}}. */
    public String key() {
      return method + " " + path;
    }
  }

  public HttpApiSpec {
    routes = List.copyOf(routes);
    if (!name.matches("[a-z][a-z0-9-]{0,39}")) {
      throw new IllegalArgumentException("Cannot declare an HTTP API: no valid name: " + name);
    }
    Set<String> keys = new HashSet<>();
    for (Route route : routes) {
      if (!keys.add(route.key())) {
        throw new IllegalArgumentException(
            "Cannot declare HTTP API " + name + ": two routes: " + route.key());
      }
    }
    if (routes.isEmpty() || rate < 1 || burst < 1) {
      throw new IllegalArgumentException(
          "Cannot declare HTTP API " + name + ": it has no routes, or answers none of them");
    }
  }
}
