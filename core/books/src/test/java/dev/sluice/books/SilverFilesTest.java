package dev.sluice.books;

import static dev.sluice.books.World.reading;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.ledger.LedgerEntry;
import dev.sluice.model.registry.LakeLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SilverFilesTest {
  private static final LakeLayout LAYOUT = new LakeLayout(World.RAW, World.LAKE, "results");
  private static final String KEY = "readings/a.json";

  @TempDir Path scratch;

  private static SilverFiles read(World world) {
    return SilverFiles.read(world.store, LAYOUT, "readings", 1);
  }

  private static Set<String> keys(World world) {
    Set<String> keys = new TreeSet<>();
    read(world).byPartition().values().forEach(files -> files.forEach(f -> keys.add(f.key())));
    return keys;
  }

  @Test
  void aDatasetWithoutUploadsHasNoFilesAndNoEntries() {
    assertThat(read(new World(scratch, true)).byPartition()).isEmpty();
    assertThat(read(new World(scratch, true)).entries()).isZero();
  }

  @Test
  void filesStandInTheirPartitions() {
    World world = new World(scratch, true);
    world.deliver(world.upload(KEY, reading(1, "a", 1) + reading(2, "b", 2)));
    world.deliver(world.upload("readings/b.json", reading(3, "a", 3)));

    SilverFiles files = read(world);

    assertThat(files.entries()).isEqualTo(2);
    assertThat(files.byPartition())
        .containsOnlyKeys("room=a/day=2026-11-20", "room=b/day=2026-11-20");
    assertThat(files.byPartition().get("room=a/day=2026-11-20"))
        .extracting(LedgerEntry.OutputFile::rows)
        .containsExactly(1L, 1L);
  }

  @ParameterizedTest
  @CsvSource({"true,true", "true,false", "false,true", "false,false"})
  void atEveryInstantOfAReplacementTheFilesAreThoseOfOneVersion(boolean versioned, boolean before) {
    int seenOld = 0;
    int seenNew = 0;
    for (int call = 0; ; call++) {
      World world = new World(scratch, versioned);
      world.deliver(world.upload(KEY, reading(1, "a", 1) + reading(2, "b", 2)));
      Set<String> old = keys(world);
      ObjectEvent replaced = world.upload(KEY, reading(1, "b", 1) + reading(2, "c", 2));
      List<Set<String>> seen = new ArrayList<>();
      world.faults.reset();
      world.faults.arm(call, before, () -> seen.add(keys(world)));
      world.deliver(replaced);
      if (!world.faults.spent()) {
        break;
      }
      Set<String> made = keys(world);
      assertThat(old).hasSize(2).doesNotContainAnyElementsOf(made);
      assertThat(seen.get(0)).as("call " + call + " " + world.faults.last()).isIn(old, made);
      seenOld += seen.get(0).equals(old) ? 1 : 0;
      seenNew += seen.get(0).equals(made) ? 1 : 0;
    }
    assertThat(seenOld).isPositive();
    assertThat(seenNew).isPositive();
  }

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void anObjectThatIsReplacedWhileTheLedgerIsReadIsSeenInOneVersion(boolean versioned) {
    for (int call = 0; ; call++) {
      World world = new World(scratch, versioned);
      world.deliver(world.upload(KEY, reading(1, "a", 1)));
      Set<String> old = keys(world);
      ObjectEvent replaced = world.upload(KEY, reading(1, "c", 2));
      world.faults.reset();
      world.faults.arm(call, true, () -> world.deliver(replaced));
      Set<String> seen = keys(world);
      boolean spent = world.faults.spent();
      world.faults.reset();
      if (!spent) {
        assertThat(call).isGreaterThan(1);
        break;
      }
      assertThat(seen).as("call " + call).hasSize(1).isIn(old, keys(world));
    }
  }
}
