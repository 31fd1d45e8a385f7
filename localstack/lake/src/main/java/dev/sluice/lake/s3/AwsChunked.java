package dev.sluice.lake.s3;

import dev.sluice.lake.api.ServiceException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** Undoes the {@code aws-chunked} encoding. Signatures of chunks are skipped. */
final class AwsChunked extends InputStream {
  private static final int MAX_LINE = 8192;

  private final InputStream in;
  private final Map<String, String> trailers = new HashMap<>();
  private long left;
  private boolean first = true;
  private boolean ended;

  AwsChunked(InputStream in) {
    this.in = new BufferedInputStream(in, 1 << 16);
  }

  /** The trailing headers by lower-case name; complete once the stream has ended. */
  Map<String, String> trailers() {
    return trailers;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (left == 0 && !ended) {
      nextChunk();
    }
    if (ended) {
      return -1;
    }
    int count = in.read(bytes, offset, (int) Math.min(length, left));
    if (count < 0) {
      throw Incoming.incomplete();
    }
    left -= count;
    return count;
  }

  private void nextChunk() throws IOException {
    if (!first && !line().isEmpty()) {
      throw malformed();
    }
    first = false;
    String head = line();
    int semicolon = head.indexOf(';');
    try {
      left = Long.parseLong((semicolon < 0 ? head : head.substring(0, semicolon)).strip(), 16);
    } catch (NumberFormatException e) {
      throw malformed();
    }
    if (left < 0) {
      throw malformed();
    }
    if (left == 0) {
      ended = true;
      for (String line = lineOrEnd(); !line.isEmpty(); line = lineOrEnd()) {
        int colon = line.indexOf(':');
        if (colon > 0) {
          trailers.put(
              line.substring(0, colon).strip().toLowerCase(Locale.ROOT),
              line.substring(colon + 1).strip());
        }
      }
    }
  }

  private String line() throws IOException {
    return line(false);
  }

  private String lineOrEnd() throws IOException {
    return line(true);
  }

  private String line(boolean mayEnd) throws IOException {
    StringBuilder line = new StringBuilder();
    while (true) {
      int b = in.read();
      if (b < 0) {
        if (mayEnd) {
          return line.toString();
        }
        throw Incoming.incomplete();
      }
      if (b == '\n') {
        int end = line.length();
        if (end > 0 && line.charAt(end - 1) == '\r') {
          line.setLength(end - 1);
        }
        return line.toString();
      }
      if (line.length() == MAX_LINE) {
        throw malformed();
      }
      line.append((char) b);
    }
  }

  private static ServiceException malformed() {
    return S3Request.invalidRequest("The aws-chunked encoding of the body is not valid");
  }
}
