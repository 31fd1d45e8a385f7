package dev.sluice.convert;

import dev.sluice.model.Reason;
import dev.sluice.model.limit.Limit;
import dev.sluice.model.limit.Limits;
import java.io.IOException;
import java.util.Arrays;

/**
 * Splits decoded text into records and has them scanned, a batch at a time.
 *
 * <p>Three framings are told apart by the first bytes: one record (or more) a line; objects that
 * span lines, one after another; and a top-level array. Memory is one buffer, which grows only for
 * a record that is larger, up to the limit.
 */
final class RecordReader implements Records {
  /** Text that is read at once, in bytes. */
  static final int CHUNK = 1 << 18;

  private static final int MAX_ROWS = 1 << 14;

  /** What is wrong with a record takes memory until its batch is done. */
  private static final int MAX_REFUSED = 1 << 12;

  /** Short records may have many columns or elements: what a batch holds is bounded in values. */
  private static final long MAX_VALUES = 1 << 21;

  /** How much text may be looked through in vain for the ends of records that have none. */
  private static final long MAX_WASTE = 64L << 20;

  /** Where in the top-level structure the reader stands when records span lines. */
  private enum Place {
    TOP,
    FIRST_ELEMENT,
    NEXT_ELEMENT,
    BEHIND_ELEMENT
  }

  private final Input input;
  private final Source source;
  private final Scanner scanner;
  private final Batch batch;
  private final int maxRecord;
  private final int maxNumber;
  private final int rawBytes;
  private final Limits limits;
  private final Refusals quarantine;
  private boolean lineByLine;

  private final int chunk;

  /** Whether this reads pieces of lines that are handed to it, and not the input. */
  private final boolean pieces;

  private byte[] buffer;
  private int from;
  private int end;
  private boolean exhausted;
  private boolean damageTold;

  /** Offset in the text of the buffer's first byte. */
  private long base;

  /** 1-based line at {@link #from}. */
  private long line = 1;

  /** Line at which the batch begins. */
  private long batchLine = 1;

  private Place place = Place.TOP;
  private long read;

  /** Records of the batch that were refused while they were scanned. */
  private int refused;

  /** Blanks before the buffer's first byte if there is nothing else on its line, or -1. */
  private int lead;

  /** The end of the line that was last looked for, while it is in the buffer; or -1. */
  private int knownLineEnd = -1;

  private long wasted;

  RecordReader(
      Input input,
      Source source,
      Scanner scanner,
      Batch batch,
      Limits limits,
      Refusals quarantine,
      int chunk)
      throws IOException {
    this(input, source, scanner, batch, limits, quarantine, chunk, false);
    fill();
    from = Encoding.markLength(source, buffer, end);
    lineByLine = isLineByLine();
    scanner.multiline = !lineByLine;
  }

  private RecordReader(
      Input input,
      Source source,
      Scanner scanner,
      Batch batch,
      Limits limits,
      Refusals quarantine,
      int chunk,
      boolean pieces) {
    this.input = input;
    this.source = source;
    this.scanner = scanner;
    this.batch = batch;
    this.maxRecord = limits.asInt(Limit.RECORD_BYTES);
    this.maxNumber = limits.asInt(Limit.NUMBER_LENGTH);
    this.rawBytes = limits.asInt(Limit.RAW_BYTES);
    this.limits = limits;
    this.quarantine = quarantine;
    this.chunk = chunk;
    this.pieces = pieces;
    this.buffer = new byte[pieces ? 0 : chunk + Bytes.PADDING];
  }

  /**
   * Reads pieces of the same source, each handed over with {@link #open}.
   *
   * @param refusals receives positions in the source, but lines as the piece counts them
   */
  RecordReader ofPieces(Scanner pieceScanner, Batch pieceBatch, Limits limits, Refusals refusals) {
    RecordReader reader =
        new RecordReader(input, source, pieceScanner, pieceBatch, limits, refusals, chunk, true);
    reader.lineByLine = true;
    return reader;
  }

  /**
   * Takes the next piece.
   *
   * @param text whole lines, and {@link Bytes#PADDING} zeros behind them
   * @param offset where they begin in the decoded source
   */
  void open(byte[] text, int length, long offset) {
    buffer = text;
    from = 0;
    end = length;
    base = offset;
    line = 1;
    read = 0;
    knownLineEnd = -1;
    scanner.reset(buffer);
  }

  /**
   * Copies the whole lines at hand into a piece, to be scanned apart; line numbers and the count of
   * records are left to {@link #passed}. False when the text has to be read with {@link #next()},
   * once everything before it is passed.
   */
  boolean cut(Piece piece) throws IOException {
    if (!lineByLine) {
      return false;
    }
    int to = lastLineEnd();
    while (to == from) {
      // Beyond the limit the line is refused as it is read, whoever reads it.
      if (exhausted || end - from > Math.min(chunk, maxRecord)) {
        return false;
      }
      fill();
      to = lastLineEnd();
    }
    if (to - from > chunk) {
      return false;
    }
    piece.fill(buffer, from, to - from, base + from, input.storedBytes());
    from = to;
    return true;
  }

  /** Counts what became of a piece. */
  void passed(long lines, long records) {
    line += lines;
    read += records;
  }

  /** Lines found so far. */
  long linesRead() {
    return line - 1;
  }

  @Override
  public long read() {
    return read;
  }

  @Override
  public boolean next() throws IOException {
    batch.clear();
    scanner.elements = 0;
    refused = 0;
    limits.checkRecords(source.name(), read);
    if (from == end && pieces) {
      return false;
    }
    if (from == end && exhausted) {
      finish();
      return false;
    }
    if (lineByLine) {
      lines();
    } else {
      values();
    }
    return true;
  }

  @Override
  public void refuse(int row, Fault fault) throws IOException {
    int start = batch.starts[row];
    int stop = batch.stops[row];
    quarantine.add(
        fault, buffer, start, stop, stop - start, batchLine + batch.lines[row], base + start);
  }

  private boolean full() {
    return batch.rows >= MAX_ROWS
        || refused >= MAX_REFUSED
        || (long) batch.rows * batch.columns.length + scanner.elements >= MAX_VALUES;
  }

  private void finish() throws IOException {
    if (place != Place.TOP) {
      place = Place.TOP;
      tellStructure("the end of the array, ']'", "the end of the text", from, from);
    }
    if (input.damage() != null && !damageTold) {
      damageTold = true;
      read++;
      quarantine.add(Fault.corrupt(input), buffer, from, from, 0, line, base + from);
    }
  }

  // ---- the buffer

  private void fill() throws IOException {
    if (exhausted) {
      return;
    }
    knownLineEnd = -1;
    if (from > 0) {
      lead = indentOrMinus(from);
      System.arraycopy(buffer, from, buffer, 0, end - from);
      base += from;
      end -= from;
      from = 0;
    }
    int capacity = buffer.length - Bytes.PADDING;
    if (end == capacity) {
      capacity *= 2;
      buffer = Arrays.copyOf(buffer, capacity + Bytes.PADDING);
    } else if (capacity > chunk && end < chunk) {
      capacity = chunk;
      buffer = Arrays.copyOf(buffer, capacity + Bytes.PADDING);
    }
    int wanted = capacity - end;
    int got = input.read(buffer, end, wanted);
    end += got;
    exhausted = got < wanted;
    // A zero is no part of any value, so the scanner stops there.
    Arrays.fill(buffer, end, Math.min(buffer.length, end + Bytes.PADDING), (byte) 0);
    scanner.reset(buffer);
  }

  private boolean isLineByLine() throws IOException {
    int p = firstText();
    while (p == end && !exhausted) {
      countLines(from, p);
      from = p;
      fill();
      p = firstText();
    }
    if (p == end) {
      return true;
    }
    if (buffer[p] == '[') {
      return false;
    }
    if (buffer[p] != '{') {
      return true;
    }
    int start = p;
    Extent extent = new Extent(false, 0);
    for (; ; ) {
      for (; p < end; p++) {
        byte c = buffer[p];
        if (c == '\n') {
          // Still open at the end of its line. Either it goes on, or it was cut short and the next
          // line begins another.
          return p + 1 < end && buffer[p + 1] == '{' || p + 1 == end && exhausted;
        }
        int where = extent.feed(c);
        if (where == Extent.LAST) {
          return !anotherFollows(p + 1);
        }
        if (where != Extent.GO_ON) {
          return true;
        }
      }
      if (exhausted || end - start > maxRecord) {
        return true;
      }
      int done = p - from;
      fill();
      p = from + done;
    }
  }

  /** Whether objects follow one another on one line, which may then be as long as the text. */
  private boolean anotherFollows(int behind) throws IOException {
    int p = behind;
    while (p < end && buffer[p] != '\n' && isSpace(buffer[p]) || p == end && !exhausted) {
      if (p - behind > maxRecord) {
        return false;
      }
      if (p == end) {
        int done = p - from;
        fill();
        p = from + done;
      } else {
        p++;
      }
    }
    return p < end && buffer[p] == '{';
  }

  private int firstText() {
    int p = from;
    while (p < end && isSpace(buffer[p])) {
      p++;
    }
    return p;
  }

  private static boolean isSpace(byte c) {
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
  }

  private void countLines(int start, int stop) {
    byte[] u = buffer;
    long lines = 0;
    for (int i = start; i < stop; i++) {
      if (u[i] == '\n') {
        lines++;
      }
    }
    line += lines;
  }

  private void advance(int to) {
    countLines(from, to);
    from = to;
  }

  // ---- one record or more a line

  private void lines() throws IOException {
    int to = lastLineEnd();
    while (to == from) {
      if (exhausted) {
        // The last line has no line feed; there is room for one behind the text.
        buffer[end] = '\n';
        to = end + 1;
        break;
      }
      if (end - from > maxRecord) {
        if (closesBefore(end)) {
          lineByLine = false;
          scanner.multiline = true;
          values();
        } else {
          tooLargeLine();
        }
        return;
      }
      fill();
      to = lastLineEnd();
    }
    batchLine = line;
    byte[] u = buffer;
    int p = from;
    while (p < to && !full()) {
      while (u[p] == ' ' || u[p] == '\t' || u[p] == '\r') {
        p++;
      }
      if (u[p] == '\n') {
        p++;
        line++;
        continue;
      }
      p = lineRecord(p);
    }
    from = Math.min(p, end);
  }

  /** Whether the record at hand ends, so that only its line is long. */
  private boolean closesBefore(int stop) {
    Extent extent = new Extent(false, 0);
    for (int p = from; p < stop; p++) {
      if (extent.feed(buffer[p]) != Extent.GO_ON) {
        return true;
      }
    }
    return false;
  }

  /** Just behind the last line feed in the buffer, or {@link #from} when there is none. */
  private int lastLineEnd() {
    byte[] u = buffer;
    int p = end;
    while (p > from && u[p - 1] != '\n') {
      p--;
    }
    return p;
  }

  private int lineRecord(int start) throws IOException {
    byte[] u = buffer;
    try {
      scanner.record(start);
      int stop = scanner.pos;
      int p = stop;
      while (u[p] == ' ' || u[p] == '\t' || u[p] == '\r') {
        p++;
      }
      boolean lineEnds = u[p] == '\n';
      if ((lineEnds || u[p] == '{') && stop - start <= maxRecord) {
        batch.endRow(start, stop, (int) (line - batchLine));
        read++;
        if (lineEnds) {
          line++;
          return p + 1;
        }
        return p;
      }
      batch.rollback();
      Fault fault =
          lineEnds || u[p] == '{'
              ? tooLarge()
              : new Fault(
                  Reason.MALFORMED_JSON, "", "", "the end of the record", "more text", p - start);
      return badLine(start, fault);
    } catch (BadRecord bad) {
      batch.rollback();
      int stop = lineEnd(start);
      Fault fault = precise(bad, start, stop);
      return badLine(start, fault);
    }
  }

  private int lineEnd(int p) {
    if (p > knownLineEnd) {
      int stop = p;
      while (buffer[stop] != '\n') {
        stop++;
      }
      knownLineEnd = stop;
    }
    return knownLineEnd;
  }

  private int badLine(int start, Fault fault) throws IOException {
    int lineEnd = lineEnd(start);
    int stop = nextOnLine(start, lineEnd);
    tell(stop - start > maxRecord ? tooLarge() : fault, start, stop);
    if (stop == lineEnd) {
      line++;
      return lineEnd + 1;
    }
    return stop;
  }

  /** Where another object begins on the same line behind a bad one, or the line's end. */
  private int nextOnLine(int start, int lineEnd) {
    Extent extent = new Extent(false, 0);
    for (int p = start; p < lineEnd; p++) {
      int where = extent.feed(buffer[p]);
      if (where == Extent.BROKEN) {
        return lineEnd;
      }
      if (where != Extent.GO_ON) {
        int q = where == Extent.LAST ? p + 1 : p;
        while (q < lineEnd && isSpace(buffer[q])) {
          q++;
        }
        return q < lineEnd && buffer[q] == '{' && mayPart(start, q) ? q : lineEnd;
      }
    }
    return lineEnd;
  }

  /** Whether an object may begin behind bad text: it was one itself, or the end of one. */
  private boolean mayPart(int start, int object) {
    int p = object - 1;
    while (p > start && isSpace(buffer[p])) {
      p--;
    }
    return object > start && (buffer[start] == '{' || buffer[p] == '}');
  }

  private void tooLargeLine() throws IOException {
    long startLine = line;
    long startOffset = base + from;
    byte[] head = head();
    long length = end - from;
    from = end;
    for (; ; ) {
      fill();
      int p = from;
      while (p < end && buffer[p] != '\n') {
        p++;
      }
      length += p - from;
      from = p;
      if (p < end) {
        from++;
        line++;
        break;
      }
      if (exhausted) {
        break;
      }
    }
    read++;
    quarantine.add(
        tooLarge(), head, 0, head.length - Bytes.PADDING, length, startLine, startOffset);
  }

  private byte[] head() {
    int kept = Math.min(end - from, rawBytes + 8);
    byte[] head = new byte[kept + Bytes.PADDING];
    System.arraycopy(buffer, from, head, 0, kept);
    return head;
  }

  private Fault tooLarge() {
    return new Fault(Reason.RECORD_TOO_LARGE, "", "", "at most " + maxRecord + " bytes", "more", 0);
  }

  // ---- objects that span lines, and arrays

  private void values() throws IOException {
    batchLine = line;
    while (!full()) {
      int p = firstText();
      advance(p);
      if (p == end) {
        if (exhausted || batch.rows > 0) {
          return;
        }
        fill();
        batchLine = line;
        continue;
      }
      if (!punctuation(buffer[p]) && !element(p)) {
        if (batch.rows > 0) {
          // What the batch refers to must stay where it is until it is used.
          return;
        }
        fill();
        batchLine = line;
      }
    }
  }

  /** Takes a bracket or comma of the top-level structure; false when a value begins. */
  private boolean punctuation(byte c) throws IOException {
    switch (place) {
      case TOP:
        if (c != '[') {
          return false;
        }
        place = Place.FIRST_ELEMENT;
        break;
      case FIRST_ELEMENT:
        if (c != ']') {
          return false;
        }
        place = Place.TOP;
        break;
      case BEHIND_ELEMENT:
        if (c == ',') {
          place = Place.NEXT_ELEMENT;
        } else if (c == ']') {
          place = Place.TOP;
        } else {
          // What is missing has no bytes; the value itself is looked at next.
          tellStructure("',' or ']' behind an element", "another value", from, from);
          place = Place.NEXT_ELEMENT;
          return false;
        }
        break;
      default:
        if (c == ']') {
          tellStructure("an element behind ','", "']'", from, from + 1);
          place = Place.TOP;
        } else if (c == ',') {
          tellStructure("an element behind ','", "','", from, from + 1);
        } else {
          return false;
        }
    }
    from++;
    return true;
  }

  private void tellStructure(String expected, String found, int at, int stop) throws IOException {
    read++;
    quarantine.add(
        new Fault(Reason.MALFORMED_JSON, "", "", expected, found, 0),
        buffer,
        at,
        stop,
        stop - at,
        line,
        base + at);
  }

  /** Takes the value at {@code start}; false when more text is needed first. */
  private boolean element(int start) throws IOException {
    Fault fault;
    BadRecord kept = null;
    int faultAt = 0;
    int junk = -1;
    try {
      scanner.record(start);
      int stop = scanner.pos;
      if (stop - start <= maxRecord) {
        if (place != Place.TOP && stop < end && buffer[stop] != ',') {
          junk = junkBehind(stop);
        }
        if (junk == end && end - start <= maxRecord) {
          batch.rollback();
          return false;
        }
        if (junk < 0 || junk == end) {
          batch.endRow(start, stop, (int) (line - batchLine));
          read++;
          advance(stop);
          behind();
          return true;
        }
        kept = scanner.followed(junk);
        faultAt = junk;
      }
      batch.rollback();
    } catch (BadRecord bad) {
      batch.rollback();
      kept = bad;
      faultAt = bad.at;
    }
    if (!exhausted
        && kept != null
        && end - (long) faultAt <= maxNumber + 16L
        && end - start <= maxRecord) {
      // The fault may be no more than the end of what is in the buffer.
      return false;
    }
    if (place != Place.TOP && junk < 0 && buffer[start] != ',' && !isOpening(buffer[start])) {
      junk = start;
    }
    if (junk >= 0) {
      int stop = junkEnd(junk);
      if (stop == end && !exhausted && end - start <= maxRecord) {
        return false;
      }
      if (stop < end || exhausted) {
        tell(precise(kept, start, stop), start, stop);
        advance(stop);
        behind();
        return true;
      }
    }
    Extent extent = new Extent(place != Place.TOP, indent(start));
    int stop = start;
    int where = Extent.GO_ON;
    while (stop < end && (where = extent.feed(buffer[stop])) == Extent.GO_ON) {
      stop++;
    }
    if (where == Extent.LAST) {
      stop++;
    }
    if (where == Extent.GO_ON) {
      if (!exhausted) {
        if (end - start <= maxRecord) {
          return false;
        }
        if (batch.rows > 0) {
          return false;
        }
        tooLargeElement(extent);
        behind();
        return true;
      }
      wasted += end - start;
      if (wasted > MAX_WASTE) {
        stop = end;
      } else if (extent.suspect() > 0) {
        where = Extent.BROKEN;
      } else {
        // Its brackets never close. Give up its first line only; what follows may be whole.
        stop = firstLineEnd(start);
      }
    }
    if (where == Extent.BROKEN) {
      wasted += stop - start;
      stop = wasted > MAX_WASTE ? stop : start + (int) extent.suspect();
    }
    if (place != Place.TOP && where == Extent.LAST) {
      int more = junkBehind(stop);
      int stopOfMore = more < 0 || more == end ? more : junkEnd(more);
      if (stopOfMore == end && !exhausted && end - start <= maxRecord) {
        return false;
      }
      stop = Math.max(stop, stopOfMore);
    }
    if (place != Place.TOP && (where == Extent.BEHIND || where == Extent.BROKEN)) {
      stop = beforeComma(start, stop);
    }
    fault = kept == null || stop - start > maxRecord ? tooLarge() : precise(kept, start, stop);
    tell(fault, start, stop);
    advance(stop);
    behind();
    return true;
  }

  private static boolean isOpening(byte c) {
    return c == '{' || c == '[' || c == '"';
  }

  /**
   * Where something begins behind an element that may not stand there; -1 if there is nothing; the
   * end of the text at hand if that is to be seen.
   */
  private int junkBehind(int stop) {
    int p = stop;
    while (p < end && isSpace(buffer[p])) {
      p++;
    }
    if (p == end) {
      return exhausted ? -1 : end;
    }
    // Another object lacks but a comma.
    return buffer[p] == ',' || buffer[p] == ']' || buffer[p] == '{' ? -1 : p;
  }

  /**
   * Where text that is no value ends: where the structure around it goes on, or an object on a line
   * of its own, or behind another object.
   */
  private int junkEnd(int from) {
    int p = from;
    for (; ; ) {
      Extent extent = new Extent(true, 0);
      int where = Extent.GO_ON;
      int start = p;
      while (p < end && (where = extent.feed(buffer[p])) == Extent.GO_ON) {
        p++;
      }
      if (where == Extent.LAST) {
        p++;
      }
      if (where == Extent.GO_ON) {
        return !exhausted ? end : Math.min(end, firstLineEnd(start));
      }
      while (p < end && isSpace(buffer[p])) {
        p++;
      }
      if (p == end || buffer[p] == ',' || buffer[p] == ']') {
        return p;
      }
      if (buffer[p] == '{' && (indentOrMinus(p) >= 0 || mayPart(from, p))) {
        return p;
      }
    }
  }

  private int firstLineEnd(int from) {
    int p = from;
    while (p < end && buffer[p] != '\n') {
      p++;
    }
    return p;
  }

  /** Leaves the comma between a record and the next to the structure around them. */
  private int beforeComma(int start, int stop) {
    int p = stop;
    while (p > start + 1 && isSpace(buffer[p - 1])) {
      p--;
    }
    return p > start + 1 && buffer[p - 1] == ',' ? p - 1 : stop;
  }

  private void behind() {
    if (place != Place.TOP) {
      place = Place.BEHIND_ELEMENT;
    }
  }

  /** Blanks before a record if there is nothing else before it on its line, else 0. */
  private int indent(int start) {
    return Math.max(0, indentOrMinus(start));
  }

  private int indentOrMinus(int start) {
    int p = start;
    while (p > 0 && (buffer[p - 1] == ' ' || buffer[p - 1] == '\t')) {
      p--;
    }
    if (p == 0) {
      return lead < 0 ? -1 : lead + start;
    }
    return buffer[p - 1] == '\n' ? start - p : -1;
  }

  private void tooLargeElement(Extent extent) throws IOException {
    long startLine = line;
    long startOffset = base + from;
    byte[] head = head();
    long length = end - from;
    advance(end);
    int where = Extent.GO_ON;
    while (where == Extent.GO_ON && !(exhausted && from == end)) {
      fill();
      int p = from;
      while (p < end && (where = extent.feed(buffer[p])) == Extent.GO_ON) {
        p++;
      }
      if (where == Extent.LAST) {
        p++;
      }
      length += p - from;
      advance(p);
    }
    read++;
    quarantine.add(
        tooLarge(), head, 0, head.length - Bytes.PADDING, length, startLine, startOffset);
  }

  // ---- telling what is wrong

  /**
   * That the text is no JSON at all says more than what its first half lacks for the schema, so the
   * whole of it is looked at.
   */
  private Fault precise(BadRecord bad, int start, int stop) {
    Fault first = Fault.of(bad, buffer, start, stop);
    if (first.reason() == Reason.MALFORMED_JSON) {
      return first;
    }
    try {
      scanner.anyValue(start);
      int p = scanner.pos;
      while (p < stop && isSpace(buffer[p])) {
        p++;
      }
      if (p < stop && (buffer[p] != '{' || !mayPart(start, p))) {
        return new Fault(
            Reason.MALFORMED_JSON, "", "", "the end of the record", "more text", p - start);
      }
    } catch (BadRecord again) {
      if (again.reason == Reason.MALFORMED_JSON) {
        return Fault.of(again, buffer, start, stop);
      }
    }
    return first;
  }

  private void tell(Fault fault, int start, int stop) throws IOException {
    int last = Math.min(stop, end);
    while (last > start && isSpace(buffer[last - 1])) {
      last--;
    }
    read++;
    refused++;
    Fault told = fault;
    if (exhausted && input.damage() != null && Math.min(stop, end) == end) {
      damageTold = true;
      told = Fault.corrupt(input);
    }
    quarantine.add(told, buffer, start, last, last - start, line, base + start);
  }
}
