package dev.sluice.books;

import dev.sluice.model.json.Json;
import java.time.Instant;
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
 * @param outputs keys in the lake bucket
 * @param expires from when on the attempt certainly does nothing more
 */
record Intent(
    String bucket,
    String key,
    String version,
    String dataset,
    List<String> outputs,
    Instant expires) {
  Intent {
    outputs = List.copyOf(outputs);
  }

  String toLine() {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("source_bucket", bucket);
    json.put("source_key", key);
    json.put("version", version);
    json.put("dataset", dataset);
    json.put("outputs", outputs);
    json.put("expires_at", expires.toString());
    return Json.write(json) + "\n";
  }

  static Intent parse(String line) {
    Map<String, @Nullable Object> json = Json.parseObject(line);
    if (!(json.get("outputs") instanceof List<?> outputs)) {
      throw new IllegalArgumentException("outputs is not a list");
    }
    return new Intent(
        String.valueOf(json.get("source_bucket")),
        String.valueOf(json.get("source_key")),
        String.valueOf(json.get("version")),
        String.valueOf(json.get("dataset")),
        outputs.stream().map(String::valueOf).toList(),
        Instant.parse(String.valueOf(json.get("expires_at"))));
  }
}
