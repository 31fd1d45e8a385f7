package dev.sluice.jobs.ingest;

import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import com.github.luben.zstd.util.ZstdVersion;
import dev.sluice.books.Attempt;
import dev.sluice.books.Ingest;
import dev.sluice.books.ObjectEvent;
import dev.sluice.books.Scratch;
import dev.sluice.convert.ConvertOptions;
import dev.sluice.convert.Converter;
import dev.sluice.jobs.Connection;
import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import dev.sluice.model.catalog.Catalog;
import dev.sluice.model.dataset.DatasetLoader;
import dev.sluice.model.dataset.Datasets;
import dev.sluice.model.limit.Limits;
import dev.sluice.model.registry.LakeLayout;
import dev.sluice.model.store.ObjectName;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** Loads uploads, one after the other, on an executor. */
final class Loader implements Serializable {
  private static final long serialVersionUID = 1;

  /** As the ingest function has it: files of one upload are to be the same, whoever makes them. */
  static final long SCRATCH_BYTES = 256L << 20;

  /** The compressor of the ingest function, whose pages the same content must become. */
  static final String ZSTD = "1.5.7";

  private static final int TRIES = 6;
  private static final long PAUSE_MILLIS = 200;

  /** Wired once a JVM and run. */
  private static final Map<String, Ingest> INGESTS = new ConcurrentHashMap<>();

  private final Connection connection;
  private final String rawBucket;
  private final String lakeBucket;
  private final String dataset;
  private final TreeMap<String, byte[]> declaration;
  private final String limits;
  private final String run;

  Loader(
      Connection connection,
      String rawBucket,
      String lakeBucket,
      String dataset,
      TreeMap<String, byte[]> declaration,
      String limits,
      String run) {
    this.connection = connection;
    this.rawBucket = rawBucket;
    this.lakeBucket = lakeBucket;
    this.dataset = dataset;
    this.declaration = declaration;
    this.limits = limits;
    this.run = run;
  }

  /** Loads the uploads under these keys. */
  Tally load(List<String> keys) {
    Ingest ingest = INGESTS.computeIfAbsent(run + " " + dataset, key -> wire());
    Tally tally = new Tally();
    for (String key : keys) {
      load(ingest, new ObjectName(rawBucket, key), tally);
    }
    return tally;
  }

  private static void load(Ingest ingest, ObjectName name, Tally tally) {
    ObjectEvent look =
        new ObjectEvent(
            ObjectEvent.Kind.LOOK, ObjectEvent.LOOK, name, "", "", "", -1, Optional.empty());
    for (int attempt = 1; ; attempt++) {
      try {
        tally.add(ingest.handle(look, Attempt.withoutEnd("bulk-" + UUID.randomUUID())));
        return;
      } catch (SluiceException e) {
        if (e.code() != ErrorCode.UNAVAILABLE || attempt == TRIES) {
          tally.failed(String.valueOf(e.getMessage()));
          return;
        }
        pause(attempt);
      } catch (RuntimeException e) {
        // Whatever one upload brings about, those beside it have their turn.
        tally.failed("Cannot load " + name + ": " + e);
        return;
      }
    }
  }

  private static void pause(int attempt) {
    try {
      TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS << attempt);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SluiceException(ErrorCode.UNAVAILABLE, "Cannot wait: interrupted", e);
    }
  }

  private Ingest wire() {
    checkCompressor();
    Datasets datasets = Datasets.of(List.of(DatasetLoader.load(unpacked())));
    ConvertOptions options =
        ConvertOptions.defaults()
            .withScratchBytes(SCRATCH_BYTES)
            .withLimits(limits.isEmpty() ? Limits.defaults() : Limits.parse(limits));
    return new Ingest(
        connection.objects(),
        connection.partitions(),
        (declared, source, data, quarantine, progress) ->
            new Converter(declared, options).convert(source, data, quarantine, progress),
        datasets,
        new Ingest.Config(
            new LakeLayout(rawBucket, lakeBucket, LakeLayout.defaults().resultsBucket()),
            Catalog.SILVER,
            scratch(),
            "bulk-ingest"),
        Clock.systemUTC());
  }

  /**
   * @throws SluiceException when files would not be those that the ingest function makes
   */
  static void checkCompressor() {
    try {
      checkCompressor(ZstdVersion.VERSION);
      // Its native part is loaded and called, and so is all of it that the converter calls.
      try (ZstdCompressCtx context = new ZstdCompressCtx().setLevel(1)) {
        byte[] compressed = context.compress(new byte[1]);
        new ZstdInputStreamNoFinalizer(new ByteArrayInputStream(compressed)).close();
      }
    } catch (LinkageError | IOException e) {
      throw new SluiceException(
          ErrorCode.INVALID_SETTINGS,
          "Cannot load uploads here: the cluster's zstd-jni cannot be used: "
              + e
              + ". Choose a release with zstd "
              + ZSTD
              + ", and bring no zstd-jni of your own by --jars or --packages.",
          e);
    }
  }

  static void checkCompressor(String version) {
    // What follows the dash is the release of the binding, not of the compressor.
    if (!version.split("-", 2)[0].equals(ZSTD)) {
      throw new SluiceException(
          ErrorCode.INVALID_SETTINGS,
          "Cannot load uploads here: the cluster compresses with another zstd than the ingest"
              + " function, and files of one upload are to be the same whoever makes them: "
              + version
              + " instead of "
              + ZSTD
              + ". Choose a release with that version, and bring no zstd-jni of your own by --jars"
              + " or --packages.");
    }
  }

  private Path unpacked() {
    try {
      Path folder =
          Files.createDirectory(Files.createTempDirectory("sluice-declaration-").resolve(dataset));
      for (Map.Entry<String, byte[]> file : declaration.entrySet()) {
        Path target = folder.resolve(file.getKey()).normalize();
        if (target.startsWith(folder)) {
          Files.createDirectories(target.getParent());
          Files.write(target, file.getValue());
        }
      }
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One folder for the process; {@link Scratch#prepare} would empty it were it called again. */
  private static Path scratch() {
    return Folder.SCRATCH;
  }

  private static final class Folder {
    static final Path SCRATCH =
        Scratch.prepare(Path.of(System.getProperty("java.io.tmpdir"), "sluice-bulk"));
  }
}
