package dev.sluice.jobs;

import dev.sluice.books.SilverFiles;
import dev.sluice.model.registry.LakeLayout;
import dev.sluice.model.store.ObjectStore;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

/** The lake as a step sees it. The jobs of a step share what it knows of the ledger. */
public final class Lake {
  /** A get takes some 20 ms, and there is one for each upload. */
  private static final int THREADS = 32;

  private final LakeLayout layout;
  private final Connection connection;
  private final UnaryOperator<String> uris;
  private final ObjectStore objects;
  private final Map<String, SilverFiles> files = new ConcurrentHashMap<>();

  /**
   * @param connection the way to S3 and to the catalog
   * @param uris what Spark calls a key of the lake bucket
   */
  Lake(LakeLayout layout, Connection connection, UnaryOperator<String> uris) {
    this.layout = layout;
    this.connection = connection;
    this.uris = uris;
    this.objects = connection.objects();
  }

  static Lake of(LakeLayout layout, Connection connection) {
    return new Lake(layout, connection, layout::lakeUri);
  }

  /** Keys in its buckets. */
  public LakeLayout layout() {
    return layout;
  }

  /** The way to S3 and to the catalog. */
  public Connection connection() {
    return connection;
  }

  ObjectStore objects() {
    return objects;
  }

  /** What Spark calls a key of the lake bucket. */
  String uri(String key) {
    return uris.apply(key);
  }

  /** The loaded files of a dataset, as the ledger had them when it was first read. */
  SilverFiles files(String dataset) {
    return files.computeIfAbsent(dataset, name -> SilverFiles.read(objects, layout, name, THREADS));
  }

  /** Lets the ledger be read again. */
  public void forget(String dataset) {
    files.remove(dataset);
  }
}
