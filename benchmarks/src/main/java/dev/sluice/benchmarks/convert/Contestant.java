package dev.sluice.benchmarks.convert;

import dev.sluice.benchmarks.engines.NodePackage;
import java.util.Locale;
import java.util.Optional;

/** Who can be measured beside ours. */
public enum Contestant {
  /** One {@code COPY} statement, in this process. */
  DUCKDB("DuckDB", ""),
  /** Jackson tree, GenericRecord, AvroParquetWriter, in this process. */
  TEXTBOOK("textbook", ""),
  /** A data frame job on one core. */
  SPARK("Spark", "leaves lines that do not fit out, without a word"),
  /** A frame of the whole input. */
  POLARS("Polars", "holds the whole input in memory; a line that does not fit ends it"),
  /** One {@code INSERT} statement. */
  CLICKHOUSE("ClickHouse", "leaves lines that do not fit out, without a word");

  private final String label;
  private final String note;

  Contestant(String label, String note) {
    this.label = label;
    this.note = note;
  }

  /** The name in figures. */
  String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The name for people. */
  String label() {
    return label;
  }

  /** What it does otherwise than ours, for people; may be empty. */
  String note() {
    return note;
  }

  /** Whether a run takes so long that fewer of them must do. */
  boolean isSlow() {
    return this == TEXTBOOK || this == SPARK;
  }

  /** Whether it runs in a process of its own, which must be started. */
  boolean isElsewhere() {
    return this != DUCKDB && this != TEXTBOOK;
  }

  Optional<NodePackage> nodePackage() {
    return switch (this) {
      case POLARS -> Optional.of(NodePackage.POLARS);
      case CLICKHOUSE -> Optional.of(NodePackage.CLICKHOUSE);
      default -> Optional.empty();
    };
  }
}
