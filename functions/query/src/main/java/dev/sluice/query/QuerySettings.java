package dev.sluice.query;

import dev.sluice.aws.AwsSettings;
import dev.sluice.aws.Settings;
import dev.sluice.model.SluiceException;
import dev.sluice.model.query.ScanPrice;
import dev.sluice.model.registry.Registry;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * The function's settings.
 *
 * @param aws which AWS to talk to
 * @param declarations {@code SLUICE_DATASETS}
 * @param workgroup {@code SLUICE_QUERY_WORKGROUP}
 * @param sql {@code SLUICE_QUERY_SQL}, whether statements of callers are run; by default false
 * @param scanLimit {@code SLUICE_QUERY_SCAN_LIMIT}, the most bytes that a call may read, and what
 *     it may read when it does not say; by default 10 GB
 * @param price {@code SLUICE_QUERY_PRICE}, dollars for reading a terabyte; by default 5
 */
record QuerySettings(
    AwsSettings aws,
    Path declarations,
    String workgroup,
    boolean sql,
    long scanLimit,
    ScanPrice price) {
  private static final long SCAN_LIMIT =
      Registry.QUERY_SCAN_LIMIT_GIGABYTES * Registry.BYTES_PER_GIGABYTE;

  /**
   * @throws SluiceException {@code INVALID_SETTINGS} naming every missing, malformed and unknown
   *     setting
   */
  static QuerySettings from(Map<String, String> environment) {
    Settings settings = new Settings(environment);
    Path declarations =
        settings.required(
            Registry.ENV_DATASETS,
            "the folder with the declarations",
            QuerySettings::folder,
            Path.of(""));
    String workgroup =
        settings.required(
            Registry.ENV_QUERY_WORKGROUP,
            "the workgroup of Athena to ask in",
            QuerySettings::workgroup,
            "");
    QuerySettings read =
        new QuerySettings(
            AwsSettings.from(settings),
            declarations,
            workgroup,
            settings.optional(Registry.ENV_QUERY_SQL, QuerySettings::flag).orElse(false),
            settings
                .optional(Registry.ENV_QUERY_SCAN_LIMIT, QuerySettings::bytes)
                .orElse(SCAN_LIMIT),
            settings
                .optional(Registry.ENV_QUERY_PRICE, text -> new ScanPrice(new BigDecimal(text)))
                .orElse(ScanPrice.STANDARD));
    settings.check();
    return read;
  }

  private static Path folder(String text) {
    Path path = Path.of(text);
    if (!Files.isDirectory(path)) {
      throw new IllegalArgumentException("no such folder");
    }
    return path;
  }

  private static String workgroup(String text) {
    if (!text.matches("[a-zA-Z0-9._-]{1,128}")) {
      throw new IllegalArgumentException("not the name of a workgroup");
    }
    return text;
  }

  private static long bytes(String text) {
    long bytes = Long.parseLong(text);
    if (bytes < 1) {
      throw new IllegalArgumentException("not a positive number of bytes");
    }
    return bytes;
  }

  private static boolean flag(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException("neither true nor false");
    };
  }
}
