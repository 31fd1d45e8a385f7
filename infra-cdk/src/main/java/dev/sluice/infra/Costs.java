package dev.sluice.infra;

import dev.sluice.model.json.Json;
import dev.sluice.model.registry.FunctionSpec;
import dev.sluice.model.registry.Registry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What the lake costs: an idle month from the synthesized templates, a gigabyte of JSON from
 * measured work. Prices are list prices, without any free tier.
 */
final class Costs {
  private static final double MEGABYTES_PER_GIGABYTE = 1000;
  private static final double MIB_PER_GIB = 1024;
  private static final double SECONDS_PER_MONTH = 730 * 3600.0;

  /** Lambda asks an idle queue over five connections, each for twenty seconds. */
  private static final double POLLS_PER_SECOND = 5 / 20.0;

  /** One to send, one to receive, one to delete. */
  private static final int QUEUE_REQUESTS = 3;

  /**
   * The upload itself, and of loading it, besides a put for each file, what {@code RequestsTest}
   * counts.
   */
  private static final int PUTS_AND_LISTS = 1 + 4;

  /** Of an upload that is loaded; {@code RequestsTest} counts. */
  private static final int READS = 5;

  private Costs() {}

  /**
   * Prices of one region, in dollars.
   *
   * @param region where
   * @param lambdaGigabyteSecond arm64
   * @param lambdaRequest one invocation
   * @param s3Put one PUT or LIST of standard storage
   * @param s3Get one GET or HEAD of standard storage
   * @param s3GigabyteMonth standard storage
   * @param sqsRequest of a standard queue
   * @param kmsKeyMonth a key of one's own
   * @param alarmMetricMonth one metric that an alarm looks at
   * @param dashboardMonth one dashboard
   * @param athenaTerabyte read by queries
   */
  record Prices(
      String region,
      double lambdaGigabyteSecond,
      double lambdaRequest,
      double s3Put,
      double s3Get,
      double s3GigabyteMonth,
      double sqsRequest,
      double kmsKeyMonth,
      double alarmMetricMonth,
      double dashboardMonth,
      double athenaTerabyte) {

    /** The list prices of us-east-1 that AWS published in 2026. */
    static final Prices LISTED =
        new Prices(
            "us-east-1",
            0.0000133334,
            0.20e-6,
            0.005e-3,
            0.0004e-3,
            0.023,
            0.40e-6,
            1.00,
            0.10,
            3.00,
            5.00);
  }

  /** The tables, as Markdown. */
  static String tables(Path root, Registry registry, List<Map<?, ?>> templates) {
    Prices prices = Prices.LISTED;
    return "An idle month, by the templates and list prices of "
        + prices.region()
        + ", without any free tier:\n\n"
        + idleMonth(prices, templates)
        + "\nA gigabyte of uncompressed JSON, by the number of uploads that it comes in:\n\n"
        + gigabyte(prices, root, registry.function(Registry.INGEST));
  }

  private static String idleMonth(Prices prices, List<Map<?, ?>> templates) {
    int keys = 0;
    int metrics = 0;
    int dashboards = 0;
    int queues = 0;
    for (Map<?, ?> template : templates) {
      for (Object each : ((Map<?, ?>) template.get("Resources")).values()) {
        Map<?, ?> resource = (Map<?, ?>) each;
        switch (String.valueOf(resource.get("Type"))) {
          case "AWS::KMS::Key" -> keys++;
          case "AWS::CloudWatch::Dashboard" -> dashboards++;
          case "AWS::Lambda::EventSourceMapping" -> queues++;
          case "AWS::CloudWatch::Alarm" ->
              metrics += metrics((Map<?, ?>) resource.get("Properties"));
          default -> {}
        }
      }
    }
    double polls = queues * POLLS_PER_SECOND * SECONDS_PER_MONTH;
    double total =
        keys * prices.kmsKeyMonth()
            + dashboards * prices.dashboardMonth()
            + metrics * prices.alarmMetricMonth()
            + polls * prices.sqsRequest();
    return row("what", "how many", "dollars")
        + row("---", "---:", "---:")
        + row("KMS keys", String.valueOf(keys), dollars(keys * prices.kmsKeyMonth()))
        + row(
            "dashboards", String.valueOf(dashboards), dollars(dashboards * prices.dashboardMonth()))
        + row(
            "metrics that alarms look at",
            String.valueOf(metrics),
            dollars(metrics * prices.alarmMetricMonth()))
        + row(
            "requests of Lambda to empty queues",
            number(polls),
            dollars(polls * prices.sqsRequest()))
        + row("**together**", "", "**" + dollars(total) + "**");
  }

  /** An alarm on an expression is billed by the metrics that go into it. */
  private static int metrics(Map<?, ?> alarm) {
    if (!(alarm.get("Metrics") instanceof List<?> queries)) {
      return 1;
    }
    return (int) queries.stream().filter(q -> ((Map<?, ?>) q).containsKey("MetricStat")).count();
  }

  private static String gigabyte(Prices prices, Path root, FunctionSpec ingest) {
    Map<?, ?> slowest = slowest(root.resolve("benchmarks/results/convert.json"));
    double cpuSeconds = ((Number) slowest.get("cpu_seconds_per_gb")).doubleValue();
    Map<?, ?> ours =
        (Map<?, ?>)
            ((Map<?, ?>) ((Map<?, ?>) ((Map<?, ?>) slowest.get("warm")).get("snappy")).get("peers"))
                .get("sluice");
    double parquet =
        ((Number) ours.get("output_bytes")).doubleValue()
            / ((Number) slowest.get("bytes")).doubleValue();
    int files = ((Number) ours.get("output_files")).intValue();
    double compute = cpuSeconds * ingest.memoryMib() / MIB_PER_GIB * prices.lambdaGigabyteSecond();
    StringBuilder text =
        new StringBuilder(
            row("uploads", "size of each", "function", "S3 requests", "queue and calls", "dollars")
                + row("---:", "---:", "---:", "---:", "---:", "---:"));
    for (int megabytes : List.of(1, 10, 100)) {
      double uploads = MEGABYTES_PER_GIGABYTE / megabytes;
      double s3 = uploads * ((PUTS_AND_LISTS + files) * prices.s3Put() + READS * prices.s3Get());
      double queue = uploads * (QUEUE_REQUESTS * prices.sqsRequest() + prices.lambdaRequest());
      text.append(
          row(
              number(uploads),
              megabytes + " MB",
              dollars(compute),
              dollars(s3),
              dollars(queue),
              "**" + dollars(compute + s3 + queue) + "**"));
    }
    return text
        + String.format(
            Locale.ROOT,
            """

            The function's time is the CPU time of the slowest workload measured, %s, %.2f s for a gigabyte
            ([numbers](numbers.md)), at %,d MiB; waiting for S3 is not in it. Each upload is taken to touch %d
            partitions, as there, and so to write %d files. Storing the Parquet, %.0f %% of the JSON, costs
            %s dollars a month, keeping the JSON %s. Queries cost %s dollars for each terabyte they read.
            Logs, traces, metrics, audits and KMS requests (few, with bucket keys) come on top.
            """,
            slowest.get("workload"),
            cpuSeconds,
            ingest.memoryMib(),
            files,
            files,
            parquet * 100,
            dollars(parquet * prices.s3GigabyteMonth()),
            dollars(prices.s3GigabyteMonth()),
            dollars(prices.athenaTerabyte()));
  }

  private static Map<?, ?> slowest(Path results) {
    try {
      Map<?, ?> found = Map.of();
      double most = 0;
      for (Object each : (List<?>) Json.parseObject(Files.readString(results)).get("workloads")) {
        Map<?, ?> workload = (Map<?, ?>) each;
        double seconds = ((Number) workload.get("cpu_seconds_per_gb")).doubleValue();
        if (seconds > most) {
          most = seconds;
          found = workload;
        }
      }
      return found;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String row(String... cells) {
    return "| " + String.join(" | ", cells) + " |\n";
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%,.0f", value);
  }

  private static String dollars(double value) {
    return String.format(Locale.ROOT, value < 0.01 ? "%.5f" : value < 1 ? "%.3f" : "%.2f", value);
  }
}
