package dev.sluice.lake.store;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One line of the object store's journal; the state is all of them applied in order. */
sealed interface Entry {

  /** Where the counters stand. */
  record Counters(long sequence, long messageId) implements Entry {}

  record CreateBucket(String bucket, Instant created) implements Entry {}

  record DeleteBucket(String bucket) implements Entry {}

  record Configure(String bucket, String setting, @Nullable String value) implements Entry {}

  /**
   * Removes versions, then adds one, ends an upload, and leaves messages to deliver: all or
   * nothing.
   */
  record Write(
      String bucket,
      String key,
      long sequence,
      List<String> removed,
      @Nullable Version added,
      @Nullable String uploadId,
      List<Pending> messages)
      implements Entry {}

  record Tag(String bucket, String key, String versionId, Map<String, String> tags)
      implements Entry {}

  record StartUpload(String bucket, Upload upload) implements Entry {}

  record AddPart(String bucket, String uploadId, Part part) implements Entry {}

  record AbortUpload(String bucket, String uploadId) implements Entry {}

  record Undelivered(List<Pending> messages) implements Entry {}

  record Delivered(long messageId) implements Entry {}

  /** A message that has not been delivered for sure. */
  record Pending(long id, String queueArn, String body) {}

  /** The bytes of the entry. */
  static byte[] encode(Entry entry) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    try {
      new Encoder(new DataOutputStream(bytes)).entry(entry);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** Writes an entry. */
  record Encoder(DataOutputStream out) {

    void entry(Entry entry) throws IOException {
      switch (entry) {
        case Counters e -> {
          out.writeByte(1);
          out.writeLong(e.sequence());
          out.writeLong(e.messageId());
        }
        case CreateBucket e -> {
          out.writeByte(2);
          text(e.bucket());
          instant(e.created());
        }
        case DeleteBucket e -> {
          out.writeByte(3);
          text(e.bucket());
        }
        case Configure e -> {
          out.writeByte(4);
          text(e.bucket());
          text(e.setting());
          optional(e.value());
        }
        case Write e -> {
          out.writeByte(5);
          text(e.bucket());
          text(e.key());
          out.writeLong(e.sequence());
          out.writeInt(e.removed().size());
          for (String id : e.removed()) {
            text(id);
          }
          out.writeBoolean(e.added() != null);
          if (e.added() != null) {
            version(e.added());
          }
          optional(e.uploadId());
          messages(e.messages());
        }
        case Tag e -> {
          out.writeByte(6);
          text(e.bucket());
          text(e.key());
          text(e.versionId());
          map(e.tags());
        }
        case StartUpload e -> {
          out.writeByte(7);
          text(e.bucket());
          Upload upload = e.upload();
          text(upload.id());
          text(upload.key());
          instant(upload.initiated());
          map(upload.headers());
          map(upload.tags());
          text(upload.algorithm());
          out.writeBoolean(upload.composite());
        }
        case AddPart e -> {
          out.writeByte(8);
          text(e.bucket());
          text(e.uploadId());
          out.writeInt(e.part().number());
          instant(e.part().modified());
          content(e.part().content());
          text(e.part().etag());
          map(e.part().checksums());
        }
        case AbortUpload e -> {
          out.writeByte(9);
          text(e.bucket());
          text(e.uploadId());
        }
        case Undelivered e -> {
          out.writeByte(10);
          messages(e.messages());
        }
        case Delivered e -> {
          out.writeByte(11);
          out.writeLong(e.messageId());
        }
      }
    }

    private void version(Version version) throws IOException {
      text(version.id());
      out.writeLong(version.sequence());
      instant(version.modified());
      out.writeBoolean(version.deleteMarker());
      content(version.content());
      text(version.etag());
      map(version.headers());
      map(version.checksums());
      out.writeBoolean(version.compositeChecksum());
      out.writeInt(version.parts().size());
      for (Version.PartInfo part : version.parts()) {
        out.writeInt(part.number());
        out.writeLong(part.size());
        map(part.checksums());
      }
      map(version.tags());
    }

    private void content(Content content) throws IOException {
      out.writeInt(content.segments().size());
      for (Content.Segment segment : content.segments()) {
        text(segment.file().name);
        out.writeLong(segment.offset());
        out.writeLong(segment.length());
      }
    }

    private void messages(List<Pending> messages) throws IOException {
      out.writeInt(messages.size());
      for (Pending message : messages) {
        out.writeLong(message.id());
        text(message.queueArn());
        text(message.body());
      }
    }

    private void map(Map<String, String> map) throws IOException {
      out.writeInt(map.size());
      for (Map.Entry<String, String> entry : map.entrySet()) {
        text(entry.getKey());
        text(entry.getValue());
      }
    }

    private void optional(@Nullable String text) throws IOException {
      out.writeBoolean(text != null);
      if (text != null) {
        text(text);
      }
    }

    private void instant(Instant instant) throws IOException {
      out.writeLong(instant.toEpochMilli());
    }

    private void text(String text) throws IOException {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      out.writeInt(bytes.length);
      out.write(bytes);
    }
  }

  /** Reads entries, sharing what is often the same. */
  final class Decoder {
    private final Map<String, ContentFile> files = new HashMap<>();
    private final Map<String, String> words = new HashMap<>();

    /** The files that entries named, by name. */
    Map<String, ContentFile> files() {
      return files;
    }

    Entry decode(byte[] record) {
      try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(record))) {
        int kind = in.readByte();
        return switch (kind) {
          case 1 -> new Counters(in.readLong(), in.readLong());
          case 2 -> new CreateBucket(word(in), instant(in));
          case 3 -> new DeleteBucket(word(in));
          case 4 -> new Configure(word(in), word(in), optional(in));
          case 5 -> {
            String bucket = word(in);
            String key = text(in);
            long sequence = in.readLong();
            List<String> removed = new ArrayList<>();
            for (int left = in.readInt(); left > 0; left--) {
              removed.add(word(in));
            }
            Version added = in.readBoolean() ? version(in) : null;
            yield new Write(bucket, key, sequence, removed, added, optional(in), messages(in));
          }
          case 6 -> new Tag(word(in), text(in), text(in), map(in));
          case 7 ->
              new StartUpload(
                  word(in),
                  new Upload(
                      text(in),
                      text(in),
                      instant(in),
                      map(in),
                      map(in),
                      word(in),
                      in.readBoolean()));
          case 8 ->
              new AddPart(
                  word(in),
                  text(in),
                  new Part(in.readInt(), instant(in), content(in), text(in), map(in)));
          case 9 -> new AbortUpload(word(in), text(in));
          case 10 -> new Undelivered(messages(in));
          case 11 -> new Delivered(in.readLong());
          default ->
              throw new IOException("a newer version of Sluice wrote it (entry kind " + kind + ")");
        };
      } catch (IOException e) {
        throw new UncheckedIOException(
            "Cannot read the object store's journal: " + e.getMessage(), e);
      }
    }

    private Version version(DataInputStream in) throws IOException {
      String id = text(in);
      if (id.equals(Version.NULL_ID)) {
        id = Version.NULL_ID;
      }
      long sequence = in.readLong();
      Instant modified = instant(in);
      boolean deleteMarker = in.readBoolean();
      Content content = content(in);
      String etag = text(in);
      Map<String, String> headers = map(in);
      Map<String, String> checksums = map(in);
      boolean composite = in.readBoolean();
      int count = in.readInt();
      List<Version.PartInfo> parts = count == 0 ? List.of() : new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        parts.add(new Version.PartInfo(in.readInt(), in.readLong(), map(in)));
      }
      return new Version(
          id,
          sequence,
          modified,
          deleteMarker,
          content,
          etag,
          headers,
          checksums,
          composite,
          parts,
          map(in));
    }

    private Content content(DataInputStream in) throws IOException {
      int count = in.readInt();
      if (count == 0) {
        return Content.EMPTY;
      }
      List<Content.Segment> segments = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        ContentFile file = files.computeIfAbsent(text(in), ContentFile::new);
        segments.add(new Content.Segment(file, in.readLong(), in.readLong()));
      }
      return new Content(segments);
    }

    private static List<Pending> messages(DataInputStream in) throws IOException {
      int count = in.readInt();
      if (count == 0) {
        return List.of();
      }
      List<Pending> messages = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        messages.add(new Pending(in.readLong(), text(in), text(in)));
      }
      return messages;
    }

    private Map<String, String> map(DataInputStream in) throws IOException {
      int count = in.readInt();
      if (count == 0) {
        return Map.of();
      }
      if (count == 1) {
        return Map.of(word(in), word(in));
      }
      Map<String, String> map = new LinkedHashMap<>();
      for (int i = 0; i < count; i++) {
        map.put(word(in), word(in));
      }
      return map;
    }

    /** Header names and values are few and often the same. */
    private String word(DataInputStream in) throws IOException {
      String text = text(in);
      if (text.length() > 40 || words.size() > 10_000) {
        return text;
      }
      String known = words.putIfAbsent(text, text);
      return known == null ? text : known;
    }

    private static @Nullable String optional(DataInputStream in) throws IOException {
      return in.readBoolean() ? text(in) : null;
    }

    private static Instant instant(DataInputStream in) throws IOException {
      return Instant.ofEpochMilli(in.readLong());
    }

    private static String text(DataInputStream in) throws IOException {
      return new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
    }
  }
}
