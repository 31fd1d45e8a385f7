package dev.sluice.benchmarks.start;

import dev.sluice.benchmarks.Failure;
import dev.sluice.benchmarks.Folders;
import dev.sluice.benchmarks.Machine;
import dev.sluice.benchmarks.NumbersFile;
import dev.sluice.benchmarks.Place;
import dev.sluice.benchmarks.Stats;
import dev.sluice.benchmarks.Text;
import dev.sluice.lake.Lake;
import dev.sluice.lake.LakeSettings;
import dev.sluice.lake.http.Endpoint;
import dev.sluice.lake.lambda.FunctionPool;
import dev.sluice.lake.lambda.LambdaFunction;
import dev.sluice.lake.lambda.Outcome;
import dev.sluice.model.json.Json;
import dev.sluice.model.registry.FunctionSpec;
import dev.sluice.model.registry.Registry;
import dev.sluice.simulate.SimulationOptions;
import dev.sluice.simulate.Simulators;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code sluice bench start}. */
@Command(
    name = "start",
    mixinStandardHelpOptions = true,
    description = {
      "Measure the first invocation of ingest in a fresh process, and the next ones: the deployable"
          + " jar under AWS's runtime interface client, with the memory it has on Lambda.",
      "Behind a gate: the ledger must say that every upload was loaded, whole."
    })
public final class StartCommand implements Callable<Integer> {
  private static final String DATASET = "sensors";
  private static final int WARM = 5;
  private static final Duration START = Duration.ofMinutes(3);
  private static final Pattern KEY = Pattern.compile("<Key>([^<]+)</Key>");

  private final Place place;
  private final HttpClient http = HttpClient.newHttpClient();

  @Option(
      names = "--runs",
      paramLabel = "N",
      defaultValue = "7",
      description = "Fresh processes of each size. Default: 7.")
  private int runs;

  @Option(
      names = "--records",
      paramLabel = "N",
      split = ",",
      defaultValue = "10,2700,27000",
      description = "Records of an upload. Default: 10,2700,27000, of 0.4 kB each.")
  private long[] records = {};

  @Option(
      names = "--date",
      paramLabel = "DATE",
      defaultValue = "",
      description = "Written into the report as it is.")
  private String date = "";

  @Option(names = "--no-write", description = "Do not write docs/numbers.md.")
  private boolean noWrite;

  public StartCommand(Place place) {
    this.place = place;
  }

  @Override
  public Integer call() throws Exception {
    if (runs < 1 || records.length == 0) {
      throw new Failure(
          "Cannot measure: --runs must be at least 1, and --records name one: " + runs);
    }
    FunctionSpec spec = Registry.standard().function(Registry.INGEST);
    List<String> lines = new ArrayList<>();
    lines.add("## The first invocation");
    lines.add("");
    lines.add(
        "Written by `./sluice bench start --runs "
            + runs
            + "`"
            + (date.isEmpty() ? "; no date was given." : " on " + date + "."));
    lines.add("");
    lines.addAll(Machine.look().lines());
    lines.add(
        "- The function `ingest`, "
            + spec.memoryMib()
            + " MiB: the jar that is deployed, under AWS's runtime interface client, in a process of"
            + " its own for each run, against the S3 and Glue of the local lake. First: from the"
            + " start of the process to the answer. Next: the median of the "
            + WARM
            + " invocations after it. Medians and spread over "
            + runs
            + " processes.");
    lines.add(
        "- The processor is this machine's; Lambda gives a share by memory, one vCPU at 1,769 MB."
            + " SnapStart, which the deployed function has, leaves out the start of Java and the"
            + " loading of its classes: it is not to be had here, so this is the time without it.");
    lines.add(
        "- Gate: the ledger says of every upload that it was loaded, with all of its records.");
    lines.add("");
    lines.add("| upload | first invocation | next invocations | first / next |");
    lines.add("|---|---|---|---|");
    Path work = Folders.fresh(place.work().resolve("start"));
    try (Lake lake =
        Lake.start(
            LakeSettings.defaults(place.root())
                .withPort(0)
                .withData(work.resolve("data"))
                .withDatasets(place.root().resolve("datasets")))) {
      // Uploads are handed to the measured processes, and to no other.
      request(lake, "PUT", "/sluice-raw?notification", bytes("<NotificationConfiguration/>"));
      awaitQuiet(lake);
      try (FunctionPool pool = pool(lake, spec, work)) {
        // What the system keeps of files that were read, and what is compiled of the lake itself.
        invoke(lake, pool, upload(records[0]), records[0]);
      }
      for (long each : records) {
        lines.add(row(lake, spec, each, work));
      }
    } finally {
      Folders.delete(work);
    }
    if (!noWrite) {
      NumbersFile.write(place.root().resolve("docs/numbers.md"), "bench start", lines);
    }
    lines.forEach(place.out()::println);
    return 0;
  }

  /** Waits until the lake's own processes have started. */
  private void awaitQuiet(Lake lake) throws Exception {
    place.progress("the lake starts");
    long end = System.nanoTime() + START.toNanos();
    while (request(lake, "GET", Endpoint.HEALTH, bytes("")).body().contains("starting")) {
      if (System.nanoTime() > end) {
        throw new Failure("Cannot measure: the local lake does not get ready");
      }
      Thread.sleep(500);
    }
  }

  private static byte[] upload(long count) throws IOException {
    ByteArrayOutputStream upload = new ByteArrayOutputStream();
    Simulators.start(DATASET, new SimulationOptions(count, count, 0, 0)).writeTo(upload);
    return upload.toByteArray();
  }

  private String row(Lake lake, FunctionSpec spec, long count, Path work) throws Exception {
    byte[] upload = upload(count);
    double[] first = new double[runs];
    double[] next = new double[runs];
    for (int run = 0; run < runs; run++) {
      place.progress(Text.count(count) + " records: process " + (run + 1));
      try (FunctionPool pool = pool(lake, spec, work)) {
        first[run] = invoke(lake, pool, upload, count);
        double[] warm = new double[WARM];
        for (int i = 0; i < WARM; i++) {
          warm[i] = invoke(lake, pool, upload, count);
        }
        next[run] = new Stats(warm).median();
      }
    }
    return "| "
        + String.join(
            " | ",
            Text.count(count) + " records, " + Text.bytes(upload.length),
            new Stats(first).text() + " s",
            new Stats(next).text() + " s",
            new Stats(first).over(new Stats(next)).text())
        + " |";
  }

  private FunctionPool pool(Lake lake, FunctionSpec spec, Path work) {
    return new FunctionPool(
        new LambdaFunction(
            spec.name(),
            spec.handler(),
            place.root().resolve(spec.artifact()),
            spec.memoryMib(),
            spec.timeout(),
            Map.of(
                Registry.ENV_DATASETS,
                place.root().resolve("datasets").toString(),
                Registry.ENV_RAW_BUCKET,
                "sluice-raw",
                Registry.ENV_LAKE_BUCKET,
                "sluice-lake")),
        new FunctionPool.Settings(
            Path.of(System.getProperty("java.home")),
            work.resolve("lambda"),
            work.resolve("logs"),
            lake::url,
            "us-east-1",
            "000000000000",
            1,
            FunctionPool.Settings.hasNativeClient(),
            Duration.ofMinutes(2)));
  }

  private double invoke(Lake lake, FunctionPool pool, byte[] upload, long count) throws Exception {
    String key = DATASET + "/start/" + System.nanoTime() + ".ndjson";
    HttpResponse<String> stored = request(lake, "PUT", "/sluice-raw/" + key, upload);
    String etag = stored.headers().firstValue("etag").orElseThrow().replace("\"", "");
    String version = stored.headers().firstValue("x-amz-version-id").orElse("");
    byte[] event = bytes(event(key, etag, version, upload.length));
    long start = System.nanoTime();
    Outcome outcome = pool.invoke(event);
    double seconds = (System.nanoTime() - start) / 1e9;
    if (!(outcome instanceof Outcome.Returned returned)
        || !returned.payload().replace(" ", "").contains("\"batchItemFailures\":[]")) {
      throw new Failure("Cannot go on: the invocation failed: " + outcome);
    }
    gate(lake, key, count);
    return seconds;
  }

  /** The ledger must say that the upload is loaded. */
  private void gate(Lake lake, String key, long count) throws Exception {
    String listed =
        request(lake, "GET", "/sluice-lake?list-type=2&prefix=ops/ledger/", bytes("")).body();
    List<String> keys = KEY.matcher(listed).results().map(found -> found.group(1)).toList();
    for (String entry : keys) {
      String text = request(lake, "GET", "/sluice-lake/" + entry, bytes("")).body();
      if (text.contains("\"" + key + "\"")) {
        Map<String, ?> json = Json.parseObject(text);
        if ("LOADED".equals(json.get("status"))
            && Long.valueOf(count).equals(json.get("records_written"))) {
          return;
        }
        throw new Failure("Cannot go on: the upload was not loaded whole: " + text);
      }
    }
    throw new Failure("Cannot go on: the ledger has no entry of " + key);
  }

  private static String event(String key, String etag, String version, int size) {
    String record =
        Json.write(
            Map.of(
                "Records",
                List.of(
                    Map.of(
                        "eventVersion",
                        "2.1",
                        "eventSource",
                        "aws:s3",
                        "awsRegion",
                        "us-east-1",
                        "eventTime",
                        Instant.now().toString(),
                        "eventName",
                        "ObjectCreated:Put",
                        "s3",
                        Map.of(
                            "bucket",
                            Map.of("name", "sluice-raw"),
                            "object",
                            Map.of(
                                "key",
                                key,
                                "size",
                                (long) size,
                                "eTag",
                                etag,
                                "versionId",
                                version,
                                "sequencer",
                                "%016X".formatted(System.nanoTime())))))));
    return Json.write(
        Map.of(
            "Records",
            List.of(
                Map.of(
                    "messageId",
                    "00000000-0000-0000-0000-000000000001",
                    "receiptHandle",
                    "none",
                    "body",
                    record,
                    "attributes",
                    Map.of("ApproximateReceiveCount", "1"),
                    "messageAttributes",
                    Map.of(),
                    "eventSource",
                    "aws:sqs",
                    "eventSourceARN",
                    "arn:aws:sqs:us-east-1:000000000000:" + Registry.INGEST_QUEUE,
                    "awsRegion",
                    "us-east-1"))));
  }

  private HttpResponse<String> request(Lake lake, String method, String path, byte[] body)
      throws IOException, InterruptedException {
    HttpResponse<String> response =
        http.send(
            HttpRequest.newBuilder(URI.create(lake.url() + path))
                .method(method, HttpRequest.BodyPublishers.ofByteArray(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() >= 300) {
      throw new Failure(
          "Cannot go on: "
              + method
              + " "
              + path
              + " answered "
              + response.statusCode()
              + ": "
              + response.body());
    }
    return response;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
