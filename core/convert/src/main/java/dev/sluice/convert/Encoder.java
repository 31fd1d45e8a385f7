package dev.sluice.convert;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes row groups of what waited. Keeps its buffers, and serves one thread at a time. */
final class Encoder implements AutoCloseable {
  private final List<Node> leaves;
  private final long most;
  private final Segments segments;
  private final ColumnChunkWriter writer;
  private final Scratch.Reader reader = new Scratch.Reader();

  /**
   * @param bufferBytes as {@link ConvertOptions#bufferBytes()}; a row group is half of it, and may
   *     be a little more so that what is left over makes none by itself
   * @param segments what stages are made of
   */
  Encoder(List<Node> leaves, Codec codec, long bufferBytes, Segments segments) {
    this.leaves = leaves;
    this.segments = segments;
    this.most = bufferBytes / 2 + bufferBytes / 8;
    this.writer = new ColumnChunkWriter(codec);
  }

  /**
   * Records of one partition, in their order: some in scratch space, then some in memory.
   *
   * @param scratch a share of the space, null when nothing waits there
   */
  record Load(
      Partition partition,
      @Nullable Scratch scratch,
      Waiting waiting,
      Stage stage,
      @Nullable Interner[] interners) {}

  /** Encodes a load as few row groups; scratch space is then needed no more. */
  void encode(Load load) throws IOException {
    try {
      encodeAll(load);
    } finally {
      if (load.scratch() != null) {
        load.scratch().close();
      }
    }
  }

  private void encodeAll(Load load) throws IOException {
    RowGroupData group = new RowGroupData();
    for (int i = 0; i < load.waiting().size(); i++) {
      if (load.scratch() != null) {
        reader.seek(load.scratch(), load.waiting().position(i), load.waiting().length(i));
        group = add(group, Stage.read(leaves, segments, reader), load);
      }
    }
    group = add(group, load.stage(), load);
    write(group, load);
  }

  private RowGroupData add(RowGroupData group, Stage more, Load load) throws IOException {
    if (more.rows == 0 || group.add(more, load.interners(), most)) {
      return group;
    }
    write(group, load);
    RowGroupData next = new RowGroupData();
    next.add(more, load.interners(), most);
    return next;
  }

  private void write(RowGroupData group, Load load) throws IOException {
    if (group.rows() > 0) {
      load.partition().write(group, load.interners(), writer);
    }
  }

  @Override
  public void close() {
    writer.close();
  }
}
