package dev.sluice.books;

import static dev.sluice.books.World.reading;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import dev.sluice.model.registry.LakeLayout;
import dev.sluice.model.store.ListedObject;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BacklogTest {
  private static final LakeLayout LAYOUT = new LakeLayout(World.RAW, World.LAKE, "results");

  @TempDir Path scratch;

  private static List<String> unknown(World world) {
    return keys(Backlog.unknown(world.store, LAYOUT, "readings", 2));
  }

  private static List<String> keys(List<ListedObject> objects) {
    return objects.stream().map(object -> object.name().key()).toList();
  }

  @Test
  void whatTheLedgerKnowsIsNoBacklog() {
    World world = new World(scratch, true);
    world.deliver(world.upload("readings/known.json", reading(1, "a", 1)));
    world.deliver(world.upload("readings/utf16.json", new byte[] {-1, -2, 65, 0}));
    world.upload("readings/unknown.json", reading(2, "b", 2));
    world.upload("readings/folder/", "");
    world.upload("others/x.json", reading(3, "c", 3));

    assertThat(unknown(world)).containsExactly("readings/unknown.json");
    assertThat(keys(Backlog.everything(world.store, LAYOUT, "readings")))
        .containsExactly("readings/known.json", "readings/unknown.json", "readings/utf16.json");
  }

  @Test
  void anotherContentUnderAKnownKeyIsBacklogAndSoIsAnEarlierContentThatCameBack() {
    World world = new World(scratch, false);
    world.deliver(world.upload("readings/a.json", reading(1, "a", 1)));
    ObjectEvent second = world.upload("readings/a.json", reading(2, "a", 2));
    assertThat(unknown(world)).containsExactly("readings/a.json");

    world.deliver(second);
    assertThat(unknown(world)).isEmpty();

    world.upload("readings/a.json", reading(1, "a", 1));
    assertThat(unknown(world)).containsExactly("readings/a.json");
  }

  @Test
  void whatWasTooLargeForAnInvocationIsBacklog() {
    World world =
        new World(
            scratch,
            true,
            (dataset, source, data, quarantine, progress) -> {
              throw new SluiceException(ErrorCode.SOURCE_TOO_LARGE, "Cannot load the object");
            });
    world.deliver(world.upload("readings/a.json", reading(1, "a", 1)));

    assertThat(world.entry("readings/a.json").reasonCode()).isEqualTo("SOURCE_TOO_LARGE");
    assertThat(unknown(world)).containsExactly("readings/a.json");
  }
}
