package dev.sluice.aws;

import dev.sluice.model.SluiceException;
import dev.sluice.model.dataset.Datasets;
import dev.sluice.model.registry.LakeLayout;
import dev.sluice.model.registry.Registry;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What every function on the lake is told.
 *
 * @param aws which AWS to talk to
 * @param declarations {@code SLUICE_DATASETS}
 * @param rawBucket {@code SLUICE_RAW_BUCKET}
 * @param lakeBucket {@code SLUICE_LAKE_BUCKET}
 * @param scratch {@code SLUICE_SCRATCH}, by default the platform's folder for temporary files
 */
public record LakeEnvironment(
    AwsSettings aws, Path declarations, String rawBucket, String lakeBucket, Path scratch) {

  /** Reads it; problems are left in {@code settings}. */
  public static LakeEnvironment from(Settings settings) {
    Path folder =
        settings.required(
            Registry.ENV_DATASETS,
            "the folder with the declarations",
            LakeEnvironment::folder,
            Path.of(""));
    String raw = bucket(settings, Registry.ENV_RAW_BUCKET, "the bucket that uploads arrive in");
    String lake =
        bucket(settings, Registry.ENV_LAKE_BUCKET, "the bucket of silver, quarantine and ledger");
    if (!raw.isEmpty() && raw.equals(lake)) {
      settings.problem("SLUICE_RAW_BUCKET and SLUICE_LAKE_BUCKET are the same: " + raw);
    }
    Path scratch =
        settings
            .optional("SLUICE_SCRATCH", Path::of)
            .orElseGet(() -> Path.of(System.getProperty("java.io.tmpdir")));
    return new LakeEnvironment(AwsSettings.from(settings), folder, raw, lake, scratch);
  }

  /**
   * Loads the declarations.
   *
   * @throws SluiceException {@code INVALID_DECLARATION} with every problem
   */
  public Datasets datasets() {
    return Datasets.load(declarations);
  }

  /** Keys in these buckets. */
  public LakeLayout layout() {
    return new LakeLayout(rawBucket, lakeBucket, LakeLayout.defaults().resultsBucket());
  }

  private static String bucket(Settings settings, String name, String meaning) {
    return settings.required(name, meaning, LakeEnvironment::bucketName, "");
  }

  private static String bucketName(String text) {
    if (!text.matches("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]") || text.contains("..")) {
      throw new IllegalArgumentException("not the name of a bucket");
    }
    return text;
  }

  private static Path folder(String text) {
    Path path = Path.of(text);
    if (!Files.isDirectory(path)) {
      throw new IllegalArgumentException("no such folder");
    }
    return path;
  }
}
