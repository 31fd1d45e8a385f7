package dev.sluice.jobs;

import dev.sluice.books.SilverFiles;
import dev.sluice.model.json.Json;
import dev.sluice.model.ledger.LedgerEntry;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Of what a version of a gold table was made. Two marks of the same files are equal, whoever reads
 * the ledger and whenever.
 *
 * @param revision of the job
 * @param inputs by dataset
 */
record Mark(String revision, Map<String, Input> inputs) {
  Mark {
    inputs = Collections.unmodifiableMap(new TreeMap<>(inputs));
  }

  /**
   * One input.
   *
   * @param declaration the fingerprint of its declaration
   * @param partitions a digest of the files of each partition, by its path below the table
   */
  record Input(String declaration, Map<String, String> partitions) {
    Input {
      partitions = Collections.unmodifiableMap(new TreeMap<>(partitions));
    }

    static Input of(String declaration, SilverFiles files) {
      Map<String, String> partitions = new TreeMap<>();
      files.byPartition().forEach((partition, list) -> partitions.put(partition, digest(list)));
      return new Input(declaration, partitions);
    }

    /** The partitions whose files are not those of the other. */
    Set<String> changedSince(Input earlier) {
      Set<String> changed = new TreeSet<>(partitions.keySet());
      changed.addAll(earlier.partitions().keySet());
      changed.removeIf(
          each -> java.util.Objects.equals(partitions.get(each), earlier.partitions().get(each)));
      return changed;
    }
  }

  private static String digest(List<LedgerEntry.OutputFile> files) {
    StringBuilder text = new StringBuilder();
    for (LedgerEntry.OutputFile file : files) {
      text.append(file.key()).append(' ').append(file.rows()).append(' ').append(file.bytes());
      text.append('\n');
    }
    return sha256(text.toString()).substring(0, 20);
  }

  String toText() {
    Map<String, @Nullable Object> byDataset = new LinkedHashMap<>();
    inputs.forEach((dataset, input) -> {
      Map<String, @Nullable Object> json = new LinkedHashMap<>();
      json.put("declaration", input.declaration());
      json.put("partitions", input.partitions());
      byDataset.put(dataset, json);
    });
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("revision", revision);
    json.put("inputs", byDataset);
    return Json.write(json) + "\n";
  }

  /**
   * @throws IllegalArgumentException when it is no mark
   */
  static Mark parse(String text) {
    Map<String, @Nullable Object> json = Json.parseObject(text);
    Map<String, Input> inputs = new TreeMap<>();
    if (!(json.get("inputs") instanceof Map<?, ?> byDataset)
        || !(json.get("revision") instanceof String revision)) {
      throw new IllegalArgumentException("no mark");
    }
    byDataset.forEach((dataset, value) -> {
      if (!(value instanceof Map<?, ?> input)
          || !(input.get("partitions") instanceof Map<?, ?> digests)) {
        throw new IllegalArgumentException("no mark of " + dataset);
      }
      Map<String, String> partitions = new TreeMap<>();
      digests.forEach(
          (path, digest) -> partitions.put(String.valueOf(path), String.valueOf(digest)));
      inputs.put(
          String.valueOf(dataset), new Input(String.valueOf(input.get("declaration")), partitions));
    });
    return new Mark(revision, inputs);
  }

  /** Its name: the same for the same content. */
  String digest() {
    return sha256(toText()).substring(0, 32);
  }

  private static String sha256(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
