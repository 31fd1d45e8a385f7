package dev.sluice.convert;

import de.siegmar.fastcsv.reader.CloseableIterator;
import de.siegmar.fastcsv.reader.CsvCallbackHandler;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import de.siegmar.fastcsv.reader.RecordType;
import dev.sluice.model.ErrorCode;
import dev.sluice.model.Reason;
import dev.sluice.model.SluiceException;
import dev.sluice.model.dataset.CsvFormat;
import dev.sluice.model.dataset.Dataset;
import dev.sluice.model.dataset.UnknownFields;
import dev.sluice.model.limit.Limit;
import dev.sluice.model.limit.Limits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Reads CSV: a library finds rows and cells, {@link CsvRow} writes each row as JSON, and {@link
 * Scanner} reads that like any other.
 *
 * <p>Where a quote is not closed, or more follows a closing one, nobody knows where the record
 * ends. Its first line is then quarantined, and reading goes on with the next line; or all that was
 * looked through, when too much was in vain already. So where a row begins is known only from the
 * row before, and one thread reads a source.
 */
final class CsvRecords implements Records {
  private static final int MAX_BYTES = 1 << 20;
  private static final int MAX_ROWS = 1 << 14;
  private static final long MAX_VALUES = 1 << 21;

  /**
   * How much text may be looked through in vain for the ends of rows, and more the more is read.
   */
  private static final long MAX_WASTE = 64L << 20;

  private static final int WASTE_RATIO = 32;

  private final Input input;
  private final Source source;
  private final Scanner scanner;
  private final Batch batch;
  private final Refusals quarantine;
  private final CsvText text;
  private final CsvReader.CsvReaderBuilder builder;
  private final Handler handler = new Handler();
  private final CsvRow row;
  private final int columns;
  private final boolean tellUnknown;
  private final int maxRecord;
  private final int maxFields;
  private final int maxString;
  private final int rawBytes;
  private final Limits limits;

  private CloseableIterator<Boolean> parser;
  private byte[] json = new byte[MAX_BYTES + (1 << 16)];
  private int jsonEnd;

  /** Per row of the batch: where it stands in the source, and its line. */
  private long[] starts = new long[1024];

  private long[] stops = new long[1024];
  private long[] lines = new long[1024];

  /** What the parser's lines, which begin anew with each parser, are short of the source's. */
  private long lineBase;

  /** Behind the last record, and the parser's line there. */
  private long done;

  private long doneLine = 1;
  private long read;
  private long wasted;
  private boolean finished;
  private boolean damageTold;

  CsvRecords(
      Input input,
      Source source,
      Scanner scanner,
      Batch batch,
      Dataset dataset,
      Node root,
      Limits limits,
      Refusals quarantine)
      throws IOException {
    this.input = input;
    this.source = source;
    this.scanner = scanner;
    this.batch = batch;
    this.quarantine = quarantine;
    this.limits = limits;
    tellUnknown = dataset.unknownFields() == UnknownFields.QUARANTINE;
    maxRecord = limits.asInt(Limit.RECORD_BYTES);
    maxString = limits.asInt(Limit.STRING_BYTES);
    maxFields = limits.asInt(Limit.OBJECT_FIELDS);
    rawBytes = limits.asInt(Limit.RAW_BYTES);
    scanner.multiline = true;
    text = new CsvText(input, source);
    done = text.givenTo();
    CsvFormat format = dataset.csv();
    builder =
        CsvReader.builder()
            .fieldSeparator(format.delimiterOf(source.name()))
            .quoteCharacter(format.quote())
            .skipEmptyLines(false)
            .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
            .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
            .allowUnclosedQuote(false)
            .detectBomHeader(false)
            .maxBufferSize(maxRecord + (1 << 15));
    parser = builder.build(handler, text).iterator();
    handler.row = new CsvRow(root, List.of(), format.nullText(), maxString);
    List<String> names = format.columns();
    if (format.header()) {
      names = header();
    }
    columns = names.size();
    row = row(root, names, format);
    handler.row = row;
  }

  private List<String> header() throws IOException {
    List<String> names = new ArrayList<>();
    do {
      if (text.index(done) > MAX_BYTES) {
        text.forget(done, doneLine);
      }
      if (!parse()) {
        finished = true;
        return names;
      }
      if (handler.broken) {
        throw unreadable("its header is not CSV");
      }
      pass();
    } while (handler.isEmpty());
    for (int i = 0; i < handler.row.count; i++) {
      names.add(handler.row.text(i));
    }
    return names;
  }

  /** Takes the row that was parsed for done. */
  private void pass() {
    done = text.start(handler.stopLine());
    doneLine = handler.stopLine();
  }

  private CsvRow row(Node root, List<String> names, CsvFormat format) {
    CsvRow named;
    try {
      named = new CsvRow(root, names, format.nullText(), maxString);
    } catch (IllegalArgumentException e) {
      throw unreadable("two of its columns lead to the same field: " + e.getMessage());
    }
    if (!finished && named.isStrange()) {
      throw unreadable(
          "no column is a field of the schema: "
              + String.join(", ", names.subList(0, Math.min(10, names.size())))
              + ": name the fields in a header, or declare 'csv: {header: false, columns: [a, b]}'");
    }
    return named;
  }

  private SluiceException unreadable(String why) {
    return new SluiceException(
        ErrorCode.UNREADABLE_SOURCE, "Cannot read " + source.name() + ": " + why);
  }

  @Override
  public long read() {
    return read;
  }

  @Override
  public boolean next() throws IOException {
    batch.clear();
    scanner.elements = 0;
    scanner.reset(json);
    jsonEnd = 0;
    limits.checkRecords(source.name(), read);
    if (finished) {
      finish();
      return false;
    }
    text.forget(done, doneLine);
    long first = done;
    while (batch.rows < MAX_ROWS
        && (long) batch.rows * batch.columns.length + scanner.elements < MAX_VALUES
        && jsonEnd < MAX_BYTES
        && done - first < MAX_BYTES) {
      if (!handler.broken && !parse()) {
        finished = true;
        break;
      }
      if (!handler.broken) {
        record();
      } else if (batch.rows == 0 || text.knows(handler.line + 1) && !isWasteful()) {
        broken();
      } else {
        // To skip a long line forgets what stands before it, and the batch needs that.
        break;
      }
    }
    return true;
  }

  private void finish() throws IOException {
    if (input.damage() != null && !damageTold) {
      damageTold = true;
      read++;
      quarantine.add(
          Fault.corrupt(input), text.bytes(), 0, 0, 0, lineBase + doneLine, text.givenTo());
    }
  }

  /** Has the parser read a row; false at the end. */
  private boolean parse() throws IOException {
    handler.broken = false;
    handler.reason = Reason.MALFORMED_CSV;
    try {
      return parser.hasNext() && parser.next();
    } catch (CsvParseException | UncheckedIOException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      if (text.failure() instanceof IOException failure) {
        throw failure;
      }
      if (text.failure() instanceof RuntimeException failure) {
        throw failure;
      }
      handler.broken = true;
      if (text.givenTo() - text.start(handler.line) > maxRecord) {
        handler.reason = Reason.RECORD_TOO_LARGE;
      }
      return true;
    }
  }

  private boolean isWasteful() {
    return wasted > MAX_WASTE + WASTE_RATIO * done;
  }

  private void broken() throws IOException {
    long start = text.start(handler.line);
    long line = lineBase + handler.line;
    int from = text.index(start);
    int most = (int) Math.min(text.givenTo() - start, rawBytes + 8L);
    byte[] head = Arrays.copyOfRange(text.bytes(), from, from + most);
    boolean all = isWasteful();
    long taken = all ? text.lastLine() : handler.line;
    long stop = all ? text.skipGiven() : text.skipLine(start);
    wasted += Math.max(0, text.givenTo() - stop);
    int kept = 0;
    while (kept < Math.min(most, stop - start)
        && (all || head[kept] != '\n' && head[kept] != '\r')) {
      kept++;
    }
    long length = kept < most ? kept : stop - start;
    read++;
    handler.broken = false;
    Fault fault =
        handler.reason == Reason.MALFORMED_CSV
            ? new Fault(
                handler.reason,
                "",
                "",
                "quotes that are closed before the next delimiter or the end of the line",
                "a quote that is not",
                -1)
            : new Fault(handler.reason, "", "", "a row within the limits", "a larger one", -1);
    if (input.damage() != null && text.endsAt(stop)) {
      damageTold = true;
      fault = Fault.corrupt(input);
    }
    quarantine.add(fault, head, 0, kept, length, line, start);
    text.restart(stop);
    lineBase += taken;
    parser = builder.build(handler, text).iterator();
    done = stop;
    doneLine = 1;
  }

  private void record() throws IOException {
    long start = text.start(handler.line);
    pass();
    if (handler.isEmpty()) {
      return;
    }
    long stop = done;
    long line = lineBase + handler.line;
    long end = text.beforeLineEnd(start, stop);
    read++;
    if (input.damage() != null && end == stop && text.endsAt(stop)) {
      // Half a cell is a cell like any other.
      damageTold = true;
      tell(Fault.corrupt(input), start, end, line);
    } else if (end - start > maxRecord) {
      tell(
          new Fault(Reason.RECORD_TOO_LARGE, "", "", "at most " + maxRecord + " bytes", "more", -1),
          start,
          end,
          line);
    } else if (row.count != columns) {
      tell(
          new Fault(Reason.MALFORMED_CSV, "", "", columns + " columns", row.count + " columns", -1),
          start,
          end,
          line);
    } else {
      scan(start, end, line);
    }
  }

  private void scan(long start, long end, long line) throws IOException {
    int from = jsonEnd;
    try {
      row.check(scanner, json, from);
      int to = row.write(json, from, tellUnknown);
      json = row.buffer();
      scanner.reset(json);
      scanner.record(from);
      int i = batch.rows;
      if (i == starts.length) {
        starts = Arrays.copyOf(starts, i * 2);
        stops = Arrays.copyOf(stops, i * 2);
        lines = Arrays.copyOf(lines, i * 2);
      }
      starts[i] = start;
      stops[i] = end;
      lines[i] = line;
      batch.endRow(from, scanner.pos, 0);
      jsonEnd = to;
    } catch (BadRecord bad) {
      batch.rollback();
      Fault fault = Fault.of(bad, row.buffer(), from, row.buffer().length);
      tell(fault.withoutPlace(), start, end, line);
    }
  }

  @Override
  public void refuse(int batchRow, Fault fault) throws IOException {
    tell(fault.withoutPlace(), starts[batchRow], stops[batchRow], lines[batchRow]);
  }

  private void tell(Fault fault, long start, long end, long line) throws IOException {
    quarantine.add(
        fault, text.bytes(), text.index(start), text.index(end), end - start, line, start);
  }

  /** Takes the cells of a row from the parser. */
  private final class Handler extends CsvCallbackHandler<Boolean> {
    @SuppressWarnings("NullAway")
    private CsvRow row;

    private RecordType type = RecordType.DATA;
    private boolean broken;
    private Reason reason = Reason.MALFORMED_CSV;

    /** The parser's line that the row begins on, and how many line ends its cells hold. */
    private long line;

    private long inner;
    private long bytes;

    boolean isEmpty() {
      return type == RecordType.EMPTY;
    }

    /** The line behind the row. */
    long stopLine() {
      return line + inner + 1;
    }

    @Override
    protected RecordType getRecordType() {
      return type;
    }

    @Override
    protected int getFieldCount() {
      return row.count;
    }

    @Override
    protected void beginRecord(long startingLine) {
      line = startingLine;
      inner = 0;
      bytes = 0;
      type = RecordType.DATA;
      row.clear();
    }

    @Override
    protected void addField(char[] buffer, int offset, int length, boolean quoted) {
      bytes += length + 1L;
      if (bytes > maxRecord + 1L) {
        reason = Reason.RECORD_TOO_LARGE;
        throw new IllegalStateException("too large");
      }
      if (row.count == maxFields) {
        reason = Reason.TOO_MANY_FIELDS;
        throw new IllegalStateException("too many columns");
      }
      if (quoted) {
        for (int i = offset; i < offset + length; i++) {
          if (buffer[i] == '\n' ? i == offset || buffer[i - 1] != '\r' : buffer[i] == '\r') {
            inner++;
          }
        }
      }
      row.add(buffer, offset, length, quoted);
    }

    @Override
    protected void setComment(char[] buffer, int offset, int length) {
      throw new UnsupportedOperationException("There are no comments");
    }

    @Override
    protected void setEmpty() {
      type = RecordType.EMPTY;
    }

    @Override
    protected Boolean buildRecord() {
      return Boolean.TRUE;
    }
  }
}
