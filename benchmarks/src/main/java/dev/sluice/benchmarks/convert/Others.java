package dev.sluice.benchmarks.convert;

import dev.sluice.benchmarks.engines.Child;
import dev.sluice.benchmarks.engines.NodePackage;
import dev.sluice.benchmarks.engines.Spark;
import dev.sluice.convert.Codec;
import dev.sluice.model.dataset.Dataset;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The processes of those who run in one of their own. */
final class Others implements AutoCloseable {
  private static final Map<String, String> ONE_THREAD = Map.of("POLARS_MAX_THREADS", "1");

  private final Path root;
  private final Path work;
  private final Path packages;
  private final Map<Contestant, Child> children = new EnumMap<>(Contestant.class);
  private @Nullable Spark spark;

  Others(Path root, Path work, Path packages) {
    this.root = root;
    this.work = work;
    this.packages = packages;
  }

  /** Starts it, and answers its version. */
  String start(Contestant contestant) throws IOException {
    if (contestant == Contestant.SPARK) {
      spark = new Spark(root, work);
      return spark.version();
    }
    NodePackage library = contestant.nodePackage().orElseThrow();
    Child child = library.start(packages, ONE_THREAD);
    children.put(contestant, child);
    return child.version();
  }

  /** Puts who was started among the peers. */
  void add(Map<String, Peer> peers, Dataset dataset, Codec codec) {
    if (spark != null) {
      peers.put(Contestant.SPARK.id(), Elsewhere.spark(spark, dataset, codec));
    }
    children.forEach((contestant, child) ->
        peers.put(
            contestant.id(),
            contestant == Contestant.POLARS
                ? Elsewhere.polars(child, dataset, codec)
                : Elsewhere.clickHouse(child, dataset, codec)));
  }

  @Override
  public void close() throws IOException {
    if (spark != null) {
      spark.close();
    }
    for (Child child : children.values()) {
      child.close();
    }
  }
}
