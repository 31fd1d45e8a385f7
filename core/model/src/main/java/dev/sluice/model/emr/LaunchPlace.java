package dev.sluice.model.emr;

import dev.sluice.model.job.JobCode;
import dev.sluice.model.json.Json;
import dev.sluice.model.limit.Limits;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a launch needs to know of the account. The functions are told by their environment, and
 * leave it in the lake bucket for commands.
 *
 * @param code jar, declarations, limits
 * @param place roles, network, logs
 */
public record LaunchPlace(JobCode code, EmrPlace place) {

  /** As a JSON object on one line. */
  public String toLine() {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("jar", code.jar());
    json.put("datasets", code.datasets());
    json.put("limits", code.limits().text());
    json.put("service_role", place.serviceRole());
    json.put("instance_profile", place.instanceProfile());
    json.put("subnets", place.subnets());
    json.put("security_configuration", place.securityConfiguration().orElse(null));
    json.put("logs", place.logs());
    return Json.write(json) + "\n";
  }

  /**
   * Reads what {@link #toLine} wrote.
   *
   * @throws IllegalArgumentException when it is something else
   */
  public static LaunchPlace parse(String line) {
    Map<String, @Nullable Object> json = Json.parseObject(line);
    List<String> subnets =
        json.get("subnets") instanceof List<?> list
            ? list.stream().map(String::valueOf).toList()
            : List.of();
    return new LaunchPlace(
        new JobCode(
            text(json, "jar"),
            text(json, "datasets"),
            Limits.parse(json.get("limits") instanceof String limits ? limits : "")),
        new EmrPlace(
            text(json, "service_role"),
            text(json, "instance_profile"),
            subnets,
            Optional.ofNullable(json.get("security_configuration")).map(String::valueOf),
            text(json, "logs")));
  }

  private static String text(Map<String, ?> json, String key) {
    if (json.get(key) instanceof String text) {
      return text;
    }
    throw new IllegalArgumentException(key + ": not a text");
  }
}
