package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.lake.Lake;
import dev.sluice.lake.LakeSettings;
import dev.sluice.model.json.Json;
import dev.sluice.model.ledger.LedgerEntry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetBucketNotificationConfigurationResponse;
import software.amazon.awssdk.services.s3.model.NotificationConfiguration;
import software.amazon.awssdk.services.s3.model.S3Object;

/** {@code sluice audit} on a local lake of which things were taken and to which things were put. */
class AuditIT {
  private static final String RAW = LocalLake.LAYOUT.rawBucket();
  private static final String LAKE = LocalLake.LAYOUT.lakeBucket();

  @TempDir Path folder;

  private final Recorder sluice = new Recorder();

  @Test
  void whatWasBrokenIsNamedAndMended() throws Exception {
    try (LocalLake lake =
            LocalLake.start(
                sluice.console(),
                folder.resolve("data"),
                0,
                sluice.console().root().resolve("datasets"));
        S3Client s3 = lake.aws().s3()) {
      for (String name : List.of("entry", "file", "whole")) {
        upload(lake, name);
      }
      List<LedgerEntry> entries = Lakes.awaitLedger(lake, 3);
      assertThat(audit(lake)).as(sluice::out).isZero();
      assertThat(kinds()).isEmpty();

      GetBucketNotificationConfigurationResponse notifications =
          s3.getBucketNotificationConfiguration(b -> b.bucket(RAW));
      s3.putBucketNotificationConfiguration(b ->
          b.bucket(RAW).notificationConfiguration(NotificationConfiguration.builder().build()));
      upload(lake, "unannounced");
      s3.putBucketNotificationConfiguration(b ->
          b.bucket(RAW)
              .notificationConfiguration(
                  n -> n.queueConfigurations(notifications.queueConfigurations())));
      LedgerEntry robbed = entry(entries, "file");
      s3.deleteObject(b -> b.bucket(LAKE).key(robbed.files().get(0).key()));
      String first = entry(entries, "whole").files().get(0).key();
      String orphan = first.substring(0, first.lastIndexOf('-')) + "-99.parquet";
      s3.putObject(b -> b.bucket(LAKE).key(orphan), RequestBody.fromString("nobody's"));
      forget(s3, entry(entries, "entry"));
      String lost =
          first.substring(0, first.lastIndexOf('/'))
              + "/0123456789abcdef0123-0123456789abcdef-0.parquet";
      s3.putObject(b -> b.bucket(LAKE).key(lost), RequestBody.fromString("nobody's"));
      Thread.sleep(2_100);

      assertThat(audit(lake)).isEqualTo(Main.FAILED);
      assertThat(kinds())
          .contains("UNANNOUNCED sensors/entry.json", "UNANNOUNCED sensors/unannounced.json")
          .contains("MISSING_FILES sensors/file.json")
          .contains("ORPHAN " + orphan, "ORPHAN " + lost);

      assertThat(audit(lake, "--repair")).as(sluice::out).isZero();
      awaitClean(lake);
      assertThat(keys(s3, "silver/")).doesNotContain(orphan, lost);

      assertThat(
              sluice.run(
                  "sql",
                  "--format",
                  "csv",
                  "--endpoint",
                  lake.aws().address(),
                  "SELECT count(*), sum(records_read - records_written - records_quarantined),"
                      + " sum(records_written) - (SELECT count(*) FROM silver.sensors),"
                      + " sum(records_quarantined)"
                      + " - (SELECT count(*) FROM ops.quarantine WHERE dataset = 'sensors')"
                      + " FROM ops.ledger WHERE dataset = 'sensors' AND status LIKE 'LOADED%'"))
          .as(sluice::err)
          .isZero();
      assertThat(sluice.out().lines().skip(1)).containsExactly("4,0,0,0");
    }
  }

  @Test
  void theScheduledFunctionMendsWithoutBeingAsked() throws Exception {
    LakeSettings settings =
        LakeSettings.defaults(sluice.console().root())
            .withPort(0)
            .withData(folder.resolve("data"))
            .withWarm(false)
            .withScheduleEvery(Duration.ofSeconds(1));
    try (LocalLake lake = new LocalLake(Lake.start(settings));
        S3Client s3 = lake.aws().s3()) {
      upload(lake, "robbed");
      String file = Lakes.awaitLedger(lake, 1).get(0).files().get(0).key();
      int files = keys(s3, "silver/").size();

      s3.deleteObject(b -> b.bucket(LAKE).key(file));

      Path log = folder.resolve("data/logs/lambda-audit-0.log");
      long end = System.nanoTime() + Duration.ofMinutes(1).toNanos();
      while (!Files.exists(log)
          || !Files.readString(log).contains("\"MissingFiles\":1")
          || keys(s3, "silver/").size() != files) {
        assertThat(System.nanoTime()).as("found and mended").isLessThan(end);
        Thread.sleep(100);
      }
    }
  }

  @Test
  void aSafeAgeBelowTheLifeOfAnAttemptIsRefused() {
    assertThat(sluice.run("audit", "--safe-age", "19m")).isEqualTo(Main.USAGE);

    assertThat(sluice.err()).contains("Cannot sweep files that young").contains("20m or more");
  }

  private void upload(LocalLake lake, String name) {
    assertThat(
            sluice.run(
                "simulate",
                "sensors",
                "--records",
                200,
                "--bad",
                "0.05",
                "--seed",
                name.length(),
                "--out",
                "s3://" + RAW + "/sensors/" + name + ".json",
                "--endpoint",
                lake.aws().address()))
        .as(sluice::err)
        .isZero();
  }

  /** A file of no age at all may be swept here, since nobody else is at work. */
  private int audit(LocalLake lake, String... options) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--endpoint", lake.aws().address(), "--grace", "0m", "--safe-age", "0m", "--json"));
    arguments.addAll(Arrays.asList(options));
    sluice.forget();
    return new CommandLine(new AuditCommand(sluice.console(), Duration.ZERO))
        .execute(arguments.toArray(String[]::new));
  }

  private List<String> kinds() {
    return ((List<?>) Json.parseObject(sluice.out()).get("findings"))
        .stream()
            .map(one -> (Map<?, ?>) one)
            .map(one ->
                one.get("kind")
                    + " "
                    + one.get("object").toString().replaceFirst("s3://[^/]+/", ""))
            .toList();
  }

  /** The audit that mends also sweeps what it let be while ingest was to look at the object. */
  private void awaitClean(LocalLake lake) throws InterruptedException {
    long end = System.nanoTime() + Duration.ofMinutes(1).toNanos();
    while (audit(lake) != Main.OK) {
      assertThat(System.nanoTime()).as(sluice::out).isLessThan(end);
      Thread.sleep(500);
      audit(lake, "--repair");
    }
    assertThat(kinds()).isEmpty();
  }

  private static LedgerEntry entry(List<LedgerEntry> entries, String name) {
    return entries.stream()
        .filter(entry -> entry.sourceKey().contains(name))
        .findFirst()
        .orElseThrow();
  }

  private static void forget(S3Client s3, LedgerEntry entry) {
    for (String key : keys(s3, "ops/ledger/")) {
      String text = s3.getObjectAsBytes(b -> b.bucket(LAKE).key(key)).asUtf8String();
      if (LedgerEntry.parse(text).sourceKey().equals(entry.sourceKey())) {
        s3.deleteObject(b -> b.bucket(LAKE).key(key));
      }
    }
  }

  private static List<String> keys(S3Client s3, String prefix) {
    return s3.listObjectsV2Paginator(b -> b.bucket(LAKE).prefix(prefix)).contents().stream()
        .map(S3Object::key)
        .toList();
  }
}
