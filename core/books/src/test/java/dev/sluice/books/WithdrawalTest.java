package dev.sluice.books;

import static dev.sluice.books.World.reading;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import dev.sluice.model.dataset.Datasets;
import dev.sluice.model.ledger.LedgerEntry.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A dataset whose records go when their upload is deleted. */
class WithdrawalTest {
  private static final String KEY = "readings/a.json";
  private static final String TEXT = reading(1, "a", 1) + "bad\n";

  @TempDir static Path declarations;
  @TempDir Path scratch;

  private static Datasets withdrawing;

  @BeforeAll
  static void declare() throws IOException {
    World.declarations(declarations);
    Files.writeString(
        declarations.resolve("readings/dataset.yaml"),
        "on_source_delete: withdraw\n",
        StandardOpenOption.APPEND);
    withdrawing = Datasets.load(declarations);
  }

  private World world(boolean versioned) {
    return new World(scratch, versioned, World::convert, withdrawing);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aDeletionTakesRowsAndQuarantineAlong(boolean versioned) {
    World world = world(versioned);
    ObjectEvent created = world.upload(KEY, TEXT);
    world.deliver(created);
    ObjectEvent deleted = world.remove(KEY);

    for (ObjectEvent event : List.of(deleted, deleted, created, deleted)) {
      assertThat(world.deliver(event).action()).isEqualTo(Outcome.Action.SOURCE_DELETED);
      assertThat(world.visible()).isEmpty();
      assertThat(world.entry(KEY).status()).isEqualTo(Status.WITHDRAWN);
      assertThat(world.entry(KEY).sourceDeletedAt()).isPresent();
      world.assertBalanced();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anUploadAfterTheDeletionIsLoadedInAnyOrderOfDelivery(boolean versioned) {
    World world = world(versioned);
    ObjectEvent created = world.upload(KEY, TEXT);
    world.deliver(created);
    ObjectEvent deleted = world.remove(KEY);
    world.deliver(deleted);
    ObjectEvent again = world.upload(KEY, TEXT);

    for (ObjectEvent event : List.of(deleted, again, created, deleted)) {
      world.deliver(event);
      assertThat(world.visible()).hasSize(2);
      world.assertBalanced();
    }
  }

  @Test
  void aDeletionThatFailsAnywhereIsCompletedByTheNextDelivery() {
    for (boolean before : List.of(true, false)) {
      for (int call = 0; ; call++) {
        World world = world(false);
        world.deliver(world.upload(KEY, TEXT));
        ObjectEvent deleted = world.remove(KEY);
        world.faults.reset();
        world.faults.arm(
            call,
            before,
            () -> {
              throw new World.Death();
            });
        try {
          world.deliver(deleted);
        } catch (World.Death e) {
          // As it is meant.
        }
        boolean spent = world.faults.spent();
        world.faults.reset();
        world.deliver(deleted);
        assertThat(world.visible()).as("call " + call).isEmpty();
        assertThat(world.entry(KEY).status()).isEqualTo(Status.WITHDRAWN);
        if (!spent) {
          assertThat(call).isGreaterThan(4);
          break;
        }
      }
    }
  }

  @Test
  void anUploadAtAnyInstantOfAWithdrawalIsThereWhenTheQueueHasDrained() {
    for (int call = 0; ; call++) {
      World world = world(false);
      world.deliver(world.upload(KEY, TEXT));
      ObjectEvent deleted = world.remove(KEY);
      world.faults.reset();
      world.faults.arm(call, true, () -> world.deliver(world.upload(KEY, TEXT)));
      try {
        world.deliver(deleted);
      } catch (SluiceException e) {
        assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE);
      }
      boolean spent = world.faults.spent();
      world.faults.reset();
      if (!spent) {
        assertThat(call).isGreaterThan(4);
        break;
      }
      world.deliver(deleted);
      assertThat(world.visible()).as("call " + call).hasSize(2);
      world.assertBalanced();
    }
  }
}
