package dev.sluice.ingest;

import dev.sluice.aws.LakeEnvironment;
import dev.sluice.aws.Settings;
import dev.sluice.model.SluiceException;
import dev.sluice.model.limit.Limits;
import dev.sluice.model.registry.Registry;
import java.util.Map;

/**
 * The function's settings.
 *
 * @param lake what every function on the lake is told
 * @param limits {@code SLUICE_LIMITS}, by default {@link Limits#defaults}
 */
record IngestSettings(LakeEnvironment lake, Limits limits) {

  /**
   * @throws SluiceException {@code INVALID_SETTINGS} naming every missing, malformed and unknown
   *     setting
   */
  static IngestSettings from(Map<String, String> environment) {
    Settings settings = new Settings(environment);
    Limits limits =
        settings.optional(Registry.ENV_LIMITS, Limits::parse).orElseGet(Limits::defaults);
    LakeEnvironment lake = LakeEnvironment.from(settings);
    settings.check();
    return new IngestSettings(lake, limits);
  }
}
