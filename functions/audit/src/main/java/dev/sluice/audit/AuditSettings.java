package dev.sluice.audit;

import dev.sluice.aws.LakeEnvironment;
import dev.sluice.aws.Settings;
import dev.sluice.model.SluiceException;
import dev.sluice.model.registry.Registry;
import java.util.Map;

/**
 * The function's settings.
 *
 * @param lake what every function on the lake is told
 * @param queue {@code SLUICE_INGEST_QUEUE}, the name of the queue that ingest is asked through
 * @param repair {@code SLUICE_AUDIT_REPAIR}, whether to mend what is found unless an event says
 *     otherwise; by default true
 */
record AuditSettings(LakeEnvironment lake, String queue, boolean repair) {

  /**
   * @throws SluiceException {@code INVALID_SETTINGS} naming every missing, malformed and unknown
   *     setting
   */
  static AuditSettings from(Map<String, String> environment) {
    Settings settings = new Settings(environment);
    String queue = settings.required(Registry.ENV_INGEST_QUEUE, "the queue that ingest works on");
    boolean repair = settings.optional(Registry.ENV_AUDIT_REPAIR, AuditSettings::flag).orElse(true);
    LakeEnvironment lake = LakeEnvironment.from(settings);
    settings.check();
    return new AuditSettings(lake, queue, repair);
  }

  private static boolean flag(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException("neither true nor false");
    };
  }
}
