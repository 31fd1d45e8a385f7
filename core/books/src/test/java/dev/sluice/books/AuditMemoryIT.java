package dev.sluice.books;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.ledger.LedgerEntry;
import dev.sluice.model.registry.LakeLayout;
import dev.sluice.model.store.Content;
import dev.sluice.model.store.ListedObject;
import dev.sluice.model.store.ObjectInfo;
import dev.sluice.model.store.ObjectName;
import dev.sluice.model.store.ObjectStore;
import dev.sluice.model.store.OpenObject;
import dev.sluice.model.store.PutResult;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An audit of 120,000 uploads, whose listings alone are larger than the heap. With {@code
 * -Dsluice.audit.objects=1000000} of as many as that.
 */
class AuditMemoryIT {
  private static final int OBJECTS = Integer.getInteger("sluice.audit.objects", 120_000);

  @TempDir Path folder;

  @Test
  void memoryDoesNotGrowWithTheLake() throws Exception {
    Path output = folder.resolve("output");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx44m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                Integer.toString(OBJECTS),
                Files.createDirectory(folder.resolve("scratch")).toString())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(process.waitFor(5, TimeUnit.MINUTES)).as("it ends").isTrue();
    } finally {
      process.destroyForcibly();
    }
    String text = Files.readString(output);
    System.out.print(text);
    assertThat(process.exitValue()).as(text).isZero();
    assertThat(text).contains(OBJECTS / 1_000 + " unannounced", "clean otherwise");
  }

  /** Runs in the child. */
  static final class Main {
    private Main() {}

    public static void main(String[] arguments) throws IOException {
      int objects = Integer.parseInt(arguments[0]);
      Path scratch = Path.of(arguments[1]);
      GeneratedStore store = new GeneratedStore(objects, scratch);
      AtomicLong hints = new AtomicLong();
      long start = System.nanoTime();
      AuditReport report =
          new Audit(
                  store,
                  World.datasets(),
                  new Redrive(bodies -> hints.addAndGet(bodies.size()), Clock.systemUTC()),
                  new Audit.Config(GeneratedStore.LAYOUT, scratch, 4, 8 << 20, 10),
                  Clock.systemUTC())
              .run(AuditRequest.everything().repairing(), Audit.Progress.NONE);
      Duration took = Duration.ofNanos(System.nanoTime() - start);
      long heap =
          ManagementFactory.getMemoryPoolMXBeans().stream()
              .filter(pool -> pool.getType() == java.lang.management.MemoryType.HEAP)
              .mapToLong(pool -> pool.getPeakUsage().getUsed())
              .sum();
      boolean rest =
          report.totals().entrySet().stream()
              .allMatch(e -> e.getKey() == Finding.Kind.UNANNOUNCED || e.getValue().count() == 0);
      System.out.printf(
          Locale.ROOT,
          "audit of %,d uploads: %d unannounced, %s, %d hints; %.1f s, %.1f s of CPU,"
              + " %d MB of heap at most;"
              + " requests: %s%n",
          report.objects(),
          report.totals().get(Finding.Kind.UNANNOUNCED).count(),
          rest ? "clean otherwise" : "not clean: " + report.named(),
          hints.get(),
          took.toMillis() / 1e3,
          cpu() / 1e9,
          heap >> 20,
          store.requests());
      System.exit(report.objects() == objects ? 0 : 1);
    }
  }

  private static long cpu() {
    return ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class)
        .getProcessCpuTime();
  }

  /** A lake of any size that makes up what it shows, each thousandth entry missing. */
  private static final class GeneratedStore implements ObjectStore {
    static final LakeLayout LAYOUT = new LakeLayout(World.RAW, World.LAKE, "results");
    private static final Instant THEN = Instant.parse("2026-11-20T23:59:00Z");
    private static final String SAMPLE = "readings/sample.json";
    private static final int PAGE = 1_000;

    private final int objects;
    private final long[] hashes;
    private final String line;
    private final byte[] parquet;
    private final String fileKey;
    private final String stem;
    private final String etag;
    private final AtomicLong lists = new AtomicLong();
    private final AtomicLong gets = new AtomicLong();
    private final AtomicLong tails = new AtomicLong();
    private final AtomicLong heads = new AtomicLong();

    GeneratedStore(int objects, Path scratch) {
      this.objects = objects;
      World world = new World(scratch, false);
      ObjectEvent event = world.upload(SAMPLE, World.reading(1, "a", 1));
      world.deliver(event);
      LedgerEntry entry = world.entry(SAMPLE);
      line = entry.toLine();
      etag = event.etag();
      fileKey = entry.files().get(0).key();
      parquet = world.store.bytes(new ObjectName(World.LAKE, fileKey)).orElseThrow();
      stem = SourceId.of(World.raw(SAMPLE), etag).stem();
      // Twenty bits of number below as many of the hash as fit: a small index of all objects.
      hashes =
          IntStream.range(0, objects)
              .mapToLong(i -> prefix(id(i).keyHash()) | i)
              .sorted()
              .toArray();
    }

    String requests() {
      return lists + " lists, " + gets + " gets, " + tails + " tails, " + heads + " heads";
    }

    private static long prefix(String keyHash) {
      return Long.parseLong(keyHash.substring(0, 10), 16) << 20;
    }

    private static String key(int i) {
      return "readings/2026/11/20/upload-%09d.json".formatted(i);
    }

    private static String etag(int i) {
      return "%032x".formatted(i);
    }

    private static SourceId id(int i) {
      return SourceId.of(World.raw(key(i)), etag(i));
    }

    private int number(String keyHash) {
      int at = Arrays.binarySearch(hashes, prefix(keyHash));
      return (int) (hashes[at < 0 ? -at - 1 : at] & 0xfffff);
    }

    private static boolean known(int i) {
      return i % 1_000 != 7;
    }

    private ListedObject listed(String bucket, String key, String tag, long size) {
      return new ListedObject(new ObjectName(bucket, key), tag, size, THEN);
    }

    @Override
    public Stream<ListedObject> list(String bucket, String prefix, String startAfter) {
      if (prefix.equals(LAYOUT.intentsPrefix()) || prefix.equals(LAYOUT.quarantinePrefix())) {
        lists.incrementAndGet();
        return Stream.of();
      }
      if (prefix.endsWith(".")) {
        // What an object has: nothing, or one entry.
        lists.incrementAndGet();
        return Stream.of();
      }
      return IntStream.range(0, objects)
          .peek(i -> {
            if (i % PAGE == 0) {
              lists.incrementAndGet();
            }
          })
          .filter(i -> bucket.equals(World.RAW) || known(i))
          .mapToObj(i -> {
            if (bucket.equals(World.RAW)) {
              return listed(bucket, key(i), etag(i), 100);
            }
            SourceId id = id(i);
            return prefix.equals(LAYOUT.ledgerPrefix())
                ? listed(
                    bucket,
                    LAYOUT.ledgerKey("readings", id.keyHash(), id.versionHash()),
                    etag(i),
                    line.length())
                : listed(bucket, fileKey.replace(stem, id.stem()), etag(i), parquet.length);
          });
    }

    @Override
    public Optional<OpenObject> open(ObjectName name) {
      gets.incrementAndGet();
      int i = number(LAYOUT.origin(name.key()).orElseThrow().keyHash());
      byte[] bytes =
          line.replace(SAMPLE, key(i))
              .replace(stem, id(i).stem())
              .replace(etag, etag(i))
              .getBytes(StandardCharsets.UTF_8);
      return Optional.of(
          new OpenObject() {
            @Override
            public ObjectInfo info() {
              return new ObjectInfo("", etag(i), bytes.length, THEN);
            }

            @Override
            public InputStream content() {
              return new ByteArrayInputStream(bytes);
            }

            @Override
            public void close() {}
          });
    }

    @Override
    public Optional<byte[]> tail(ObjectName name, int bytes) {
      tails.incrementAndGet();
      return Optional.of(parquet);
    }

    @Override
    public Optional<ObjectInfo> head(ObjectName name) {
      heads.incrementAndGet();
      int i = Integer.parseInt(name.key().replaceAll("\\D+$", "").replaceAll(".*-", ""));
      return Optional.of(new ObjectInfo("", etag(i), 100, THEN));
    }

    @Override
    public Optional<OpenObject> open(ObjectName name, ObjectInfo version) {
      throw new UnsupportedOperationException();
    }

    @Override
    public PutResult putIfAbsent(ObjectName name, Content content, String contentType) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Optional<String> putIfMatch(
        ObjectName name, String tag, Content content, String contentType) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void delete(ObjectName name) {
      throw new UnsupportedOperationException();
    }
  }
}
