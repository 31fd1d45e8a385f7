package dev.sluice.launch;

import dev.sluice.aws.AwsClients;
import dev.sluice.aws.LakeEnvironment;
import dev.sluice.aws.Settings;
import dev.sluice.model.SluiceException;
import dev.sluice.model.emr.Emr;
import dev.sluice.model.emr.EmrPlace;
import dev.sluice.model.emr.LaunchPlace;
import dev.sluice.model.job.EmrSettings;
import dev.sluice.model.job.JobCode;
import dev.sluice.model.job.Jobs;
import dev.sluice.model.limit.Limits;
import dev.sluice.model.registry.Registry;
import dev.sluice.model.store.ObjectStore;
import dev.sluice.slots.SlotsConfig;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The functions' settings.
 *
 * @param lake what every function on the lake is told
 * @param place where to launch: {@code SLUICE_JOBS_JAR}, {@code SLUICE_JOBS_DATASETS}, {@code
 *     SLUICE_EMR_SERVICE_ROLE}, {@code SLUICE_EMR_INSTANCE_PROFILE}, and optionally {@code
 *     SLUICE_EMR_SUBNETS}, {@code SLUICE_EMR_SECURITY} and {@code SLUICE_LIMITS}
 */
record LaunchSettings(LakeEnvironment lake, LaunchPlace place) {

  /** The ports, wired. */
  record Wired(ObjectStore store, Emr emr, Jobs jobs, SlotsConfig config, Clock clock) {}

  /**
   * @throws SluiceException {@code INVALID_SETTINGS} naming every missing, malformed and unknown
   *     setting
   */
  static LaunchSettings from(Map<String, String> environment) {
    Settings settings = new Settings(environment);
    LakeEnvironment lake = LakeEnvironment.from(settings);
    String jar = settings.required(Registry.ENV_JOBS_JAR, "where the job jar lies");
    String datasets =
        settings.required(Registry.ENV_JOBS_DATASETS, "where the declarations lie, zipped");
    String role = settings.required(Registry.ENV_EMR_SERVICE_ROLE, "the name of EMR's role");
    String profile =
        settings.required(
            Registry.ENV_EMR_INSTANCE_PROFILE, "the name of the machines' instance profile");
    List<String> subnets =
        settings
            .optional(Registry.ENV_EMR_SUBNETS, text -> List.of(text.split(",")))
            .orElse(List.of());
    Optional<String> security = settings.optional(Registry.ENV_EMR_SECURITY, text -> text);
    Limits limits =
        settings.optional(Registry.ENV_LIMITS, Limits::parse).orElseGet(Limits::defaults);
    settings.check();
    return new LaunchSettings(
        lake,
        new LaunchPlace(
            new JobCode(jar, datasets, limits),
            new EmrPlace(
                role,
                profile,
                subnets,
                security,
                lake.layout().lakeUri(lake.layout().jobLogsPrefix()))));
  }

  /** Connects to nothing yet. */
  Wired wire() {
    Clock clock = Clock.systemUTC();
    AwsClients clients = new AwsClients(lake.aws());
    return new Wired(
        clients.objects(),
        clients.emr(clock),
        Jobs.load(lake.declarations(), lake.datasets()),
        SlotsConfig.of(
            lake.layout(), EmrSettings.load(lake.declarations()), place.place(), place.code()),
        clock);
  }
}
