package dev.sluice.model.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.model.SluiceException;
import dev.sluice.model.dataset.Datasets;
import dev.sluice.model.limit.Limits;
import dev.sluice.model.registry.LakeLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobsTest {
  private static final JobCode CODE =
      new JobCode("s3://code/0a1b/sluice-jobs.jar", "s3://code/2c3d/datasets.zip");

  @TempDir Path root;

  private void dataset(String name, String jobs) throws IOException {
    Path folder = Files.createDirectories(root.resolve(name).resolve("jobs")).getParent();
    Files.writeString(
        folder.resolve("dataset.yaml"), "name: " + name + "\nschema: s.avsc\njobs: " + jobs + "\n");
    Files.writeString(
        folder.resolve("s.avsc"),
        """
        {"type": "record", "name": "R", "fields": [{"name": "a", "type": "string"}]}
        """);
  }

  private void job(String dataset, String job, String text) throws IOException {
    Files.writeString(root.resolve(dataset).resolve("jobs").resolve(job + ".yaml"), text);
  }

  private Jobs load() {
    return Jobs.load(root, Datasets.load(root));
  }

  private List<String> problems() {
    SluiceException e = catchThrowableOfType(SluiceException.class, this::load);
    assertThat(e).isNotNull();
    return e.getMessage().lines().skip(1).toList();
  }

  @Test
  void aJobIsWhatItsFileSays() throws IOException {
    dataset("sensors", "[statistics]");
    job(
        "sensors",
        "statistics",
        """
        title: Sensor statistics
        main: dev.sluice.jobs.sensors.SensorStatistics
        tables:
          - {name: sensor_daily, doc: By day, partitions: [day]}
          - name: sensor_total
        schedule: cron(0 2 * * ? *)
        timezone: Europe/Berlin
        overlap: replace
        timeout: PT30M
        incremental: false
        spark: {spark.sql.shuffle.partitions: 8}
        """);

    JobDeclaration job = load().get("sensors/statistics");

    assertThat(job.program())
        .isEqualTo(new JobDeclaration.Main("dev.sluice.jobs.sensors.SensorStatistics"));
    assertThat(job.tables())
        .containsExactly(
            new GoldTable("sensor_daily", "By day", List.of("day")),
            new GoldTable("sensor_total", "", List.of()));
    assertThat(job.schedule().orElseThrow().next(Instant.parse("2026-11-21T00:00:00Z")))
        .contains(Instant.parse("2026-11-21T01:00:00Z"));
    assertThat(job.overlap()).isEqualTo(Overlap.REPLACE);
    assertThat(job.timeout()).isEqualTo(Duration.ofMinutes(30));
    assertThat(job.incremental()).isFalse();
    assertThat(job.spark()).isEqualTo(Map.of("spark.sql.shuffle.partitions", "8"));
  }

  @Test
  void littleHasToBeSaid() throws IOException {
    dataset("sensors", "[totals]");
    job("sensors", "totals", "title: Totals\nsql: totals.sql\ntables: [{name: totals}]\n");
    Files.writeString(root.resolve("sensors/jobs/totals.sql"), "SELECT 1");

    JobDeclaration job = load().get("sensors/totals");

    assertThat(job.program()).isEqualTo(new JobDeclaration.Sql("totals.sql"));
    assertThat(job.schedule()).isEmpty();
    assertThat(job.overlap()).isEqualTo(Overlap.SKIP);
    assertThat(job.timeout()).isEqualTo(Duration.ofHours(2));
    assertThat(job.incremental()).isTrue();
  }

  @Test
  void everyProblemOfEveryJobIsSaidAtOnce() throws IOException {
    dataset("a", "[one, two, gone]");
    dataset("b", "[three]");
    job(
        "a",
        "one",
        """
        titel: One
        main: nonsense
        sql: one.sql
        tables: [{name: Bad-Name, partitions: [x, x]}]
        schedule: cron(0 2 * * * *)
        timezone: Mars/Olympus
        overlap: wait
        timeout: PT1S
        incremental: perhaps
        spark: {master: local, spark.master: local, spark.x: a b}
        """);
    job("a", "two", "title: Two\nsql: ../two.sql\ntables: []\ntimezone: UTC\n");
    job("a", "three", "title: Three\n");
    job("b", "three", "- a\n");

    assertThat(problems())
        .containsExactly(
            "- a/jobs/one.yaml:1: the declaration: unknown key 'titel'; did you mean 'title'?",
            "- a/jobs/one.yaml:1: title: it is missing; add 'title: …'",
            "- a/jobs/one.yaml:2: the program: there are both main and sql; name a class of the job"
                + " jar with 'main', or a file beside this one with 'sql'",
            "- a/jobs/one.yaml:4: tables 'Bad-Name': it cannot name a table; use a lower-case"
                + " letter, then up to 63 lower-case letters, digits or _",
            "- a/jobs/one.yaml:4: partitions 'x': it stands twice; remove one",
            "- a/jobs/one.yaml:6: timezone 'Mars/Olympus': there is no such time zone; write a name"
                + " of the IANA database, as Europe/Berlin, or UTC",
            "- a/jobs/one.yaml:5: schedule 'cron(0 2 * * * *)': both fields of days are set; write"
                + " ? for exactly one of day-of-month and day-of-week",
            "- a/jobs/one.yaml:7: overlap 'wait': unknown value; write skip, queue or replace",
            "- a/jobs/one.yaml:8: timeout 'PT1S': it is no span from PT1M to P7D; write one as ISO"
                + " 8601 has it, for instance PT2H",
            "- a/jobs/one.yaml:9: incremental 'perhaps': unknown value; write true or false",
            "- a/jobs/one.yaml:10: spark 'master': it is no setting of Spark; write its full name,"
                + " as spark.sql.shuffle.partitions",
            "- a/jobs/one.yaml:10: spark 'spark.master': it is set for all jobs by the launcher;"
                + " remove it",
            "- a/jobs/one.yaml:10: spark 'spark.x': its value has blanks or is longer than 500"
                + " characters; correct it",
            "- a/jobs/two.yaml:2: sql '../two.sql': it is no name of a file beside this one; write"
                + " name.sql, of lower-case letters, digits, _ and -",
            "- a/jobs/two.yaml:3: tables: there are none; name the tables that the job writes:"
                + " [{name: …}]",
            "- a/jobs/two.yaml:4: timezone: there is no schedule; add one, or remove the line",
            "- a/dataset.yaml: jobs 'gone': there is no file jobs/gone.yaml; add it, or remove the"
                + " name",
            "- a/jobs/three.yaml: the file: its dataset does not list it; add 'three' to jobs in"
                + " dataset.yaml, or remove the file",
            "- b/jobs/three.yaml:1: the declaration: it is a list; write 'key: value' lines, known"
                + " keys: title, description, main, sql, tables, schedule, timezone, overlap,"
                + " timeout, incremental, spark");
  }

  @Test
  void noTwoJobsWriteOneTable() throws IOException {
    dataset("a", "[one]");
    dataset("b", "[two]");
    job("a", "one", "title: One\nmain: x.One\ntables: [{name: t}]\n");
    job("b", "two", "title: Two\nmain: x.Two\ntables: [{name: t}]\n");

    assertThat(problems())
        .containsExactly(
            "- b/jobs/two.yaml: tables 't': the job a/one writes it; give it another name");
  }

  @Test
  void theCommandIsWhatTheStepRuns() throws IOException {
    dataset("a", "[one, two]");
    job("a", "one", "title: One\nmain: x.One\ntables: [{name: t}]\nspark: {spark.a: 1}\n");
    job("a", "two", "title: Two\nmain: x.Two\ntables: [{name: u}]\nincremental: false\n");
    Jobs jobs = load();
    Instant slot = Instant.parse("2026-11-21T02:00:00Z");

    JobCommand command =
        JobCommand.of(List.copyOf(jobs.all()), slot, "r-1", false, CODE, LakeLayout.defaults());

    assertThat(command.arguments())
        .containsExactly(
            "spark-submit",
            "--deploy-mode",
            "cluster",
            "--class",
            "dev.sluice.jobs.Run",
            "--conf",
            "spark.a=1",
            "--conf",
            "spark.sql.catalog.sluice=org.apache.iceberg.spark.SparkCatalog",
            "--conf",
            "spark.sql.catalog.sluice.io-impl=org.apache.iceberg.aws.s3.S3FileIO",
            "--conf",
            "spark.sql.catalog.sluice.type=glue",
            "--conf",
            "spark.sql.catalog.sluice.warehouse=s3://sluice-lake/gold/",
            "--conf",
            "spark.sql.extensions=org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions",
            "s3://code/0a1b/sluice-jobs.jar",
            "--jobs",
            "a/one,a/two",
            "--slot",
            "2026-11-21T02:00:00Z",
            "--run",
            "r-1",
            "--mode",
            "incremental",
            "--raw-bucket",
            "sluice-raw",
            "--lake-bucket",
            "sluice-lake",
            "--datasets",
            "s3://code/2c3d/datasets.zip");
    assertThat(
            JobCommand.of(List.of(jobs.get("a/two")), slot, "r", false, CODE, LakeLayout.defaults())
                .full())
        .isTrue();
  }

  @Test
  void theLakesLimitsAreTheStepsUnlessAJobSaysOtherwise() throws IOException {
    dataset("a", "[one, two]");
    job("a", "one", "title: One\nmain: x.One\ntables: [{name: t}]\n");
    job(
        "a",
        "two",
        "title: Two\nmain: x.Two\ntables: [{name: u}]\nspark: {spark.sluice.limits: depth=9}\n");
    Jobs jobs = load();
    JobCode limited = new JobCode(CODE.jar(), CODE.datasets(), Limits.parse("depth=7"));

    for (String[] expected : new String[][] {{"a/one", "depth=7"}, {"a/two", "depth=9"}}) {
      JobCommand command =
          JobCommand.of(
              List.of(jobs.get(expected[0])),
              Instant.EPOCH,
              "r",
              false,
              limited,
              LakeLayout.defaults());
      assertThat(command.spark()).containsEntry(JobCommand.LIMITS, expected[1]);
    }
  }

  @Test
  void aStepLongerThanEmrTakesIsRefused() {
    JobDeclaration job =
        new JobDeclaration(
            "a",
            "one",
            "One",
            "",
            new JobDeclaration.Main("x.One"),
            List.of(new GoldTable("t", "", List.of())),
            java.util.Optional.empty(),
            Overlap.SKIP,
            Duration.ofHours(1),
            true,
            Map.of("spark.a", "v".repeat(10_000)));
    JobCommand command =
        JobCommand.of(List.of(job), Instant.EPOCH, "r", false, CODE, LakeLayout.defaults());

    SluiceException e = catchThrowableOfType(SluiceException.class, command::arguments);

    assertThat(e)
        .hasMessageStartingWith(
            "Cannot make a step: its arguments have more than 10240 characters: ");
  }

  @Test
  void settingsOfEmrAreReadOrRefusedWhole() throws IOException {
    assertThat(EmrSettings.load(root)).isEqualTo(EmrSettings.defaults());
    Files.writeString(
        root.resolve("emr.yaml"), "cluster: j-2AXXXXXXGAPLF\nspot: false\nidle: PT5M\n");

    EmrSettings settings = EmrSettings.load(root);

    assertThat(settings.cluster()).contains("j-2AXXXXXXGAPLF");
    assertThat(settings.spot()).isFalse();
    assertThat(settings.idle()).isEqualTo(Duration.ofMinutes(5));
    Files.writeString(
        root.resolve("emr.yaml"),
        """
        release: latest
        cluster: running
        primary: [big, big]
        least_workers: 5
        most_workers: 2
        disk_gib: 1
        age: P99D
        """);
    SluiceException e = catchThrowableOfType(SluiceException.class, () -> EmrSettings.load(root));
    assertThat(e.getMessage().lines().skip(1))
        .containsExactly(
            "- emr.yaml:1: release 'latest': it is not understood; write one as emr-spark-8.1.0",
            "- emr.yaml:2: cluster 'running': it is not understood; write transient, or the id of a"
                + " cluster",
            "- emr.yaml:3: primary 'big': it is no instance type; write one as m7g.xlarge",
            "- emr.yaml:5: most_workers '2': there are to be at least 5; correct one",
            "- emr.yaml:6: disk_gib '1': it is no number from 32 to 16384; correct it",
            "- emr.yaml:7: age 'P99D': it is no span from PT10M to P30D; write one as ISO 8601 has"
                + " it, for instance PT15M");
  }
}
