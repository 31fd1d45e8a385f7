package dev.sluice.lake.emr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.lake.api.Objects;
import dev.sluice.lake.http.Endpoint;
import dev.sluice.model.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The AWS command line as a client of the EMR API; skipped where it is not installed. */
class EmrCliIT {
  @TempDir Path folder;

  private record Outcome(int exit, String output) {}

  private Outcome run(Endpoint endpoint, String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(List.of("aws", "--endpoint-url", endpoint.uri().toString(), "emr"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.directory(folder.toFile());
    builder.environment().put("AWS_ACCESS_KEY_ID", "test");
    builder.environment().put("AWS_SECRET_ACCESS_KEY", "test");
    builder.environment().put("AWS_DEFAULT_REGION", "us-east-1");
    builder.environment().put("AWS_CONFIG_FILE", folder.resolve("none").toString());
    builder.environment().put("AWS_PAGER", "");
    Process process = builder.start();
    process.getOutputStream().close();
    try (InputStream in = process.getInputStream()) {
      String output = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return new Outcome(process.waitFor(), output);
    }
  }

  private Map<String, ?> emr(Endpoint endpoint, String... arguments) throws Exception {
    Outcome outcome = run(endpoint, arguments);
    assertThat(outcome.exit()).as(outcome.output()).isZero();
    return outcome.output().isBlank() ? Map.of() : Json.parseObject(outcome.output());
  }

  private static Object at(Object tree, Object... path) {
    Object here = tree;
    for (Object step : path) {
      here =
          step instanceof Integer index
              ? ((List<?>) here).get(index)
              : java.util.Objects.requireNonNull(
                  ((Map<?, ?>) here).get(step), step + " in " + here);
    }
    return here;
  }

  /** A step that never ends by itself. */
  private static final class Endless implements StepEngine {
    @Override
    public Execution start(Run run) {
      CompletableFuture<Integer> exit = new CompletableFuture<>();
      return new Execution() {
        @Override
        public CompletableFuture<Integer> exit() {
          return exit;
        }

        @Override
        public void interrupt() {
          exit.complete(143);
        }

        @Override
        public void kill() {
          exit.complete(137);
        }

        @Override
        public String description() {
          return "endless";
        }
      };
    }
  }

  private static final class NoObjects implements Objects {
    @Override
    public void put(String bucket, String key, byte[] content, String contentType) {}

    @Override
    public Optional<byte[]> get(String bucket, String key) {
      return Optional.empty();
    }

    @Override
    public List<String> list(String bucket, String prefix, int most) {
      return List.of();
    }
  }

  @Test
  void everydayCommandsWork() throws Exception {
    try {
      new ProcessBuilder("aws", "--version").start().waitFor();
    } catch (IOException e) {
      assumeTrue(false, "The AWS CLI (aws) is not installed: its checks are skipped");
    }
    try (EmrService service =
            new EmrService(
                new Endless(),
                new NoObjects(),
                event -> {},
                new EmrSettings(
                    folder.resolve("emr"), folder.resolve("logs"), "us-east-1", "000000000000", 1),
                Clock.systemUTC());
        Endpoint endpoint =
            Endpoint.start(
                0, List.of(service), exchange -> {}, () -> new Endpoint.Health(true, Map.of()))) {
      service.start();
      String cluster =
          String.valueOf(
              emr(
                      endpoint,
                      "create-cluster",
                      "--name",
                      "from the command line",
                      "--release-label",
                      "emr-spark-8.1.0",
                      "--applications",
                      "Name=Spark",
                      "--instance-type",
                      "m7g.xlarge",
                      "--instance-count",
                      "3",
                      "--use-default-roles",
                      "--log-uri",
                      "s3://logs/emr/",
                      "--tags",
                      "team=data",
                      "--steps",
                      "Type=Spark,Name=one,ActionOnFailure=CONTINUE,Args=[--class,a.B,s3://b/a.jar,x]")
                  .get("ClusterId"));
      emr(endpoint, "wait", "cluster-running", "--cluster-id", cluster);
      Map<String, ?> described = emr(endpoint, "describe-cluster", "--cluster-id", cluster);
      assertThat(at(described, "Cluster", "Status", "State")).isEqualTo("RUNNING");
      assertThat(at(described, "Cluster", "InstanceGroups", 1, "RequestedInstanceCount"))
          .isEqualTo(2L);
      assertThat(at(emr(endpoint, "list-clusters", "--active"), "Clusters", 0, "Id"))
          .isEqualTo(cluster);

      Object second =
          at(
              emr(
                  endpoint,
                  "add-steps",
                  "--cluster-id",
                  cluster,
                  "--steps",
                  "Type=Spark,Name=two,ActionOnFailure=CONTINUE,Args=[s3://b/a.jar]"),
              "StepIds",
              0);
      assertThat(
              at(
                  emr(
                      endpoint,
                      "describe-step",
                      "--cluster-id",
                      cluster,
                      "--step-id",
                      second.toString()),
                  "Step",
                  "Status",
                  "State"))
          .isEqualTo("PENDING");
      Map<String, ?> listed = emr(endpoint, "list-steps", "--cluster-id", cluster);
      assertThat(at(listed, "Steps", 0, "Id")).isEqualTo(second);
      assertThat(at(listed, "Steps", 1, "Config", "Args", 0)).isEqualTo("spark-submit");
      assertThat(
              at(
                  emr(
                      endpoint,
                      "cancel-steps",
                      "--cluster-id",
                      cluster,
                      "--step-ids",
                      second.toString(),
                      "--step-cancellation-option",
                      "SEND_INTERRUPT"),
                  "CancelStepsInfoList",
                  0,
                  "Status"))
          .isEqualTo("SUBMITTED");

      emr(endpoint, "add-tags", "--resource-id", cluster, "--tags", "cost=low");
      emr(
          endpoint,
          "modify-cluster-attributes",
          "--cluster-id",
          cluster,
          "--termination-protected");
      Outcome refused = run(endpoint, "terminate-clusters", "--cluster-ids", cluster);
      assertThat(refused.exit()).isNotZero();
      assertThat(refused.output()).contains("ValidationException", "termination protected");
      emr(
          endpoint,
          "modify-cluster-attributes",
          "--cluster-id",
          cluster,
          "--no-termination-protected");
      emr(endpoint, "terminate-clusters", "--cluster-ids", cluster);
      emr(endpoint, "wait", "cluster-terminated", "--cluster-id", cluster);
      Outcome unknown = run(endpoint, "list-instances", "--cluster-id", cluster);
      assertThat(unknown.output()).contains("does not support this operation");
    }
  }
}
