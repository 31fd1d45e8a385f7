package dev.sluice.books;

import dev.sluice.model.store.ListedObject;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.HexFormat;

/**
 * A line of a listing, in the form in which an audit sorts it: all that concerns one uploaded
 * object stands together.
 *
 * @param keyHash the uploaded object, as in {@link SourceId}
 * @param raw whether this is the object itself, and not something made of it
 * @param key the key
 * @param etag its ETag
 * @param size stored bytes
 * @param lastModified when it was stored
 */
record Trace(
    String keyHash, boolean raw, String key, String etag, long size, Instant lastModified) {

  static Trace of(String keyHash, boolean raw, ListedObject object) {
    return new Trace(
        keyHash, raw, object.name().key(), object.etag(), object.size(), object.lastModified());
  }

  byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(64 + key.length());
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.write(HexFormat.of().parseHex(keyHash));
      out.writeBoolean(!raw);
      out.writeUTF(key);
      out.writeUTF(etag);
      out.writeLong(size);
      out.writeLong(lastModified.toEpochMilli());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  static Trace parse(byte[] bytes) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      return new Trace(
          HexFormat.of().formatHex(in.readNBytes(SourceId.KEY_DIGITS / 2)),
          !in.readBoolean(),
          in.readUTF(),
          in.readUTF(),
          in.readLong(),
          Instant.ofEpochMilli(in.readLong()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
