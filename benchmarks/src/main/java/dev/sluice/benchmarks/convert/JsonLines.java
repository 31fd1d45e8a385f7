package dev.sluice.benchmarks.convert;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes compact JSON, one object a line, without building strings. */
final class JsonLines implements Closeable {
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final int FLUSH = 1 << 18;

  private final OutputStream out;
  private byte[] buffer = new byte[FLUSH + (1 << 16)];
  private int size;
  private long flushed;

  JsonLines(OutputStream out) {
    this.out = out;
  }

  /** Bytes written so far. */
  long bytes() {
    return flushed + size;
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static byte[][] all(String... texts) {
    return Arrays.stream(texts).map(JsonLines::ascii).toArray(byte[][]::new);
  }

  private void put(int c) {
    buffer[size++] = (byte) c;
  }

  private void put(byte[] bytes) {
    System.arraycopy(bytes, 0, buffer, size, bytes.length);
    size += bytes.length;
  }

  // ---- structure; a comma stands before whatever is not first

  void open(char bracket) {
    comma();
    put(bracket);
  }

  void close(char bracket) {
    put(bracket);
  }

  private void comma() {
    if (size > 0) {
      byte last = buffer[size - 1];
      if (last != '{' && last != '[' && last != ':' && last != '\n') {
        put(',');
      }
    }
  }

  /** Begins the record's next field. */
  JsonLines key(String name) {
    comma();
    put('"');
    for (int i = 0; i < name.length(); i++) {
      put(name.charAt(i));
    }
    put('"');
    put(':');
    return this;
  }

  void endLine() throws IOException {
    put('\n');
    if (size >= FLUSH) {
      flush();
    }
  }

  private void flush() throws IOException {
    out.write(buffer, 0, size);
    flushed += size;
    size = 0;
  }

  // ---- values

  /** A text that needs no escapes, or has them already. */
  void text(byte[] text) {
    comma();
    put('"');
    put(text);
    put('"');
  }

  /** A text made of a constant and a number of at least {@code digits} digits. */
  void text(byte[] prefix, long number, int digits) {
    comma();
    put('"');
    put(prefix);
    digits(number, digits);
    put('"');
  }

  /** Begins a text that {@link #part} and {@link #hex} go on with, and {@link #endText} ends. */
  void beginText() {
    comma();
    put('"');
  }

  void part(byte[] text) {
    put(text);
  }

  void part(long number) {
    digits(number, 1);
  }

  void hex(long bits, int digits) {
    for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) {
      put(HEX[(int) (bits >>> shift) & 15]);
    }
  }

  void endText() {
    put('"');
  }

  void integer(long value) {
    comma();
    if (value < 0) {
      put('-');
    }
    digits(Math.abs(value), 1);
  }

  /** {@code value / 10^places}, with all its places. */
  void fixed(long value, int places) {
    comma();
    if (value < 0) {
      put('-');
    }
    long power = 1;
    for (int i = 0; i < places; i++) {
      power *= 10;
    }
    digits(Math.abs(value) / power, 1);
    put('.');
    digits(Math.abs(value) % power, places);
  }

  void bool(boolean value) {
    comma();
    put(value ? TRUE : FALSE);
  }

  void nothing() {
    comma();
    put(NULL);
  }

  /** An instant as ISO 8601 in UTC with milliseconds. */
  void instant(long millis) {
    comma();
    long day = Math.floorDiv(millis, 86_400_000L);
    int rest = (int) Math.floorMod(millis, 86_400_000L);
    if (day != lastDay) {
      lastDay = day;
      lastDate = ascii(java.time.LocalDate.ofEpochDay(day).toString());
    }
    put('"');
    put(lastDate);
    put('T');
    digits(rest / 3_600_000, 2);
    put(':');
    digits(rest / 60_000 % 60, 2);
    put(':');
    digits(rest / 1000 % 60, 2);
    put('.');
    digits(rest % 1000, 3);
    put('Z');
    put('"');
  }

  private void digits(long number, int least) {
    int count = least;
    long limit = 1;
    for (int i = 0; i < least; i++) {
      limit *= 10;
    }
    while (count < 18 && number >= limit) {
      limit *= 10;
      count++;
    }
    long rest = number;
    for (int i = count - 1; i >= 0; i--) {
      buffer[size + i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    size += count;
  }

  private static final byte[] TRUE = ascii("true");
  private static final byte[] FALSE = ascii("false");
  private static final byte[] NULL = ascii("null");
  private long lastDay = Long.MIN_VALUE;
  private byte[] lastDate = new byte[0];

  @Override
  public void close() throws IOException {
    flush();
    out.close();
  }
}
