package dev.sluice.ingest;

import dev.sluice.aws.AwsSettings;
import dev.sluice.aws.Settings;
import dev.sluice.convert.Limits;
import dev.sluice.model.SluiceException;
import dev.sluice.model.dataset.Datasets;
import dev.sluice.model.registry.LakeLayout;
import dev.sluice.model.registry.Registry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * The function's settings.
 *
 * @param aws which AWS to talk to
 * @param datasets the declarations in {@code SLUICE_DATASETS}
 * @param layout with the buckets {@code SLUICE_RAW_BUCKET} and {@code SLUICE_LAKE_BUCKET}
 * @param scratch {@code SLUICE_SCRATCH}, by default the platform's folder for temporary files
 * @param limits {@code SLUICE_LIMITS}, by default {@link Limits#defaults}
 */
record IngestSettings(
    AwsSettings aws, Datasets datasets, LakeLayout layout, Path scratch, Limits limits) {

  /**
   * @throws SluiceException {@code INVALID_SETTINGS} naming every missing, malformed and unknown
   *     setting; {@code INVALID_DECLARATION} when the settings are right and the declarations not
   */
  static IngestSettings from(Map<String, String> environment) {
    Settings settings = new Settings(environment);
    Path folder =
        settings.required(
            Registry.ENV_DATASETS,
            "the folder with the declarations",
            IngestSettings::folder,
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
    Limits limits = settings.optional("SLUICE_LIMITS", Limits::parse).orElseGet(Limits::defaults);
    AwsSettings aws = AwsSettings.from(settings);
    settings.check();
    return new IngestSettings(
        aws,
        Datasets.load(folder),
        new LakeLayout(raw, lake, LakeLayout.defaults().resultsBucket()),
        scratch,
        limits);
  }

  private static String bucket(Settings settings, String name, String meaning) {
    return settings.required(name, meaning, IngestSettings::bucketName, "");
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
