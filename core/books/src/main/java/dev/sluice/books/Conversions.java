package dev.sluice.books;

import dev.sluice.convert.Conversion;
import dev.sluice.convert.Progress;
import dev.sluice.convert.Source;
import dev.sluice.model.dataset.Dataset;
import java.io.IOException;
import java.nio.file.Path;

/** Turns a source into Parquet files; {@link dev.sluice.convert.Converter} does. */
@FunctionalInterface
public interface Conversions {

  /** As {@link dev.sluice.convert.Converter#convert}. */
  Conversion convert(Dataset dataset, Source source, Path data, Path quarantine, Progress progress)
      throws IOException;
}
