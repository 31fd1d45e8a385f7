package dev.sluice.books;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SortedRunsTest {
  @TempDir Path folder;

  /** In memory, in some files, and in more files than are merged at once. */
  @ParameterizedTest
  @ValueSource(longs = {1 << 20, 20_000, 600})
  void whatIsAddedComesOutInOrder(long budget) throws IOException {
    Random random = new Random(budget);
    List<byte[]> records = new ArrayList<>();
    for (int i = 0; i < 3_000; i++) {
      byte[] record = new byte[random.nextInt(12)];
      random.nextBytes(record);
      records.add(record);
    }
    List<byte[]> sorted = new ArrayList<>();
    try (SortedRuns runs = new SortedRuns(folder, budget)) {
      records.forEach(runs::add);
      runs.sorted().forEachRemaining(sorted::add);
    }

    records.sort(Arrays::compareUnsigned);
    assertThat(sorted).usingElementComparator(Arrays::compareUnsigned).isEqualTo(records);
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).as("files left").isEmpty();
    }
  }

  @Test
  void nothingIsNothing() {
    try (SortedRuns runs = new SortedRuns(folder, 0)) {
      Iterator<byte[]> sorted = runs.sorted();

      assertThat(sorted.hasNext()).isFalse();
    }
  }
}
