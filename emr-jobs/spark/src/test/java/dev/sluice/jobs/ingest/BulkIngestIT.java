package dev.sluice.jobs.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.util.ZstdVersion;
import dev.sluice.books.Attempt;
import dev.sluice.books.Ingest;
import dev.sluice.books.ObjectEvent;
import dev.sluice.books.SilverFiles;
import dev.sluice.jobs.SharedSpark;
import dev.sluice.jobs.TestLake;
import dev.sluice.model.SluiceException;
import dev.sluice.model.ledger.LedgerEntry;
import dev.sluice.model.store.ListedObject;
import dev.sluice.model.store.ObjectName;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BulkIngestIT {
  private static final Path DECLARATIONS =
      SharedSpark.ROOT.resolve("emr-jobs/spark/src/test/resources/datasets");
  private static final String SLOT = "2026-11-23T02:00:00Z";

  @TempDir Path folder;

  private static String[] readings(int upload) {
    return IntStream.range(0, 20)
        .mapToObj(i ->
            "{\"id\":\""
                + upload
                + "-"
                + i
                + "\",\"room\":\"room "
                + i % 3
                + "\",\"at\":\"2026-11-2"
                + upload % 5
                + "T10:00:00Z\",\"value\":"
                + i
                + "}")
        .toArray(String[]::new);
  }

  private static Map<String, String> silver(TestLake lake) {
    Map<String, String> files = new TreeMap<>();
    for (String key : lake.memory.keys("lake-bucket", "silver/")) {
      files.put(key, lake.memory.head(new ObjectName("lake-bucket", key)).orElseThrow().etag());
    }
    return files;
  }

  private static long rows(TestLake lake) {
    return SilverFiles.read(lake.memory, TestLake.LAYOUT, "readings", 4)
        .byPartition()
        .values()
        .stream()
        .flatMap(List::stream)
        .mapToLong(LedgerEntry.OutputFile::rows)
        .sum();
  }

  @Test
  void theFilesAreThoseThatTheFunctionMakesByteForByte() throws IOException {
    TestLake byFunction = new TestLake(folder.resolve("a"), DECLARATIONS);
    TestLake byCluster = new TestLake(folder.resolve("b"), DECLARATIONS);
    for (int i = 0; i < 12; i++) {
      byFunction.upload("readings/" + i + ".json", readings(i));
      byCluster.put("readings/" + i + ".json", readings(i));
    }

    TestLake.Ended ended = byCluster.run(SLOT, "readings/backlog");

    assertThat(ended.failure()).as(ended.output()).isEmpty();
    assertThat(ended.output()).contains("12 uploads loaded with 240 records, 0 more in quarantine");
    assertThat(silver(byCluster)).isNotEmpty().isEqualTo(silver(byFunction));
    assertThat(byCluster.memory.keys("lake-bucket", "ops/ledger/"))
        .isEqualTo(byFunction.memory.keys("lake-bucket", "ops/ledger/"));
    assertThat(byCluster.memory.keys("lake-bucket", "ops/intents/")).isEmpty();
    assertThat(byCluster.run(SLOT, "readings/backlog").output())
        .contains("no upload waits to be loaded");
    assertThat(byCluster.runIn("full", SLOT, "readings/backlog").output())
        .contains("0 uploads loaded", "12 were in place");
  }

  @Test
  void nothingIsLoadedTwiceWhileTheFunctionWorksOnTheSameUploads() throws Exception {
    TestLake lake = new TestLake(folder, DECLARATIONS);
    List<ObjectEvent> events = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      events.add(lake.put("readings/" + i + ".json", readings(i)));
    }
    List<String> failures = new ArrayList<>();
    Thread function =
        new Thread(() -> {
          Ingest ingest = lake.ingest();
          for (ObjectEvent event : events) {
            for (int attempt = 0; attempt < 50; attempt++) {
              try {
                ingest.handle(
                    event, Attempt.withoutEnd("function-" + event.sequencer() + "-" + attempt));
                break;
              } catch (SluiceException e) {
                // As the queue does: it is delivered again.
                if (attempt == 49) {
                  failures.add(e.getMessage());
                }
              }
            }
          }
        });
    function.start();
    TestLake.Ended ended = lake.run(SLOT, "readings/backlog");
    function.join();

    assertThat(ended.failure()).as(ended.output()).isEmpty();
    assertThat(failures).isEmpty();
    assertThat(rows(lake)).isEqualTo(60 * 20);
    assertThat(
            SharedSpark.spark()
                .read()
                .parquet("file://" + lake.folder.resolve("silver/readings"))
                .select("id")
                .distinct()
                .count())
        .isEqualTo(60 * 20);
    assertThat(silver(lake).size())
        .as("files of one version each")
        .isEqualTo(
            SilverFiles.read(lake.memory, TestLake.LAYOUT, "readings", 4)
                .byPartition()
                .values()
                .stream()
                .mapToInt(List::size)
                .sum());
  }

  @Test
  void tasksHoldEveryUploadOnceAndAboutAsMuchEach() {
    List<ListedObject> uploads = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      uploads.add(
          new ListedObject(
              new ObjectName("raw-bucket", "readings/" + i), "e", (i % 17) << 20, Instant.EPOCH));
    }
    List<ArrayList<String>> tasks = BulkIngest.tasks(uploads, 2);

    assertThat(tasks.stream().flatMap(List::stream).toList()).hasSize(1000).doesNotHaveDuplicates();
    assertThat(tasks).hasSizeBetween(100, 200).allSatisfy(task -> assertThat(task).isNotEmpty());
  }

  @Test
  void theCompressorIsThatOfTheFunction() throws IOException {
    assertThat(Files.readString(SharedSpark.ROOT.resolve("pom.xml")))
        .contains("<zstd.version>" + Loader.ZSTD + "-");
    Loader.checkCompressor();
    Loader.checkCompressor("1.5.7-6");
    for (String other : List.of("1.5.5-4", "1.5.70-1", "1.5-7")) {
      assertThatThrownBy(() -> Loader.checkCompressor(other))
          .hasMessageContaining(other + " instead of 1.5.7. Choose a release");
    }
  }

  /** {@code CompressorTest} of core/convert expects the same of the function's libraries. */
  @Test
  void theClustersCompressorMakesTheFunctionsBytes() throws Exception {
    assertThat(ZstdVersion.VERSION).as("that of Spark, not the function's").isEqualTo("1.5.7-6");
    byte[] text = new byte[1 << 20];
    Random random = new Random(42);
    for (int i = 0; i < text.length; i++) {
      text[i] = (byte) ('a' + Math.abs(random.nextGaussian() * 4));
    }
    try (ZstdCompressCtx context = new ZstdCompressCtx().setLevel(3)) {
      assertThat(
              HexFormat.of()
                  .formatHex(MessageDigest.getInstance("SHA-256").digest(context.compress(text))))
          .isEqualTo("7229fc9d93ace388ba2967ff5d384cf905b355793c837e2b50d733c736e8ac2c");
    }
  }

  @Test
  void compressedUploadsAreLoadedAsTheFunctionLoadsThem() throws IOException {
    TestLake byFunction = new TestLake(folder.resolve("a"), DECLARATIONS);
    TestLake byCluster = new TestLake(folder.resolve("b"), DECLARATIONS);
    byte[] text = (String.join("\n", readings(1)) + "\n").getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(zipped)) {
      out.write(text);
    }
    Map<String, byte[]> uploads =
        Map.of("readings/a.zst", Zstd.compress(text, 9), "readings/b.gz", zipped.toByteArray());
    uploads.forEach((key, bytes) -> {
      byFunction.load(byFunction.put(key, bytes));
      byCluster.put(key, bytes);
    });

    TestLake.Ended ended = byCluster.run(SLOT, "readings/backlog");

    assertThat(ended.failure()).as(ended.output()).isEmpty();
    assertThat(rows(byCluster)).isEqualTo(2 * 20);
    assertThat(silver(byCluster)).isEqualTo(silver(byFunction));
  }
}
