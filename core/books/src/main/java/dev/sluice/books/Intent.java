package dev.sluice.books;

import dev.sluice.model.json.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one attempt is about to publish, written before the first file. As long as it lies there,
 * whoever handles the object can withdraw the files without knowing anything else.
 *
 * @param bucket the source's bucket
 * @param key the source's key
 * @param version the source's version or ETag
 * @param dataset the dataset
 * @param generation what the version's entry will have when the attempt is done
 * @param outputs keys in the lake bucket that may appear
 * @param withdrawn keys in the lake bucket that have to go when the attempt is done
 * @param message the {@link Attempt}'s message
 * @param expires from when on the attempt certainly does nothing more
 * @param sweep whether it is no attempt that leaves this word, but a {@link Sweep}: the outputs may
 *     be about to vanish
 */
record Intent(
    String bucket,
    String key,
    String version,
    String dataset,
    int generation,
    List<String> outputs,
    List<String> withdrawn,
    String message,
    Instant expires,
    boolean sweep) {
  Intent {
    outputs = List.copyOf(outputs);
    withdrawn = List.copyOf(withdrawn);
  }

  /** An attempt's. */
  Intent(
      String bucket,
      String key,
      String version,
      String dataset,
      int generation,
      List<String> outputs,
      List<String> withdrawn,
      String message,
      Instant expires) {
    this(bucket, key, version, dataset, generation, outputs, withdrawn, message, expires, false);
  }

  /** A sweep's. */
  static Intent sweep(String dataset, List<String> files, Instant expires) {
    return new Intent("", "", "", dataset, 0, files, List.of(), "", expires, true);
  }

  /** Everything that is not to be there unless an entry lists it. */
  List<String> keys() {
    List<String> keys = new ArrayList<>(outputs);
    keys.addAll(withdrawn);
    return keys;
  }

  /** The same with a later end. */
  Intent until(Instant later) {
    return new Intent(
        bucket, key, version, dataset, generation, outputs, withdrawn, message, later, sweep);
  }

  String toLine() {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("source_bucket", bucket);
    json.put("source_key", key);
    json.put("version", version);
    json.put("dataset", dataset);
    json.put("generation", generation);
    json.put("outputs", outputs);
    json.put("withdrawn", withdrawn);
    json.put("message", message);
    json.put("expires_at", expires.toString());
    if (sweep) {
      json.put("sweep", true);
    }
    return Json.write(json) + "\n";
  }

  static Intent parse(String line) {
    Map<String, @Nullable Object> json = Json.parseObject(line);
    return new Intent(
        String.valueOf(json.get("source_bucket")),
        String.valueOf(json.get("source_key")),
        String.valueOf(json.get("version")),
        String.valueOf(json.get("dataset")),
        json.get("generation") instanceof Long generation ? Math.toIntExact(generation) : 0,
        keys(json, "outputs"),
        keys(json, "withdrawn"),
        json.get("message") instanceof String message ? message : "",
        Instant.parse(String.valueOf(json.get("expires_at"))),
        Boolean.TRUE.equals(json.get("sweep")));
  }

  private static List<String> keys(Map<String, ?> json, String name) {
    if (!(json.get(name) instanceof List<?> keys)) {
      throw new IllegalArgumentException(name + " is not a list");
    }
    return keys.stream().map(String::valueOf).toList();
  }
}
