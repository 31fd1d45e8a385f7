package dev.sluice.lake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.aws.AwsClients;
import dev.sluice.aws.AwsSettings;
import dev.sluice.model.emr.Emr;
import dev.sluice.model.registry.LakeLayout;
import dev.sluice.model.registry.Registry;
import dev.sluice.testing.EmrContract;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;

/** The functions' clusters on the local EMR do what they do in memory. */
class FunctionsEmrIT extends EmrContract {
  @TempDir static Path folder;
  private static Lake lake;
  private static AwsClients clients;

  @BeforeAll
  static void start() {
    lake =
        Lake.start(
            LakeSettings.defaults(Path.of(System.getProperty("sluice.root")))
                .withPort(0)
                .withData(folder.resolve("data"))
                .withStepHeapMib(512)
                .withWarm(false),
            new Registry(
                LakeLayout.defaults(), List.of(), List.of(), List.of(), List.of(), List.of()),
            null,
            null);
    clients =
        new AwsClients(
            new AwsSettings(Region.US_EAST_1, Optional.of(lake.url())),
            StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")));
  }

  @AfterAll
  static void stop() {
    if (clients != null) {
      clients.close();
    }
    if (lake != null) {
      lake.close();
    }
  }

  @Override
  protected Emr emr() {
    return clients.emr(Clock.systemUTC());
  }

  @Override
  protected void until(BooleanSupplier so) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!so.getAsBoolean()) {
      assertThat(System.nanoTime()).as("in time").isLessThan(end);
      try {
        Thread.sleep(200);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** Of a jar that is not there, so that the step soon ends. */
  @Override
  protected List<String> arguments() {
    return List.of(
        "spark-submit",
        "--deploy-mode",
        "cluster",
        "--class",
        "None",
        "s3://sluice-lake/code/none.jar");
  }
}
