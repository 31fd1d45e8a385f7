package dev.sluice.athena;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the engine is started with. */
public sealed interface EngineSettings {

  /** The Hive catalog, which redirects Iceberg tables to the other one where there is one. */
  Map<String, String> hiveCatalog();

  /** The Iceberg catalog; empty where there is none. */
  Map<String, String> icebergCatalog();

  /**
   * Reads the settings from the standard AWS variables: {@code AWS_ENDPOINT_URL}, {@code
   * AWS_REGION}, {@code AWS_ACCESS_KEY_ID}, {@code AWS_SECRET_ACCESS_KEY}; or, for tables over
   * local files and no lake, from {@code SLUICE_ENGINE_FOLDER}, where the catalog is kept.
   *
   * @throws IllegalArgumentException naming every variable that is missing or malformed
   */
  static EngineSettings from(Map<String, String> environment) {
    String folder = environment.getOrDefault("SLUICE_ENGINE_FOLDER", "");
    return folder.isBlank() ? lake(environment) : new LocalFiles(Path.of(folder).toAbsolutePath());
  }

  private static EngineSettings lake(Map<String, String> environment) {
    List<String> problems = new ArrayList<>();
    Map<String, String> values = new LinkedHashMap<>();
    for (String name :
        List.of("AWS_ENDPOINT_URL", "AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")) {
      String value = environment.getOrDefault(name, "");
      if (value.isBlank()) {
        problems.add(name + " is not set");
      }
      values.put(name, value);
    }
    String endpoint = values.getOrDefault("AWS_ENDPOINT_URL", "");
    if (!endpoint.isBlank() && !endpoint.matches("https?://[^/]+/?")) {
      problems.add("AWS_ENDPOINT_URL is not an http address: " + endpoint);
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(
          "Cannot start the SQL engine: " + String.join("; ", problems) + ".");
    }
    return new Lake(
        URI.create(endpoint),
        values.getOrDefault("AWS_REGION", ""),
        values.getOrDefault("AWS_ACCESS_KEY_ID", ""),
        values.getOrDefault("AWS_SECRET_ACCESS_KEY", ""));
  }

  /**
   * Tables of a lake's Glue catalog over its S3.
   *
   * @param endpoint the lake's endpoint, which serves S3 and Glue
   * @param region the AWS region that requests are signed for
   * @param accessKey the access key that requests are signed with
   * @param secretKey the secret key that requests are signed with
   */
  record Lake(URI endpoint, String region, String accessKey, String secretKey)
      implements EngineSettings {
    @Override
    public Map<String, String> hiveCatalog() {
      Map<String, String> properties = new LinkedHashMap<>(common());
      properties.put("hive.metastore", "glue");
      properties.put("hive.security", "allow-all");
      properties.put("hive.partition-projection-enabled", "true");
      properties.put("hive.non-managed-table-writes-enabled", "true");
      properties.put("hive.iceberg-catalog-name", Engine.ICEBERG_CATALOG);
      // Athena reads what lies below a table's location, in subfolders too.
      properties.put("hive.recursive-directories", "true");
      // A registered partition whose folder is empty or gone has no rows; it is no error.
      properties.put("hive.ignore-absent-partitions", "true");
      properties.put("hive.max-partitions-per-writers", "100");
      // Another engine may have changed the catalog a moment ago.
      properties.put("hive.metastore-cache-ttl", "0s");
      properties.put("hive.metastore-stats-cache-ttl", "0s");
      return properties;
    }

    @Override
    public Map<String, String> icebergCatalog() {
      Map<String, String> properties = new LinkedHashMap<>(common());
      properties.put("iceberg.catalog.type", "glue");
      properties.put("iceberg.hive-catalog-name", Engine.HIVE_CATALOG);
      properties.put("iceberg.expire-snapshots.min-retention", "0s");
      properties.put("iceberg.remove-orphan-files.min-retention", "0s");
      properties.put("iceberg.register-table-procedure.enabled", "true");
      return properties;
    }

    private Map<String, String> common() {
      Map<String, String> properties = new LinkedHashMap<>();
      properties.put("fs.s3.enabled", "true");
      properties.put("fs.cache.enabled", "false");
      properties.put("s3.endpoint", endpoint.toString());
      properties.put("s3.region", region);
      properties.put("s3.path-style-access", "true");
      properties.put("s3.aws-access-key", accessKey);
      properties.put("s3.aws-secret-key", secretKey);
      properties.put("hive.metastore.glue.endpoint-url", endpoint.toString());
      properties.put("hive.metastore.glue.region", region);
      properties.put("hive.metastore.glue.aws-access-key", accessKey);
      properties.put("hive.metastore.glue.aws-secret-key", secretKey);
      // One round trip finds all partitions of a table; the catalog is next door.
      properties.put("hive.metastore.glue.partitions-segments", "1");
      return properties;
    }
  }

  /**
   * Tables over local files, at {@code local:///} and their absolute path.
   *
   * @param catalog the folder of the catalog
   */
  record LocalFiles(Path catalog) implements EngineSettings {
    @Override
    public Map<String, String> hiveCatalog() {
      Map<String, String> properties = new LinkedHashMap<>();
      properties.put("fs.local.enabled", "true");
      properties.put("local.location", "/");
      properties.put("hive.metastore", "file");
      properties.put("hive.metastore.catalog.dir", "local://" + catalog);
      properties.put("hive.security", "allow-all");
      properties.put("hive.recursive-directories", "true");
      properties.put("hive.timestamp-precision", "MICROSECONDS");
      return properties;
    }

    @Override
    public Map<String, String> icebergCatalog() {
      return Map.of();
    }
  }
}
