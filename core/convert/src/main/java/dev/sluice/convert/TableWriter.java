package dev.sluice.convert;

import dev.sluice.model.dataset.PartitionValues;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import org.apache.parquet.format.KeyValue;
import org.jspecify.annotations.Nullable;

/**
 * Decides when the records of one conversion are written, and in which row groups.
 *
 * <p>Records wait in a stage for each partition. A stage that makes a row group by itself is to be
 * encoded at once, by whoever asks for it. When all stages together use up the budget, the largest
 * are encoded until half of it is free. Where even those are small, they go to scratch space as
 * they are, a few at a time, so that row groups are large whatever the number of partitions. When
 * scratch space is used up, and at the end, what waits there is read back, partition by partition,
 * and encoded. All of this depends on the records and the options alone, so that equal input gives
 * equal files.
 */
final class TableWriter implements AutoCloseable {
  /** A column's arrays are counted in ints. */
  private static final long MAX_BUFFER = 1 << 30;

  private final List<Node> leaves;
  private final Segments segments;
  private final Router router;
  private final @Nullable Interner[] interners;
  private final boolean[] turnedRaw;
  private final Path directory;
  private final Partition.Form form;
  private final long bufferBytes;
  private final long rowGroupBytes;
  private final long scratchBytes;
  private final int mostAtOnce;
  private final boolean threaded;
  private final Deque<Encoder.Load> loads = new ArrayDeque<>();
  private final List<Scratch> scratches = new ArrayList<>();
  private @Nullable Interner @Nullable [] view;
  private final Scatter scatter = new Scatter();
  private Stage[] stages = new Stage[0];
  private Partition[] partitions = new Partition[0];

  private @Nullable Waiting[] waiting = new Waiting[0];
  private @Nullable Scratch scratch;
  private int stageCount;
  private long memory;
  private boolean kept;

  TableWriter(
      List<Node> leaves,
      Segments segments,
      ParquetSchema schema,
      Router router,
      @Nullable Interner[] interners,
      Path directory,
      String stem,
      ConvertOptions options,
      List<KeyValue> metadata) {
    this.leaves = leaves;
    this.segments = segments;
    this.router = router;
    this.interners = interners;
    this.turnedRaw = new boolean[interners.length];
    this.directory = directory;
    this.form = new Partition.Form(schema, stem, options.fileBytes(), metadata);
    this.bufferBytes = Math.min(options.bufferBytes(), MAX_BUFFER);
    this.rowGroupBytes = bufferBytes / 2;
    this.scratchBytes = options.scratchBytes();
    this.mostAtOnce = (int) Math.max(1, bufferBytes / 4 / Stage.least(leaves));
    this.threaded = options.threads() > 1;
  }

  /** Typed data in stages, in bytes. */
  long memory() {
    return memory;
  }

  /** What is to be encoded next, in the order that files need; null when there is nothing. */
  Encoder.@Nullable Load next() {
    return loads.poll();
  }

  /** Takes in a batch; then {@link #next()} has what no longer fits in memory. */
  void add(Batch batch, int[] partition) throws IOException {
    view = null;
    grow(router.count());
    beforeText();
    int row = 0;
    while (row < batch.rows) {
      memory += scatter.move(batch, interners, partition, stages, stageCount, row, mostAtOnce);
      row = scatter.next();
      for (int i = 0; i < scatter.touchedCount(); i++) {
        if (stages[scatter.touched(i)].memory() >= rowGroupBytes) {
          encode(scatter.touched(i));
        }
      }
      if (memory > bufferBytes) {
        makeRoom(bufferBytes / 2);
      }
    }
  }

  private void grow(int count) {
    if (count > stages.length) {
      int size = Math.max(count, stages.length * 2);
      stages = Arrays.copyOf(stages, size);
      partitions = Arrays.copyOf(partitions, size);
      waiting = Arrays.copyOf(waiting, size);
    }
    while (stageCount < count) {
      String path =
          PartitionValues.directory(
              router.spec(), new ArrayList<>(router.values(stageCount).values()));
      partitions[stageCount] = new Partition(form, path, folder(path), router.values(stageCount));
      stages[stageCount++] = new Stage(leaves, segments);
    }
  }

  /**
   * Where the partition's files are written. That is its directory, but where the process's locale
   * has no such characters in file names they are escaped.
   */
  private Path folder(String partition) {
    try {
      return directory.resolve(partition);
    } catch (InvalidPathException e) {
      StringBuilder escaped = new StringBuilder();
      for (byte b : partition.getBytes(StandardCharsets.UTF_8)) {
        escaped.append(b < 0 ? "%" + HexFormat.of().withUpperCase().toHexDigits(b) : (char) b);
      }
      return directory.resolve(escaped.toString());
    }
  }

  /** Below this a stage makes no row group before its time. */
  private long littleBytes() {
    return rowGroupBytes / 4;
  }

  /**
   * Empties all stages when a text column is interned no more and to write out their codes as text
   * would take too much memory.
   */
  private void beforeText() throws IOException {
    long growth = 0;
    for (int c = 0; c < turnedRaw.length; c++) {
      Interner interner = interners[c];
      if (interner != null && interner.raw && !turnedRaw[c]) {
        turnedRaw[c] = true;
        for (int p = 0; p < stageCount; p++) {
          growth += stages[p].rows == 0 ? 0 : stages[p].columns[c].growth(interner);
        }
      }
    }
    if (growth > bufferBytes / 4) {
      makeRoom(0);
    }
  }

  /**
   * Makes room in memory, the largest stages first: encodes those that are worth a row group until
   * the rest takes no more than {@code left} bytes, or if there are none, sends others to scratch
   * space until an eighth of the budget is free. So there is never much to be written at once.
   */
  private void makeRoom(long left) throws IOException {
    List<Integer> bySize = new ArrayList<>();
    for (int p = 0; p < stageCount; p++) {
      if (stages[p].rows > 0) {
        bySize.add(p);
      }
    }
    // Equal sizes by number, so that equal input gives equal files.
    bySize.sort(
        Comparator.comparingLong((Integer p) -> -stages[p].memory())
            .thenComparingInt(Integer::intValue));
    int next = 0;
    for (; next < bySize.size() && memory > left; next++) {
      if (stages[bySize.get(next)].memory() < littleBytes()) {
        break;
      }
      encode(bySize.get(next));
    }
    long full = left == 0 ? 0 : bufferBytes - bufferBytes / 8;
    for (; next < bySize.size() && memory > full; next++) {
      wait(bySize.get(next));
    }
    if (scratch != null && scratch.size() >= scratchBytes) {
      for (int p = 0; p < stageCount; p++) {
        if (waiting[p] != null) {
          encode(p, new Stage(leaves, segments));
        }
      }
      scratch.close();
      scratches.remove(scratch);
      scratch = null;
    }
  }

  private void wait(int partition) throws IOException {
    if (scratch == null) {
      scratch = new Scratch(directory.resolve("." + form.stem() + ".scratch.inprogress"));
      scratches.add(scratch);
    }
    Waiting places = waiting[partition];
    if (places == null) {
      places = new Waiting();
      waiting[partition] = places;
    }
    Stage stage = take(partition);
    long position = scratch.size();
    stage.write(scratch);
    places.add(position, scratch.size() - position);
  }

  private Stage take(int partition) {
    memory -= stages[partition].memory();
    return stages[partition].take();
  }

  private void encode(int partition) throws IOException {
    encode(partition, take(partition));
  }

  /** Encodes what waits in scratch space, and {@code last} behind it. */
  private void encode(int partition, Stage last) throws IOException {
    Waiting places = waiting[partition];
    Scratch from = null;
    if (places != null && scratch != null) {
      waiting[partition] = null;
      scratch.flush();
      from = scratch.share();
    }
    loads.add(
        new Encoder.Load(
            partitions[partition], from, places == null ? Waiting.NOTHING : places, last, view()));
  }

  /** The interned text of this moment: it may grow while what refers to it is encoded. */
  private @Nullable Interner[] view() {
    if (!threaded) {
      return interners;
    }
    if (view == null) {
      view =
          Arrays.stream(interners).map(i -> i == null ? null : i.view()).toArray(Interner[]::new);
    }
    return view;
  }

  /** Has all that is left encoded. */
  void flush() throws IOException {
    for (int p = 0; p < stageCount; p++) {
      if (stages[p].rows > 0 || waiting[p] != null) {
        encode(p);
      }
    }
  }

  /** Gives all files their names when everything is encoded; answers them sorted by path. */
  List<DataFile> publish() throws IOException {
    List<DataFile> published = new ArrayList<>();
    for (int p = 0; p < stageCount; p++) {
      published.addAll(partitions[p].publish());
    }
    published.sort(Comparator.comparing(file -> file.path().toString()));
    return published;
  }

  /** Lets what was published stay; without this, closing takes it back. */
  void keep() {
    kept = true;
  }

  @Override
  public void close() throws IOException {
    for (Scratch each : scratches) {
      each.discard();
    }
    if (!kept) {
      for (int p = 0; p < stageCount; p++) {
        partitions[p].discard();
      }
    }
  }
}
