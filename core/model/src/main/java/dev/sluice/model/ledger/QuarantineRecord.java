package dev.sluice.model.ledger;

import dev.sluice.model.Reason;
import dev.sluice.model.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A record that could not be loaded.
 *
 * @param dataset the dataset it was uploaded to
 * @param source where it came from: {@code s3://bucket/key}, or a file
 * @param version the source's version or ETag, empty for a file
 * @param line 1-based line in the decompressed source where the record starts
 * @param offset byte in the decompressed source where the record starts, from 0
 * @param length bytes of the whole record in the decompressed source
 * @param field the path of the field at fault, with array indexes; empty when it is the record
 * @param reason the class of the fault
 * @param rule the quality rule that does not hold; empty for other reasons
 * @param expected what would have been accepted
 * @param found what was there, without the value itself
 * @param message one sentence for people
 * @param raw the record's text, cut at the limit; Base64 when {@code base64}
 * @param base64 whether {@code raw} is Base64 because the text is not UTF-8
 * @param truncated whether {@code raw} was cut; the source has the whole record at {@code offset}
 */
public record QuarantineRecord(
    String dataset,
    String source,
    String version,
    long line,
    long offset,
    long length,
    String field,
    Reason reason,
    String rule,
    String expected,
    String found,
    String message,
    String raw,
    boolean base64,
    boolean truncated) {

  /** The record as a JSON object, keys in snake case, in the order of the table's columns. */
  public Map<String, @Nullable Object> toJson() {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("source", source);
    json.put("version", version);
    json.put("line", line);
    json.put("byte_offset", offset);
    json.put("byte_length", length);
    json.put("field", field);
    json.put("reason", reason.name());
    json.put("rule", rule);
    json.put("expected", expected);
    json.put("found", found);
    json.put("message", message);
    json.put("raw", raw);
    json.put("raw_base64", base64);
    json.put("raw_truncated", truncated);
    return json;
  }

  /**
   * Reads one line as {@link #toJson} gave it.
   *
   * @param dataset the dataset of the file it stands in
   * @throws IllegalArgumentException when it is no such line
   */
  public static QuarantineRecord parse(String dataset, String line) {
    Map<String, @Nullable Object> json = Json.parseObject(line);
    return new QuarantineRecord(
        dataset,
        text(json, "source"),
        text(json, "version"),
        number(json, "line"),
        number(json, "byte_offset"),
        number(json, "byte_length"),
        text(json, "field"),
        Reason.valueOf(text(json, "reason")),
        text(json, "rule"),
        text(json, "expected"),
        text(json, "found"),
        text(json, "message"),
        text(json, "raw"),
        Boolean.TRUE.equals(json.get("raw_base64")),
        Boolean.TRUE.equals(json.get("raw_truncated")));
  }

  /** Its text, as far as it was kept. */
  public byte[] rawBytes() {
    return base64 ? Base64.getDecoder().decode(raw) : raw.getBytes(StandardCharsets.UTF_8);
  }

  /** The same record, of which another attempt says what is wrong. */
  public QuarantineRecord because(QuarantineRecord other) {
    return new QuarantineRecord(
        dataset,
        source,
        version,
        line,
        offset,
        length,
        other.field,
        other.reason,
        other.rule,
        other.expected,
        other.found,
        other.message,
        raw,
        base64,
        truncated);
  }

  /** The record on one line, with the line's end. */
  public String toLine() {
    return Json.write(toJson()) + "\n";
  }

  private static String text(Map<String, ?> json, String key) {
    if (json.get(key) instanceof String text) {
      return text;
    }
    throw new IllegalArgumentException(key + ": not a string");
  }

  private static long number(Map<String, ?> json, String key) {
    if (json.get(key) instanceof Long number) {
      return number;
    }
    throw new IllegalArgumentException(key + ": not a whole number");
  }
}
