package dev.sluice.lake.emr;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StepLogsTest {
  @TempDir Path folder;

  private String reason(String stderr) throws IOException {
    return StepLogs.reason(Files.writeString(folder.resolve("stderr"), stderr)).orElse("");
  }

  @Test
  void theReasonIsWhatTheApplicationSaidLast() throws IOException {
    assertThat(
            reason(
                """
                26/11/21 12:00:00 INFO SparkContext: Running Spark version 4.1.3
                Cannot run job a: it is no number: x
                26/11/21 12:00:01 INFO ShutdownHookManager: Shutdown hook called
                """))
        .isEqualTo("Cannot run job a: it is no number: x");
  }

  @Test
  void anExceptionsReasonIsItsFirstCause() throws IOException {
    assertThat(
            reason(
                """
                Exception in thread "main" org.apache.spark.SparkException: Job aborted
                \tat org.apache.spark.A.b(A.scala:1)
                Caused by: java.io.IOException: the file is no Parquet: s3://b/k
                \tat c.D.e(D.java:2)
                \t... 3 more
                """))
        .isEqualTo("Caused by: java.io.IOException: the file is no Parquet: s3://b/k");
  }

  @Test
  void aLogUriIsReadInEveryForm() {
    assertThat(StepLogs.location("s3n://b/logs//", "j-1", "s-1"))
        .contains("s3://b/logs/j-1/steps/s-1/");
    assertThat(StepLogs.location("s3://b", "j-1", "s-1")).contains("s3://b/j-1/steps/s-1/");
    assertThat(StepLogs.location(null, "j-1", "s-1")).isEmpty();
    assertThat(StepLogs.isLocation("file:///tmp")).isFalse();
  }
}
