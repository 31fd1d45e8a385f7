package dev.sluice.lake.s3;

import dev.sluice.lake.store.Pinned;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What goes back to the client. */
final class Answer {
  final int status;
  final Map<String, String> headers = new LinkedHashMap<>();
  byte[] body = new byte[0];
  @Nullable Pinned content;
  long from;
  long length;

  private Answer(int status) {
    this.status = status;
  }

  static Answer of(int status) {
    return new Answer(status);
  }

  static Answer xml(byte[] document) {
    Answer answer = new Answer(200);
    answer.body = document;
    answer.headers.put("Content-Type", "application/xml");
    return answer;
  }

  /** Answers with a stretch of an object's content, which is closed afterwards. */
  static Answer content(int status, Pinned content, long from, long length) {
    Answer answer = new Answer(status);
    answer.content = content;
    answer.from = from;
    answer.length = length;
    return answer;
  }

  Answer header(String name, @Nullable Object value) {
    if (value != null) {
      headers.put(name, value.toString());
    }
    return this;
  }
}
