package dev.sluice.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.lake.emr.SparkEngine;
import dev.sluice.model.registry.LakeLayout;
import dev.sluice.model.registry.Registry;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.athena.AthenaClient;
import software.amazon.awssdk.services.athena.model.QueryExecutionState;
import software.amazon.awssdk.services.emr.EmrClient;
import software.amazon.awssdk.services.emr.model.ActionOnFailure;
import software.amazon.awssdk.services.emr.model.Application;
import software.amazon.awssdk.services.emr.model.Cluster;
import software.amazon.awssdk.services.emr.model.ClusterState;
import software.amazon.awssdk.services.emr.model.Configuration;
import software.amazon.awssdk.services.emr.model.EmrException;
import software.amazon.awssdk.services.emr.model.Step;
import software.amazon.awssdk.services.emr.model.StepCancellationOption;
import software.amazon.awssdk.services.emr.model.StepConfig;
import software.amazon.awssdk.services.emr.model.StepState;
import software.amazon.awssdk.services.s3.S3Client;

/** The EMR API with real Spark, real S3A and real Iceberg, and Trino to read what they wrote. */
class EmrIT {
  private static final Path ROOT = Path.of(System.getProperty("sluice.root"));

  @TempDir static Path folder;
  private static Lake lake;
  private static EmrClient emr;
  private static S3Client s3;

  @BeforeAll
  static void start() throws Exception {
    lake =
        Lake.start(
            LakeSettings.defaults(ROOT)
                .withPort(0)
                .withData(folder.resolve("data"))
                .withStepHeapMib(768)
                .withWarm(false),
            new Registry(
                LakeLayout.defaults(), List.of(), List.of(), List.of(), List.of(), List.of()),
            null,
            null);
    emr = Clients.client(EmrClient.builder(), lake.url());
    s3 = Clients.client(S3Client.builder().forcePathStyle(true), lake.url());
    s3.putObject(
        put -> put.bucket("sluice-lake").key("code/tiny.jar"), RequestBody.fromFile(jar()));
    s3.putObject(
        put -> put.bucket("sluice-raw").key("tiny/a.json"),
        RequestBody.fromString(
            "{\"name\":\"a\",\"value\":1}\n"
                + "{\"name\":\"b\",\"value\":2}\n"
                + "{\"name\":\"a\",\"value\":3}\n"));
  }

  @AfterAll
  static void stop() {
    if (emr != null) {
      emr.close();
      s3.close();
    }
    if (lake != null) {
      lake.close();
    }
  }

  private static Path jar() throws IOException {
    Path classes = Files.createDirectory(folder.resolve("classes"));
    String classpath =
        SparkEngine.classpath(ROOT.resolve("localstack/spark-engine")).stream()
            .map(Path::toString)
            .collect(Collectors.joining(File.pathSeparator));
    int code =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-proc:none",
                "--release",
                "17",
                "-cp",
                classpath,
                "-d",
                classes.toString(),
                ROOT.resolve("localstack/lake/src/test/resources/steps/TinyJob.java").toString());
    assertThat(code).isZero();
    Path jar = folder.resolve("tiny.jar");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      out.putNextEntry(new JarEntry("TinyJob.class"));
      Files.copy(classes.resolve("TinyJob.class"), out);
    }
    return jar;
  }

  private static StepConfig step(String name, ActionOnFailure action, String... arguments) {
    List<String> args =
        new ArrayList<>(
            List.of(
                "spark-submit",
                "--deploy-mode",
                "cluster",
                "--class",
                "TinyJob",
                "--driver-memory",
                "4g",
                "--conf",
                "spark.driver.extraJavaOptions=-Dtiny=yes -XX:+UseG1GC",
                "--conf",
                "spark.sql.catalog.sluice=org.apache.iceberg.spark.SparkCatalog",
                "--conf",
                "spark.sql.catalog.sluice.catalog-impl=org.apache.iceberg.aws.glue.GlueCatalog",
                "--conf",
                "spark.sql.catalog.sluice.warehouse=s3://sluice-lake/gold",
                "s3://sluice-lake/code/tiny.jar"));
    args.addAll(Arrays.asList(arguments));
    return StepConfig.builder()
        .name(name)
        .actionOnFailure(action)
        .hadoopJarStep(jar -> jar.jar("command-runner.jar").args(args))
        .build();
  }

  private static String run(String name, boolean keepAlive, StepConfig... steps) {
    return emr.runJobFlow(request ->
            request
                .name(name)
                .releaseLabel("emr-spark-8.1.0")
                .logUri("s3://sluice-lake/ops/emr-logs/")
                .applications(Application.builder().name("Spark").build())
                .configurations(
                    Configuration.builder()
                        .classification("spark-defaults")
                        .properties(Map.of("spark.sql.shuffle.partitions", "3"))
                        .build())
                .instances(i ->
                    i.masterInstanceType("m7g.xlarge")
                        .instanceCount(3)
                        .keepJobFlowAliveWhenNoSteps(keepAlive)
                        .terminationProtected(keepAlive))
                .steps(steps))
        .jobFlowId();
  }

  private static Cluster await(String id, Predicate<Cluster> condition) throws Exception {
    long end = System.nanoTime() + Duration.ofMinutes(5).toNanos();
    while (true) {
      Cluster cluster = emr.describeCluster(r -> r.clusterId(id)).cluster();
      if (condition.test(cluster)) {
        return cluster;
      }
      assertThat(System.nanoTime()).as(() -> cluster + " " + steps(id)).isLessThan(end);
      Thread.sleep(100);
    }
  }

  private static List<?> steps(String id) {
    return emr.listSteps(r -> r.clusterId(id)).steps();
  }

  private static Step await(String cluster, String step, StepState state) throws Exception {
    long end = System.nanoTime() + Duration.ofMinutes(5).toNanos();
    while (true) {
      Step now = emr.describeStep(r -> r.clusterId(cluster).stepId(step)).step();
      if (now.status().state() == state) {
        return now;
      }
      assertThat(System.nanoTime()).as(now::toString).isLessThan(end);
      Thread.sleep(100);
    }
  }

  private static String log(String cluster, String step, String name) throws IOException {
    byte[] zipped =
        s3.getObjectAsBytes(get ->
                get.bucket("sluice-lake")
                    .key("ops/emr-logs/" + cluster + "/steps/" + step + "/" + name + ".gz"))
            .asByteArray();
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(zipped))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void aTransientClusterRunsItsStepOverS3AndIcebergAndTrinoReadsTheTable() throws Exception {
    String id =
        run(
            "tiny",
            false,
            step(
                "totals",
                ActionOnFailure.TERMINATE_CLUSTER,
                "s3://sluice-raw/tiny/",
                "s3://sluice-lake/tmp/tiny/",
                "sluice.gold.tiny"));
    Cluster cluster =
        await(
            id,
            c ->
                c.status().state() == ClusterState.TERMINATED
                    || c.status().state() == ClusterState.TERMINATED_WITH_ERRORS);
    String step = emr.listSteps(r -> r.clusterId(id)).steps().getFirst().id();
    String stderr = log(id, step, "stderr");
    assertThat(cluster.status().state()).as(stderr).isEqualTo(ClusterState.TERMINATED);
    assertThat(cluster.status().stateChangeReason().message()).isEqualTo("Steps completed");
    String stdout = log(id, step, "stdout");
    assertThat(stdout.lines())
        .contains(
            "[a,4]",
            "[b,2]",
            "master local[*]",
            "EMR_STEP_ID " + step,
            "EMR_CLUSTER_ID " + id,
            "shuffle 3");
    assertThat(stdout).containsPattern("heap [67]\\d{8} yes");
    assertThat(stderr).contains("MagicS3GuardCommitter").doesNotContain("ERROR");
    assertThat(log(id, step, "controller")).contains("exit code 0");

    Set<String> written = new TreeSet<>();
    s3.listObjectsV2(list -> list.bucket("sluice-lake").prefix("tmp/tiny/"))
        .contents()
        .forEach(object -> {
          // S3A marks folders, too.
          if (!object.key().endsWith("/")) {
            written.add(object.key().replaceAll("-.*", ""));
          }
        });
    assertThat(written).containsExactly("tmp/tiny/_SUCCESS", "tmp/tiny/part");

    try (AthenaClient athena = Clients.client(AthenaClient.builder(), lake.url())) {
      String query =
          athena
              .startQueryExecution(
                  q -> q.queryString("SELECT name, total FROM gold.tiny ORDER BY name"))
              .queryExecutionId();
      while (true) {
        var execution = athena.getQueryExecution(q -> q.queryExecutionId(query)).queryExecution();
        QueryExecutionState state = execution.status().state();
        if (state != QueryExecutionState.QUEUED && state != QueryExecutionState.RUNNING) {
          assertThat(state)
              .as(execution.status().stateChangeReason())
              .isEqualTo(QueryExecutionState.SUCCEEDED);
          break;
        }
        Thread.sleep(50);
      }
      assertThat(
              athena.getQueryResults(q -> q.queryExecutionId(query)).resultSet().rows().stream()
                  .map(row -> row.data().stream().map(cell -> cell.varCharValue()).toList()))
          .containsExactly(List.of("name", "total"), List.of("a", "4"), List.of("b", "2"));
    }
  }

  @Test
  void aProtectedClusterFailsOneStepCancelsAnotherAndEndsWhenItIsTold() throws Exception {
    String id =
        run(
            "kept",
            true,
            step("fails", ActionOnFailure.CONTINUE, "fail", "42"),
            step("sleeps", ActionOnFailure.CONTINUE, "sleep"));
    List<String> ids =
        emr.listSteps(r -> r.clusterId(id)).steps().reversed().stream().map(s -> s.id()).toList();
    Step failed = await(id, ids.get(0), StepState.FAILED);
    assertThat(failed.status().failureDetails().message())
        .isEqualTo("Cannot run job tiny: told to fail: 42");
    assertThat(failed.status().failureDetails().logFile())
        .isEqualTo("s3://sluice-lake/ops/emr-logs/" + id + "/steps/" + ids.get(0) + "/stderr.gz");
    assertThat(log(id, ids.get(0), "stderr")).contains("told to fail: 42");
    assertThat(log(id, ids.get(0), "controller")).contains("exit code 3");

    Path stdout = folder.resolve("data/logs/emr").resolve(id).resolve(ids.get(1)).resolve("stdout");
    long end = System.nanoTime() + Duration.ofMinutes(2).toNanos();
    while (!Files.exists(stdout) || !Files.readString(stdout).contains("asleep")) {
      assertThat(System.nanoTime()).isLessThan(end);
      Thread.sleep(50);
    }
    emr.cancelSteps(r ->
        r.clusterId(id)
            .stepIds(ids.get(1))
            .stepCancellationOption(StepCancellationOption.TERMINATE_PROCESS));
    await(id, ids.get(1), StepState.CANCELLED);

    await(id, c -> c.status().state() == ClusterState.WAITING);
    assertThatThrownBy(() -> emr.terminateJobFlows(r -> r.jobFlowIds(id)))
        .isInstanceOf(EmrException.class)
        .hasMessageContaining("termination protected");
    emr.setTerminationProtection(r -> r.jobFlowIds(id).terminationProtected(false));
    emr.terminateJobFlows(r -> r.jobFlowIds(id));
    Cluster ended = await(id, c -> c.status().state() == ClusterState.TERMINATED);
    assertThat(ended.status().stateChangeReason().codeAsString()).isEqualTo("USER_REQUEST");
  }
}
