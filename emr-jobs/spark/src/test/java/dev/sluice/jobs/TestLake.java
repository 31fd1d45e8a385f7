package dev.sluice.jobs;

import dev.sluice.books.Attempt;
import dev.sluice.books.Ingest;
import dev.sluice.books.ObjectEvent;
import dev.sluice.books.Outcome;
import dev.sluice.convert.ConvertOptions;
import dev.sluice.convert.Converter;
import dev.sluice.model.SluiceException;
import dev.sluice.model.dataset.Datasets;
import dev.sluice.model.registry.LakeLayout;
import dev.sluice.model.store.Content;
import dev.sluice.model.store.ListedObject;
import dev.sluice.model.store.ObjectInfo;
import dev.sluice.model.store.ObjectName;
import dev.sluice.model.store.ObjectStore;
import dev.sluice.model.store.OpenObject;
import dev.sluice.model.store.PartitionRegistrar;
import dev.sluice.model.store.PutResult;
import dev.sluice.testing.FakePartitionRegistrar;
import dev.sluice.testing.FaultHook;
import dev.sluice.testing.InMemoryObjectStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** A lake whose objects are in memory, and whose silver files are in a folder, too, for Spark. */
public final class TestLake {
  public static final LakeLayout LAYOUT = new LakeLayout("raw-bucket", "lake-bucket", "results");

  private static final Map<String, TestLake> LAKES = new ConcurrentHashMap<>();
  private static final AtomicInteger RUNS = new AtomicInteger();

  public final InMemoryObjectStore memory =
      new InMemoryObjectStore(Clock.systemUTC(), FaultHook.NONE, 1000);
  public final FakePartitionRegistrar partitions = new FakePartitionRegistrar(FaultHook.NONE);
  public final Path folder;
  public final Path declarations;
  private final ObjectStore store = new Mirrored();
  private final AtomicInteger sequence = new AtomicInteger();

  /**
   * @param folder an empty one
   * @param declarations the folder of the datasets
   */
  public TestLake(Path folder, Path declarations) throws IOException {
    this.folder = folder.resolve("lake");
    this.declarations = declarations;
    Files.createDirectories(folder.resolve("scratch"));
    memory.bucket(LAYOUT.rawBucket(), true).bucket(LAYOUT.lakeBucket(), false);
    LAKES.put(folder.toString(), this);
  }

  private Path scratch() {
    return Objects.requireNonNull(folder.getParent()).resolve("scratch");
  }

  /** The way to it, also for executors, which share the JVM with the test. */
  public Connection connection() {
    return new InMemory(String.valueOf(folder.getParent()));
  }

  private record InMemory(String name) implements Connection {
    @Override
    public ObjectStore objects() {
      return LAKES.get(name).store;
    }

    @Override
    public PartitionRegistrar partitions() {
      return LAKES.get(name).partitions;
    }
  }

  /** As a step sees it. */
  public Lake lake() {
    return new Lake(LAYOUT, connection(), key -> "file://" + folder.resolve(key));
  }

  /** The ingest of a Lambda function. */
  public Ingest ingest() {
    Datasets datasets = Datasets.load(declarations);
    return new Ingest(
        store,
        partitions,
        (dataset, source, data, quarantine, progress) ->
            new Converter(dataset, ConvertOptions.defaults())
                .convert(source, data, quarantine, progress),
        datasets,
        new Ingest.Config(LAYOUT, "silver", scratch(), "test"),
        Clock.systemUTC());
  }

  /** Uploads, and tells nobody. */
  public ObjectEvent put(String key, String... lines) {
    return put(key, (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
  }

  /** Uploads bytes as they are. */
  public ObjectEvent put(String key, byte[] bytes) {
    ObjectName name = new ObjectName(LAYOUT.rawBucket(), key);
    ObjectInfo info = memory.upload(name, bytes);
    return new ObjectEvent(
        ObjectEvent.Kind.CREATED,
        "ObjectCreated:Put",
        name,
        info.versionId(),
        info.etag(),
        "%016X".formatted(sequence.incrementAndGet()),
        info.size(),
        Optional.of(Instant.now()));
  }

  /** Uploads, and loads. */
  public Outcome upload(String key, String... lines) {
    return load(put(key, lines));
  }

  /** Loads what was uploaded, as the function does. */
  public Outcome load(ObjectEvent event) {
    return ingest().handle(event, Attempt.withoutEnd("upload-" + sequence.incrementAndGet()));
  }

  /** How a step ended. */
  public record Ended(String output, Optional<SluiceException> failure) {}

  /** Runs jobs, incrementally, for a slot. */
  public Ended run(String slot, String... jobs) {
    return runIn("incremental", slot, jobs);
  }

  /** Runs jobs as a step does. */
  public Ended runIn(String mode, String slot, String... jobs) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Arguments arguments =
        Arguments.parse(
            List.of(
                "--jobs",
                String.join(",", jobs),
                "--slot",
                slot,
                "--run",
                "run-" + RUNS.incrementAndGet(),
                "--mode",
                mode,
                "--raw-bucket",
                LAYOUT.rawBucket(),
                "--lake-bucket",
                LAYOUT.lakeBucket(),
                "--datasets",
                declarations.toString()),
            false);
    Optional<SluiceException> failure =
        Run.of(arguments, new PrintStream(out, true, StandardCharsets.UTF_8))
            .run(SharedSpark.spark(), lake(), declarations, Optional.empty());
    return new Ended(out.toString(StandardCharsets.UTF_8), failure);
  }

  /** What is in memory, with Parquet files on disk beside it. */
  private final class Mirrored implements ObjectStore {
    @Override
    public Optional<OpenObject> open(ObjectName name) {
      return memory.open(name);
    }

    @Override
    public Optional<OpenObject> open(ObjectName name, ObjectInfo version) {
      return memory.open(name, version);
    }

    @Override
    public Optional<byte[]> tail(ObjectName name, int bytes) {
      return memory.tail(name, bytes);
    }

    @Override
    public Optional<ObjectInfo> head(ObjectName name) {
      return memory.head(name);
    }

    @Override
    public synchronized PutResult putIfAbsent(ObjectName name, Content content, String type) {
      PutResult result = memory.putIfAbsent(name, content, type);
      if (result instanceof PutResult.Created) {
        mirror(name, content);
      }
      return result;
    }

    @Override
    public synchronized Optional<String> putIfMatch(
        ObjectName name, String etag, Content content, String type) {
      Optional<String> result = memory.putIfMatch(name, etag, content, type);
      if (result.isPresent()) {
        mirror(name, content);
      }
      return result;
    }

    @Override
    public synchronized void delete(ObjectName name) {
      memory.delete(name);
      if (name.key().startsWith("silver/")) {
        try {
          Files.deleteIfExists(folder.resolve(name.key()));
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }

    @Override
    public Stream<ListedObject> list(String bucket, String prefix, String startAfter) {
      return memory.list(bucket, prefix, startAfter);
    }

    private void mirror(ObjectName name, Content content) {
      if (!name.key().startsWith("silver/")) {
        return;
      }
      Path file = folder.resolve(name.key());
      try (InputStream in = content.open()) {
        Files.createDirectories(file.getParent());
        Files.write(file, in.readAllBytes());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
