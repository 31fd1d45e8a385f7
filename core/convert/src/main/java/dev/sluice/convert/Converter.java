package dev.sluice.convert;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import dev.sluice.model.dataset.Dataset;
import dev.sluice.model.limit.Limit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import org.apache.parquet.format.KeyValue;
import org.jspecify.annotations.Nullable;

/**
 * Converts JSON and CSV to partitioned Parquet. Instances hold no state of a conversion and may be
 * shared between threads.
 *
 * <p>Text is scanned by schema straight into typed columns, text columns are interned, records are
 * checked against the quality rules, moved to their partitions column by column, and each column of
 * a partition is encoded when its turn comes. Memory is bounded by {@link
 * ConvertOptions#bufferBytes()} and the largest record, whatever the size of the source and the
 * number of partitions; what partitions with few records have waits in a scratch file of at most
 * about {@link ConvertOptions#scratchBytes()} beside the output. It is gone when the conversion
 * ends, however it ends.
 */
public final class Converter {
  private final Dataset dataset;
  private final ConvertOptions options;
  private final int chunkBytes;
  private final Node root;
  private final List<Node> leaves;

  /**
   * @param dataset the declaration to convert by
   * @param options how to convert
   * @throws SluiceException {@code INVALID_SETTINGS} when a limit is below what the schema needs
   */
  public Converter(Dataset dataset, ConvertOptions options) {
    this(dataset, options, RecordReader.CHUNK);
  }

  /**
   * @param chunkBytes how much text is read at once
   */
  Converter(Dataset dataset, ConvertOptions options, int chunkBytes) {
    this.chunkBytes = chunkBytes;
    this.dataset = dataset;
    this.options = options;
    this.root = Node.compile(dataset.schema());
    this.leaves = root.leaves();
    int deepest = leaves.stream().mapToInt(leaf -> leaf.depth).max().orElse(0);
    if (deepest > options.limits().get(Limit.DEPTH)) {
      throw new SluiceException(
          ErrorCode.INVALID_SETTINGS,
          "Cannot convert to "
              + dataset.name()
              + ": its schema is nested deeper than the limit "
              + Limit.DEPTH.setting()
              + " allows: "
              + deepest
              + " levels: raise the limit");
    }
  }

  /**
   * Streams one source into Parquet files below {@code data} and, if there are records that do not
   * fit, an NDJSON file {@code <stem>.ndjson} in {@code quarantine}. Files appear under their names
   * {@code <partition>/<stem>-<n>.parquet} only when all of them are complete; files of the same
   * names are replaced. Equal content, declaration and options give equal bytes.
   *
   * @throws SluiceException {@code UNREADABLE_SOURCE} when the source as a whole is no text (for
   *     instance UTF-16), or CSV whose columns are not the schema's; the code of a {@link Limit}
   *     when it is exceeded as a whole. Nothing is written then
   * @throws IOException when reading the source or writing the files fails
   */
  public Conversion convert(Source source, Path data, Path quarantine, Progress progress)
      throws IOException {
    Path target = quarantine.resolve(source.stem() + ".ndjson");
    Path unfinished = quarantine.resolve("." + source.stem() + ".ndjson.inprogress");
    Batch batch = new Batch(leaves);
    Router router =
        new Router(dataset.partitions(), root, options.limits().asInt(Limit.OPEN_PARTITIONS));
    Interner[] interners = interners();
    Segments segments = new Segments(options.bufferBytes() / 2);
    List<KeyValue> metadata =
        List.of(
            new KeyValue("sluice.dataset").setValue(dataset.name()),
            new KeyValue("sluice.fingerprint").setValue(dataset.fingerprint()));
    boolean complete = false;
    try (Input input = new Input(source, options.limits());
        QuarantineWriter refused =
            new QuarantineWriter(
                dataset.name(), source, unfinished, options.limits().asInt(Limit.RAW_BYTES));
        TableWriter table =
            new TableWriter(
                leaves,
                segments,
                new ParquetSchema(root),
                router,
                interners,
                data,
                source.stem(),
                options,
                metadata)) {
      Assembly assembly = new Assembly(dataset, root, options.limits(), interners, router, table);
      Records reader;
      if (dataset.csv().covers(source.name())) {
        reader =
            new CsvRecords(
                input, source, scanner(batch), batch, dataset, root, options.limits(), refused);
        alone(input, reader, batch, assembly, table, segments, progress);
      } else {
        RecordReader records =
            new RecordReader(
                input, source, scanner(batch), batch, options.limits(), refused, chunkBytes);
        reader = records;
        if (options.threads() > 1) {
          new Crew(
                  options.threads(),
                  options.bufferBytes(),
                  new Crew.Job(
                      input,
                      records,
                      batch,
                      () -> piece(records),
                      assembly,
                      table,
                      () -> encoder(segments),
                      refused,
                      progress))
              .run();
        } else {
          alone(input, records, batch, assembly, table, segments, progress);
        }
      }
      refused.finish();
      List<DataFile> files = table.publish();
      boolean any = refused.count() > 0;
      if (any) {
        Files.move(
            unfinished,
            target,
            StandardCopyOption.REPLACE_EXISTING,
            StandardCopyOption.ATOMIC_MOVE);
      } else {
        Files.deleteIfExists(target);
      }
      table.keep();
      complete = true;
      return new Conversion(
          reader.read(),
          files.stream().mapToLong(DataFile::rows).sum(),
          refused.count(),
          refused.reasons(),
          input.storedBytes(),
          input.decodedBytes(),
          files.stream().mapToLong(DataFile::bytes).sum(),
          files,
          any ? Optional.of(target) : Optional.empty());
    } finally {
      if (!complete) {
        Files.deleteIfExists(unfinished);
      }
    }
  }

  private void alone(
      Input input,
      Records reader,
      Batch batch,
      Assembly assembly,
      TableWriter table,
      Segments segments,
      Progress progress)
      throws IOException {
    try (Encoder encoder = encoder(segments)) {
      while (reader.next()) {
        assembly.take(batch, reader);
        encode(table, encoder);
        progress.at(input.storedBytes(), reader.read());
      }
      table.flush();
      encode(table, encoder);
    }
  }

  private static void encode(TableWriter table, Encoder encoder) throws IOException {
    for (Encoder.Load load = table.next(); load != null; load = table.next()) {
      encoder.encode(load);
    }
  }

  private Scanner scanner(Batch batch) {
    return new Scanner(root, batch, options.limits(), dataset.unknownFields());
  }

  private Encoder encoder(Segments segments) {
    return new Encoder(leaves, options.codec(), options.bufferBytes(), segments);
  }

  private Piece piece(RecordReader whole) {
    Batch batch = new Batch(leaves);
    Refusals.Held held = new Refusals.Held();
    return new Piece(batch, whole.ofPieces(scanner(batch), batch, options.limits(), held), held);
  }

  private Interner[] interners() {
    @Nullable Interner[] interners = new Interner[leaves.size()];
    List<Node> texts =
        leaves.stream().filter(l -> l.kind == Node.STRING || l.kind == Node.ENUM).toList();
    for (Node leaf : texts) {
      interners[leaf.leaf] = new Interner(options.bufferBytes() / texts.size());
    }
    return interners;
  }
}
