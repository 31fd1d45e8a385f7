package dev.sluice.lake.athena;

import dev.sluice.aws.AthenaRuns;
import dev.sluice.aws.AwsSettings;
import dev.sluice.model.query.QueryRuns;
import dev.sluice.testing.QueryRunsContract;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;

/** The functions' way to Athena, over the local one with its real engine. */
class FunctionsQueryRunsIT extends QueryRunsContract {
  @TempDir static Path folder;
  private static TestLake lake;
  private static AthenaRuns runs;
  private static AthenaRuns elsewhere;

  @BeforeAll
  static void start() throws IOException {
    lake = new TestLake(folder);
    lake.service.ensureWorkGroup("asked", "s3://" + TestLake.RESULTS + "/asked/", 10_000_000_000L);
    runs = in("asked");
    elsewhere = in(AthenaService.PRIMARY);
  }

  private static AthenaRuns in(String workgroup) {
    return AthenaRuns.in(
        workgroup,
        new AwsSettings(Region.US_EAST_1, Optional.of(lake.endpoint.uri())),
        StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")),
        Clock.systemUTC());
  }

  @AfterAll
  static void stop() {
    runs.close();
    elsewhere.close();
    lake.close();
  }

  @Override
  protected QueryRuns runs() {
    return runs;
  }

  @Override
  protected QueryRuns elsewhere() {
    return elsewhere;
  }
}
