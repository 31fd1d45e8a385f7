package dev.sluice.cli;

import dev.sluice.lake.LakeSettings;
import dev.sluice.lake.lambda.HttpApi;
import dev.sluice.model.dataset.Dataset;
import dev.sluice.model.dataset.Datasets;
import dev.sluice.model.ledger.LedgerEntry;
import dev.sluice.model.registry.Registry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;

/** {@code sluice up}. */
@Command(
    name = "up",
    mixinStandardHelpOptions = true,
    description = {
      "Start the local lake and leave it running until Ctrl-C: S3, SQS, Lambda, Glue, Athena and"
          + " EMR on one address of this machine. Prints a line for each uploaded object.",
      "",
      "Its state survives a restart; delete the data folder to begin anew."
    },
    footer = {
      "",
      "  ./sluice up",
      "  ./sluice up --port 0 --data /tmp/lake --datasets my/datasets",
      "  ./sluice up --limit record-bytes=32MiB --limit depth=100"
    })
final class UpCommand implements Callable<Integer> {
  private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss");

  private final Console console;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description =
          "Where to listen on 127.0.0.1; 0 takes any free port (default: ${DEFAULT-VALUE}).")
  private int port = LakeSettings.DEFAULT_PORT;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Where the lake keeps its data (default: .sluice/lake in the checkout).")
  private @Nullable Path data;

  @Option(
      names = "--datasets",
      paramLabel = "DIR",
      description = "The folder of the declared datasets (default: datasets in the checkout).")
  private @Nullable Path datasets;

  @Option(
      names = "--step-heap",
      paramLabel = "MIB",
      description = "The most memory of an EMR step's heap in MiB (default: ${DEFAULT-VALUE}).")
  private int stepHeap = LakeSettings.DEFAULT_STEP_HEAP_MIB;

  @Mixin private final LimitOptions limits = new LimitOptions();

  UpCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (port < 0 || port > 65_535) {
      throw Failure.usage("Cannot start the local lake: a port is 0 to 65535: " + port);
    }
    long start = System.nanoTime();
    Path folder = data == null ? LakeSettings.defaults(console.root()).data() : data;
    Path declared = datasets == null ? console.root().resolve("datasets") : datasets;
    Datasets known = Datasets.load(declared);
    try (Ending ending = new Ending()) {
      LocalLake lake =
          ending.closing(LocalLake.start(console, folder, port, declared, stepHeap, limits.read()));
      S3Client s3 = ending.closing(lake.aws().s3());
      LedgerWatch ledger =
          new LedgerWatch(s3, LocalLake.LAYOUT.lakeBucket(), LocalLake.LAYOUT.ledgerPrefix());
      ledger.skip();
      welcome(lake, known, folder, Duration.ofNanos(System.nanoTime() - start));
      follow(ledger);
    }
    return Main.OK;
  }

  private void welcome(LocalLake lake, Datasets known, Path folder, Duration took) {
    String endpoint = lake.aws().address();
    String first = known.all().iterator().next().name();
    String raw = "s3://" + LocalLake.LAYOUT.rawBucket() + "/";
    StringBuilder tables = new StringBuilder();
    for (Dataset dataset : known.all()) {
      tables.append("silver.").append(dataset.name()).append("  ");
    }
    console
        .out()
        .print(
            """
            %s in %s

              upload to   %s<dataset>/
              tables      %sops.quarantine  ops.ledger
              HTTP API    %s
              data in     %s

            In another terminal:

              ./sluice simulate %s --records 10000 --out %s%s/first.json.gz --endpoint %s
              ./sluice sql --endpoint %s "SELECT count(*) FROM silver.%s"
              aws --endpoint-url %s s3 ls %s

            or, for every AWS client:

              export AWS_ENDPOINT_URL=%s AWS_REGION=%s AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test

            Ctrl-C ends it. Uploads are shown here as they arrive.

            """
                .formatted(
                    console.strong("The local lake answers at " + endpoint),
                    Units.duration(took),
                    raw,
                    tables,
                    endpoint + HttpApi.path(Registry.queryApi()) + "/",
                    folder,
                    first,
                    raw,
                    first,
                    endpoint,
                    endpoint,
                    first,
                    endpoint,
                    raw,
                    endpoint,
                    lake.aws().region()));
    console.out().flush();
  }

  // A line for each object; less often when the ledger is long, so that looking costs little.
  private void follow(LedgerWatch ledger) throws InterruptedException {
    while (true) {
      long start = System.nanoTime();
      try {
        ledger.news().forEach(entry -> console.out().println(line(entry)));
      } catch (SdkException e) {
        if (!Ending.isUnderway()) {
          console.err().println("sluice: Cannot read the ledger: " + e.getMessage());
        }
      }
      Thread.sleep(Math.max(500, (System.nanoTime() - start) / 100_000));
    }
  }

  private String line(LedgerEntry entry) {
    String what =
        switch (entry.status()) {
          case LOADED -> Units.count(entry.recordsWritten()) + " records";
          case LOADED_WITH_QUARANTINE ->
              Units.count(entry.recordsWritten())
                  + " records, "
                  + console.bad(Units.count(entry.recordsQuarantined()) + " quarantined");
          case REJECTED -> console.bad("rejected, " + entry.reasonCode() + ": " + entry.message());
          case SUPERSEDED -> "replaced by a newer version";
          case WITHDRAWN -> "deleted, its records withdrawn";
        };
    return console.faint(LocalTime.now().format(CLOCK))
        + "  "
        + entry.sourceKey()
        + "  "
        + what
        + console.faint(", " + Units.duration(entry.duration()));
  }
}
