package dev.sluice.benchmarks.convert;

import dev.sluice.benchmarks.Cpu;
import dev.sluice.benchmarks.DuckDb;
import dev.sluice.benchmarks.Failure;
import dev.sluice.convert.Codec;
import dev.sluice.convert.Conversion;
import dev.sluice.convert.ConvertOptions;
import dev.sluice.convert.Converter;
import dev.sluice.convert.Progress;
import dev.sluice.convert.Source;
import dev.sluice.model.dataset.Dataset;
import dev.sluice.model.dataset.PartitionField;
import dev.sluice.model.dataset.Transform;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Collectors;

/** Somebody who converts NDJSON to partitioned Parquet, with types, on one thread. */
interface Peer {
  /** Converts {@code input} into files below {@code out}, which is empty. */
  void convert(Path input, Path out) throws Exception;

  /** The same, and what it cost the process that did it. */
  default Cpu measure(Path input, Path out) throws Exception {
    return Cpu.of(() -> convert(input, out));
  }

  /** Our converter with its default settings; records that do not fit are quarantined. */
  static Peer ours(Dataset dataset, Codec codec) {
    Converter converter = new Converter(dataset, ConvertOptions.defaults().withCodec(codec));
    return (input, out) -> {
      Source source = new Source(input.toString(), "", "bench", () -> Files.newInputStream(input));
      Path quarantine = Files.createDirectories(out.resolveSibling("quarantine"));
      Conversion done = converter.convert(source, out, quarantine, Progress.NONE);
      if (done.quarantined() > 0) {
        throw new Failure(
            "Cannot go on: good records were quarantined: " + done.quarantined() + " of " + input);
      }
    };
  }

  /** One {@code COPY} statement of DuckDB; records that do not fit are skipped. */
  static Peer duckDb(DuckDb duck, Dataset dataset, Codec codec) {
    String partitions =
        dataset.partitions().fields().stream()
            .map(level -> part(level) + " AS " + DuckDb.name(level.column()))
            .collect(Collectors.joining(", "));
    String columns =
        dataset.partitions().fields().stream()
            .map(level -> DuckDb.name(level.column()))
            .collect(Collectors.joining(", "));
    return (input, out) ->
        duck.execute(
            "COPY (SELECT *, "
                + partitions
                + " FROM "
                + DuckDb.readJson(input, dataset.schema())
                + ") TO "
                + DuckDb.literal(out.toString())
                + " (FORMAT parquet, COMPRESSION "
                + codec.name().toLowerCase(Locale.ROOT)
                + ", PARTITION_BY ("
                + columns
                + "), OVERWRITE_OR_IGNORE)");
  }

  /** DuckDB's own cheapest way: numbers, not formatted text. */
  private static String part(PartitionField level) {
    String source = Gate.expression(level.source());
    return level.transform() instanceof Transform.Time time
        ? time.unit().name().toLowerCase(Locale.ROOT) + "(" + source + ")"
        : source;
  }
}
