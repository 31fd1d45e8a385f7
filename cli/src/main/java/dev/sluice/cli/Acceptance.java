package dev.sluice.cli;

import dev.sluice.convert.Footer;
import dev.sluice.model.SluiceException;
import dev.sluice.model.catalog.Catalog;
import dev.sluice.model.dataset.Dataset;
import dev.sluice.model.ledger.LedgerEntry;
import dev.sluice.model.ledger.LedgerEntry.OutputFile;
import dev.sluice.model.registry.Registry;
import dev.sluice.model.store.ObjectName;
import dev.sluice.simulate.Simulation;
import dev.sluice.simulate.SimulationOptions;
import dev.sluice.simulate.Simulators;
import dev.sluice.simulate.Truth;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.athena.model.TableMetadata;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.NoSuchBucketException;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/**
 * What a lake must do for whoever uploads and whoever asks, seen from outside, through nothing but
 * AWS's APIs: the same steps against the local lake, a LocalStack-compatible server, and AWS.
 */
final class Acceptance {
  /** Errors by which a server says that it does not have an operation or a service. */
  private static final Set<String> NOT_THERE =
      Set.of(
          "NotImplemented",
          "UnknownOperation",
          "UnknownOperationException",
          "UnsupportedOperation",
          "UnsupportedOperationException",
          "InternalFailure",
          "InvalidAction",
          "UnknownService");

  private static final Duration LOOK_BACK = Duration.ofDays(1);
  private static final String JSON = "application/x-ndjson";

  /** How a step ended. */
  enum Outcome {
    PASSED,
    FAILED,
    /** The target does not have what it takes. */
    UNAVAILABLE,
    /** Something that it builds on did not pass. */
    NOT_TRIED
  }

  /**
   * A step and what became of it.
   *
   * @param service what it needs of AWS
   * @param what what must hold
   * @param detail what was seen, or why it did not pass
   */
  record Step(String service, String what, Outcome outcome, String detail, Duration took) {}

  /** What a step sees, in words. */
  @FunctionalInterface
  private interface Body {
    String run() throws IOException, InterruptedException;
  }

  /** It does not hold. */
  private static final class Wrong extends RuntimeException {
    private static final long serialVersionUID = 1;

    Wrong(String message) {
      super(message);
    }
  }

  private final Console console;
  private final ConnectedLake lake;
  private final Dataset dataset;
  private final long records;
  private final Duration patience;
  private final Consumer<Step> told;
  private final List<Step> steps = new ArrayList<>();
  private @Nullable LedgerEntry entry;

  /**
   * @param records how many to upload, at least some dozens
   * @param patience how long to wait for an upload to be ingested
   * @param told hears of each step as it ends
   */
  Acceptance(
      Console console,
      ConnectedLake lake,
      Dataset dataset,
      long records,
      Duration patience,
      Consumer<Step> told) {
    this.console = console;
    this.lake = lake;
    this.dataset = dataset;
    this.records = records;
    this.patience = patience;
    this.told = told;
  }

  /** Takes all steps. */
  List<Step> run() throws IOException, InterruptedException {
    ByteArrayOutputStream upload = new ByteArrayOutputStream();
    Truth truth = simulate(records, upload);
    String key =
        lake.layout().rawPrefix(dataset.name()) + "acceptance/" + UUID.randomUUID() + ".ndjson.gz";
    try (S3Client s3 = lake.aws().s3();
        SqsClient sqs = lake.aws().sqs();
        Athena athena = new Athena(lake.aws())) {
      LedgerWatch ledger =
          new LedgerWatch(
              s3, lake.layout().lakeBucket(), lake.layout().ledgerPrefix(dataset.name()));
      Map<String, LedgerEntry> known = new HashMap<>();

      boolean stored = step("S3", "the buckets are there", () -> buckets(s3));
      stored =
          after(
              stored,
              "S3",
              "an upload is taken",
              () -> {
                ledger.skip();
                put(s3, key, upload.toByteArray());
                return Units.count(truth.records()) + " records to " + key;
              });
      boolean loaded =
          after(
              stored,
              "Lambda",
              "it is ingested, and its books balance",
              () -> ingested(ledger, known, key, truth, found -> true));
      after(loaded, "S3", "its Parquet files have the rows that the ledger says", this::parquet);
      after(
          loaded,
          "S3",
          "an upload of the same key takes its place, once",
          () -> {
            LedgerEntry first = entry();
            put(s3, key, upload.toByteArray());
            // Other records, and fewer.
            ByteArrayOutputStream half = new ByteArrayOutputStream();
            simulate(records / 2, half);
            put(s3, key, half.toByteArray());
            return ingested(
                ledger,
                known,
                key,
                null,
                found -> !found.etag().equals(first.etag()) && found.recordsRead() < records);
          });
      after(loaded, "SQS", "no message is left, and none is dead", () -> drained(sqs));
      after(loaded, "Glue", "the table has the declared columns", () -> columns(athena));
      after(loaded, "Athena", "every good record is in its table, once", () -> rows(athena));
      after(loaded, "Athena", "every bad record is in quarantine", () -> quarantine(athena, key));
      after(loaded, "Athena", "the ledger is a table", () -> ledgerTable(athena, key));
      after(
          loaded,
          "S3",
          "the deletion of the upload is entered in the books",
          () -> {
            s3.deleteObject(delete -> delete.bucket(lake.layout().rawBucket()).key(key));
            ingested(ledger, known, key, null, found -> found.sourceDeletedAt().isPresent());
            return dataset.onSourceDelete() + " its rows";
          });
      step("EMR", "clusters are listed", this::clusters);
    }
    return List.copyOf(steps);
  }

  private Truth simulate(long count, ByteArrayOutputStream into) throws IOException {
    Simulation simulation =
        Simulators.start(
            dataset.name(), new SimulationOptions(count, System.nanoTime(), 0.02, 0.01));
    try (GZIPOutputStream zipped = new GZIPOutputStream(into)) {
      simulation.writeTo(zipped);
    }
    return simulation.truth();
  }

  private void put(S3Client s3, String key, byte[] content) {
    s3.putObject(
        put -> put.bucket(lake.layout().rawBucket()).key(key).contentType(JSON),
        RequestBody.fromBytes(content));
  }

  private String buckets(S3Client s3) {
    for (String bucket : List.of(lake.layout().rawBucket(), lake.layout().lakeBucket())) {
      try {
        s3.listObjectsV2(list -> list.bucket(bucket).maxKeys(1));
      } catch (NoSuchBucketException e) {
        throw new Wrong(
            "there is no bucket "
                + bucket
                + "; deploy the lake first, or name its buckets with --raw-bucket and"
                + " --lake-bucket");
      }
    }
    return lake.layout().rawBucket() + ", " + lake.layout().lakeBucket();
  }

  private LedgerEntry entry() {
    if (entry == null) {
      throw new Wrong("nothing was ingested");
    }
    return entry;
  }

  /** Waits for the entry of the newest version of the upload. */
  private String ingested(
      LedgerWatch ledger,
      Map<String, LedgerEntry> known,
      String key,
      @Nullable Truth truth,
      Predicate<LedgerEntry> wanted)
      throws InterruptedException {
    long start = System.nanoTime();
    while (true) {
      for (LedgerEntry news : ledger.news()) {
        if (news.sourceKey().equals(key)) {
          known.put(news.version(), news);
        }
      }
      Optional<LedgerEntry> found =
          known.values().stream()
              .filter(wanted)
              .filter(
                  each -> each.status().loaded() || each.status() == LedgerEntry.Status.WITHDRAWN)
              .findFirst();
      long others =
          known.values().stream()
              .filter(each -> each.status().loaded() && !each.equals(found.orElse(null)))
              .count();
      if (found.isPresent() && others == 0) {
        entry = found.get();
        return balanced(found.get(), truth);
      }
      Duration waited = Duration.ofNanos(System.nanoTime() - start);
      if (waited.compareTo(patience) > 0) {
        throw new Wrong(
            "the ledger has "
                + (known.isEmpty()
                    ? "no entry of it"
                    : known.values().stream()
                        .map(each -> each.status() + " " + each.message())
                        .toList())
                + " after "
                + Units.duration(waited)
                + "; see the function's log, and the queue "
                + Registry.INGEST_DEAD_QUEUE);
      }
      console.status("  … waiting for the ledger, " + Units.duration(waited));
      Thread.sleep(200);
    }
  }

  private static String balanced(LedgerEntry entry, @Nullable Truth truth) {
    if (entry.recordsRead() != entry.recordsWritten() + entry.recordsQuarantined()) {
      throw new Wrong(
          entry.recordsRead()
              + " were read, "
              + entry.recordsWritten()
              + " written and "
              + entry.recordsQuarantined()
              + " set aside");
    }
    if (truth != null
        && (entry.recordsWritten() != truth.good() || entry.recordsQuarantined() != truth.bad())) {
      throw new Wrong(
          entry.recordsWritten()
              + " were written and "
              + entry.recordsQuarantined()
              + " set aside, where "
              + truth.good()
              + " are good and "
              + truth.bad()
              + " are bad");
    }
    return Units.count(entry.recordsRead())
        + " read = "
        + Units.count(entry.recordsWritten())
        + " written + "
        + Units.count(entry.recordsQuarantined())
        + " set aside";
  }

  private String parquet() throws IOException {
    long rows = 0;
    for (OutputFile file : entry().files()) {
      ObjectName name = new ObjectName(lake.layout().lakeBucket(), file.key());
      byte[] tail =
          lake.store()
              .tail(name, 64 << 10)
              .orElseThrow(() -> new Wrong("there is no " + name + ", which the ledger lists"));
      int needed = Footer.length(tail);
      if (needed > tail.length) {
        tail = lake.store().tail(name, needed).orElseThrow(() -> new Wrong("there is no " + name));
      }
      long found = Footer.rows(tail);
      if (found != file.rows()) {
        throw new Wrong(name + " has " + found + " rows, where the ledger says " + file.rows());
      }
      rows += found;
    }
    if (rows != entry().recordsWritten()) {
      throw new Wrong(rows + " rows in files, " + entry().recordsWritten() + " in the ledger");
    }
    return Units.count(rows) + " rows in " + entry().files().size() + " files";
  }

  private String drained(SqsClient sqs) throws InterruptedException {
    long start = System.nanoTime();
    while (true) {
      long waiting = messages(sqs, Registry.INGEST_QUEUE);
      long dead = messages(sqs, Registry.INGEST_DEAD_QUEUE);
      if (dead > 0) {
        throw new Wrong(Units.count(dead) + " messages in " + Registry.INGEST_DEAD_QUEUE);
      }
      if (waiting == 0) {
        return Registry.INGEST_QUEUE + " and " + Registry.INGEST_DEAD_QUEUE + " are empty";
      }
      if (Duration.ofNanos(System.nanoTime() - start).compareTo(patience) > 0) {
        throw new Wrong(Units.count(waiting) + " messages in " + Registry.INGEST_QUEUE);
      }
      Thread.sleep(200);
    }
  }

  private static long messages(SqsClient sqs, String queue) {
    String url = sqs.getQueueUrl(get -> get.queueName(queue)).queueUrl();
    return sqs
        .getQueueAttributes(get ->
            get.queueUrl(url)
                .attributeNames(
                    QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES,
                    QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE))
        .attributes()
        .values()
        .stream()
        .mapToLong(Long::parseLong)
        .sum();
  }

  private String columns(Athena athena) {
    TableMetadata table = athena.table(Catalog.SILVER, dataset.name());
    List<String> declared =
        new Catalog(lake.layout())
            .silver(dataset).columns().stream()
                .map(column -> column.name() + " " + column.type())
                .toList();
    List<String> found =
        table.columns().stream().map(column -> column.name() + " " + column.type()).toList();
    if (!found.equals(declared)) {
      throw new Wrong("it has " + found + " where " + declared + " are declared");
    }
    return Units.count(found.size()) + " columns";
  }

  private String rows(Athena athena) {
    String stem = commonStem();
    long rows =
        number(
            athena,
            "SELECT count(*) FROM silver.\"%s\" WHERE \"$path\" LIKE '%%/%s%%'"
                .formatted(dataset.name(), stem));
    return equal(rows, entry().recordsWritten(), "in the table");
  }

  /** What the names of the upload's files begin with: digits, hyphens and letters. */
  private String commonStem() {
    String key =
        entry().files().stream()
            .findFirst()
            .orElseThrow(() -> new Wrong("no file was written"))
            .key();
    String name = key.substring(key.lastIndexOf('/') + 1);
    String stem = name.substring(0, name.indexOf('-'));
    if (!stem.matches("[0-9a-f]+")) {
      throw new Wrong("a file is named otherwise than expected: " + key);
    }
    return stem;
  }

  private String quarantine(Athena athena, String key) {
    long rows =
        number(
            athena,
            "SELECT count(*) FROM ops.quarantine WHERE dataset = '%s' AND source = '%s'"
                .formatted(dataset.name(), new ObjectName(lake.layout().rawBucket(), key)));
    return equal(rows, entry().recordsQuarantined(), "in quarantine");
  }

  private String ledgerTable(Athena athena, String key) {
    long read =
        number(
            athena,
            ("SELECT sum(records_read) FROM ops.ledger WHERE dataset = '%s' AND source_key = '%s'"
                    + " AND status LIKE 'LOADED%%'")
                .formatted(dataset.name(), key));
    return equal(read, entry().recordsRead(), "read, says ops.ledger");
  }

  private static long number(Athena athena, String sql) {
    String value = athena.query(sql).rows().getFirst().getFirst();
    return value == null ? 0 : Long.parseLong(value);
  }

  private static String equal(long found, long expected, String where) {
    if (found != expected) {
      throw new Wrong(
          Units.count(found) + " " + where + ", where there should be " + Units.count(expected));
    }
    return Units.count(found) + " " + where;
  }

  private String clusters() {
    return Units.count(lake.emr().clusters(lake.clock().instant().minus(LOOK_BACK), true).size())
        + " at work";
  }

  private boolean after(boolean before, String service, String what, Body body)
      throws IOException, InterruptedException {
    if (before) {
      return step(service, what, body);
    }
    tell(new Step(service, what, Outcome.NOT_TRIED, "needs what did not pass", Duration.ZERO));
    return false;
  }

  private boolean step(String service, String what, Body body)
      throws IOException, InterruptedException {
    long start = System.nanoTime();
    Outcome outcome;
    String detail;
    try {
      detail = body.run();
      outcome = Outcome.PASSED;
    } catch (Wrong e) {
      outcome = Outcome.FAILED;
      detail = String.valueOf(e.getMessage());
    } catch (RuntimeException e) {
      outcome = isNotThere(e) ? Outcome.UNAVAILABLE : Outcome.FAILED;
      detail = Main.sentence(e);
      if (!(e instanceof Failure) && service(e).isPresent()) {
        detail = String.valueOf(service(e).get().getMessage());
      }
    }
    tell(new Step(service, what, outcome, detail, Duration.ofNanos(System.nanoTime() - start)));
    return outcome == Outcome.PASSED;
  }

  private static Optional<AwsServiceException> service(Throwable e) {
    for (Throwable each = e; each != null; each = each.getCause()) {
      if (each instanceof AwsServiceException known) {
        return Optional.of(known);
      }
    }
    return Optional.empty();
  }

  /** Whether the server said, in one of the ways they have, that it does not do this. */
  static boolean isNotThere(Throwable e) {
    Optional<AwsServiceException> service = service(e);
    if (service.isPresent()) {
      AwsServiceException known = service.get();
      String code = known.awsErrorDetails() == null ? "" : known.awsErrorDetails().errorCode();
      return known.statusCode() == 501
          || known.statusCode() == 404 && (code == null || code.isBlank())
          || code != null && NOT_THERE.contains(code);
    }
    if (e instanceof SluiceException port) {
      // The ports name the service's error code, or its HTTP status where it gives none.
      String message = String.valueOf(port.getMessage());
      return message.contains("(HTTP 501)") || NOT_THERE.stream().anyMatch(message::contains);
    }
    // An answer that is no answer of this service, such as a page.
    return e instanceof SdkClientException unreadable
        && String.valueOf(unreadable.getMessage()).contains("unmarshall");
  }

  private void tell(Step step) {
    steps.add(step);
    console.status("");
    told.accept(step);
  }
}
