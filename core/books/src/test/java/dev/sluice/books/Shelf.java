package dev.sluice.books;

import dev.sluice.convert.Conversion;
import dev.sluice.convert.ConvertOptions;
import dev.sluice.convert.Converter;
import dev.sluice.convert.DataFile;
import dev.sluice.convert.Progress;
import dev.sluice.convert.Source;
import dev.sluice.model.SluiceException;
import dev.sluice.model.dataset.Dataset;
import dev.sluice.model.json.Json;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The real converter, which converts each input once: what it wrote is kept, and written again when
 * the same input comes again. So it is also known which records every file holds. Records are known
 * by the {@code id} in their text, which must have no other.
 */
public final class Shelf implements Conversions {
  private static final Pattern ID = Pattern.compile("\"id\":\"([^\"]*)\"");
  private static final Pattern ROOM = Pattern.compile("\"room\":\"([^\"]*)\"");

  private final Map<String, Converter> converters = new ConcurrentHashMap<>();
  private final Map<String, Kept> kept = new ConcurrentHashMap<>();
  private final Map<String, List<String>> files = new ConcurrentHashMap<>();

  @SuppressWarnings("ArrayRecordComponent")
  private record KeptFile(String path, byte[] bytes, DataFile file) {}

  @SuppressWarnings("ArrayRecordComponent")
  private record Kept(
      @Nullable Conversion conversion,
      List<KeptFile> files,
      String quarantinePath,
      byte @Nullable [] quarantine,
      @Nullable SluiceException refusal,
      List<String> good,
      List<String> bad) {}

  /**
   * What becomes of a source.
   *
   * @param rejected whether it is refused as a whole
   * @param good ids of the records of silver
   * @param bad ids of the records of quarantine
   * @param files paths below the table, {@code STEM} in place of the source's
   */
  public record Expected(
      boolean rejected, List<String> good, List<String> bad, List<String> files) {}

  /** Stands for a source's own in {@link Expected#files}. */
  static final String STEM = "0-0";

  /** What becomes of these bytes under that declaration. */
  public Expected expected(Dataset dataset, byte[] content) {
    Kept made = kept(dataset, "s3://bucket/key", "", STEM, content);
    return new Expected(
        made.refusal() != null,
        made.good(),
        made.bad(),
        made.files().stream().map(KeptFile::path).toList());
  }

  /** The ids of the records in a Parquet file, if the converter wrote it for that partition. */
  public Optional<List<String>> records(String directory, byte[] parquet) {
    return Optional.ofNullable(files.get(directory + " " + hash(parquet)));
  }

  /** The ids in lines of JSON. */
  static List<String> ids(String text) {
    List<String> ids = new ArrayList<>();
    Matcher matcher = ID.matcher(text);
    while (matcher.find()) {
      ids.add(matcher.group(1));
    }
    return ids;
  }

  /** The id of a quarantined record. */
  static String quarantined(String line) {
    List<String> ids = ids(String.valueOf(Json.parseObject(line).get("raw")));
    return ids.isEmpty() ? "none" : ids.get(0);
  }

  @Override
  public Conversion convert(
      Dataset dataset, Source source, Path data, Path quarantine, Progress progress)
      throws IOException {
    byte[] content;
    try (InputStream in = source.content().open()) {
      content = in.readAllBytes();
    }
    progress.at(content.length, 0);
    Kept made = kept(dataset, source.name(), source.version(), source.stem(), content);
    if (made.refusal() != null) {
      throw made.refusal();
    }
    Conversion template = made.conversion();
    List<DataFile> written = new ArrayList<>();
    for (KeptFile file : made.files()) {
      Path path = data.resolve(file.path());
      Files.createDirectories(path.getParent());
      Files.write(path, file.bytes());
      DataFile old = file.file();
      written.add(new DataFile(path, old.directory(), old.partition(), old.rows(), old.bytes()));
    }
    Optional<Path> bad = Optional.empty();
    if (made.quarantine() != null) {
      Path path = quarantine.resolve(made.quarantinePath());
      Files.createDirectories(path.getParent());
      bad = Optional.of(Files.write(path, made.quarantine()));
    }
    return new Conversion(
        template.read(),
        template.written(),
        template.quarantined(),
        template.reasons(),
        template.bytesIn(),
        template.bytesDecoded(),
        template.bytesOut(),
        written,
        bad);
  }

  private Kept kept(Dataset dataset, String name, String version, String stem, byte[] content) {
    String input = String.join(" ", dataset.fingerprint(), name, version, stem, hash(content));
    Kept found = kept.get(input);
    if (found == null) {
      try {
        found = made(dataset, new Source(name, version, stem, () -> stream(content)), content);
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
      kept.put(input, found);
    }
    return found;
  }

  private static InputStream stream(byte[] content) {
    return new ByteArrayInputStream(content);
  }

  private Kept made(Dataset dataset, Source source, byte[] content) throws IOException {
    Converter converter =
        converters.computeIfAbsent(
            dataset.fingerprint(), f -> new Converter(dataset, ConvertOptions.defaults()));
    Path folder = Files.createTempDirectory("sluice-shelf-");
    try {
      Path data = Files.createDirectory(folder.resolve("data"));
      Path quarantine = Files.createDirectory(folder.resolve("quarantine"));
      Conversion conversion;
      try {
        conversion = converter.convert(source, data, quarantine, Progress.NONE);
      } catch (SluiceException e) {
        return new Kept(null, List.of(), "", null, e, List.of(), List.of());
      }
      byte[] bad = null;
      String badPath = "";
      List<String> badIds = new ArrayList<>();
      if (conversion.quarantine().isPresent()) {
        bad = Files.readAllBytes(conversion.quarantine().get());
        badPath = quarantine.relativize(conversion.quarantine().get()).toString();
        new String(bad, StandardCharsets.UTF_8)
            .lines()
            .forEach(line -> badIds.add(quarantined(line)));
      }
      Set<String> excluded = new HashSet<>(badIds);
      List<String> good = new ArrayList<>();
      List<KeptFile> made = new ArrayList<>();
      List<String> lines = new String(content, StandardCharsets.UTF_8).lines().toList();
      for (DataFile file : conversion.files()) {
        byte[] bytes = Files.readAllBytes(file.path());
        List<String> ids = new ArrayList<>();
        for (String line : lines) {
          Matcher room = ROOM.matcher(line);
          List<String> id = ids(line);
          if (!id.isEmpty()
              && !excluded.contains(id.get(0))
              && (!file.partition().containsKey("room")
                  || (room.find() && room.group(1).equals(file.partition().get("room"))))) {
            ids.add(id.get(0));
          }
        }
        if (ids.size() != file.rows()) {
          throw new IllegalStateException(ids + " expected in " + file);
        }
        files.put(file.directory() + " " + hash(bytes), List.copyOf(ids));
        good.addAll(ids);
        made.add(new KeptFile(data.relativize(file.path()).toString(), bytes, file));
      }
      return new Kept(conversion, made, badPath, bad, null, List.copyOf(good), List.copyOf(badIds));
    } finally {
      Scratch.deleteTree(folder);
    }
  }

  private static String hash(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
