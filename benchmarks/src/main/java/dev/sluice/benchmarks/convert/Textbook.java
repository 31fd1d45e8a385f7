package dev.sluice.benchmarks.convert;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.convert.Codec;
import dev.sluice.model.dataset.PartitionField;
import dev.sluice.model.dataset.PartitionSpec;
import dev.sluice.model.dataset.Transform;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.parquet.avro.AvroParquetWriter;
import org.apache.parquet.avro.AvroWriteSupport;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalOutputFile;
import org.jspecify.annotations.Nullable;

/**
 * How the libraries' own documentation does it: a line becomes a Jackson tree, the tree an Avro
 * record, and parquet-avro writes that into the file of its partition. Lines that do not fit are
 * counted and left out.
 */
final class Textbook implements Peer {
  private final Schema schema;
  private final PartitionSpec partitions;
  private final CompressionCodecName codec;
  private final ObjectMapper mapper = new ObjectMapper();
  private final ParquetConfiguration configuration = new PlainParquetConfiguration();

  /** Lines left out of the last conversion. */
  long bad;

  Textbook(String schema, PartitionSpec partitions, Codec codec) {
    this.schema = new Schema.Parser().parse(schema);
    this.partitions = partitions;
    this.codec =
        codec == Codec.NONE
            ? CompressionCodecName.UNCOMPRESSED
            : CompressionCodecName.valueOf(codec.name());
    configuration.setBoolean(AvroWriteSupport.WRITE_OLD_LIST_STRUCTURE, false);
  }

  @Override
  public void convert(Path input, Path out) throws IOException {
    Map<String, ParquetWriter<GenericRecord>> writers = new HashMap<>();
    bad = 0;
    try (BufferedReader lines = Files.newBufferedReader(input)) {
      String line;
      while ((line = lines.readLine()) != null) {
        GenericRecord record;
        try {
          record = (GenericRecord) value(mapper.readTree(line), schema);
        } catch (JsonProcessingException | DateTimeException | IllegalArgumentException e) {
          bad++;
          continue;
        }
        if (record == null) {
          bad++;
          continue;
        }
        String directory = directory(record);
        ParquetWriter<GenericRecord> writer = writers.get(directory);
        if (writer == null) {
          writer = open(Files.createDirectories(out.resolve(directory)));
          writers.put(directory, writer);
        }
        writer.write(record);
      }
    }
    for (ParquetWriter<GenericRecord> writer : writers.values()) {
      writer.close();
    }
  }

  private ParquetWriter<GenericRecord> open(Path folder) throws IOException {
    return AvroParquetWriter.<GenericRecord>builder(
            new LocalOutputFile(folder.resolve("part.parquet")))
        .withSchema(schema)
        .withConf(configuration)
        .withCompressionCodec(codec)
        .build();
  }

  private String directory(GenericRecord record) {
    StringBuilder path = new StringBuilder();
    for (PartitionField level : partitions.fields()) {
      Object value = record;
      for (String name : level.source().names()) {
        value = ((GenericRecord) value).get(name);
      }
      path.append(path.isEmpty() ? "" : "/").append(level.column()).append('=');
      if (level.transform() instanceof Transform.Time time) {
        LocalDateTime instant =
            LocalDateTime.ofEpochSecond(Math.floorDiv((Long) value, 1000L), 0, ZoneOffset.UTC);
        int part =
            switch (time.unit()) {
              case YEAR -> instant.getYear();
              case MONTH -> instant.getMonthValue();
              case DAY -> instant.getDayOfMonth();
              case HOUR -> instant.getHour();
            };
        path.append(part < 10 ? "0" : "").append(part);
      } else {
        path.append(value);
      }
    }
    return path.toString();
  }

  private static @Nullable Object value(@Nullable JsonNode node, Schema schema) {
    if (schema.getType() == Schema.Type.UNION) {
      if (node == null || node.isNull()) {
        return null;
      }
      for (Schema branch : schema.getTypes()) {
        if (branch.getType() != Schema.Type.NULL) {
          return value(node, branch);
        }
      }
    }
    if (node == null) {
      throw new IllegalArgumentException("missing");
    }
    switch (schema.getType()) {
      case RECORD -> {
        GenericRecord record = new GenericData.Record(schema);
        for (Schema.Field field : schema.getFields()) {
          record.put(field.pos(), value(node.get(field.name()), field.schema()));
        }
        return record;
      }
      case ARRAY -> {
        List<@Nullable Object> list = new ArrayList<>(node.size());
        for (JsonNode element : node) {
          list.add(value(element, schema.getElementType()));
        }
        return list;
      }
      case STRING -> {
        return fitting(node.isTextual(), node).textValue();
      }
      case INT -> {
        return fitting(node.canConvertToInt(), node).intValue();
      }
      case LONG -> {
        return schema.getLogicalType() == null
            ? (Object) fitting(node.canConvertToLong(), node).longValue()
            : (Object) Instant.parse(fitting(node.isTextual(), node).textValue()).toEpochMilli();
      }
      case DOUBLE -> {
        return fitting(node.isNumber(), node).doubleValue();
      }
      case BOOLEAN -> {
        return fitting(node.isBoolean(), node).booleanValue();
      }
      default -> throw new IllegalArgumentException("No standard input has this: " + schema);
    }
  }

  private static JsonNode fitting(boolean fits, JsonNode node) {
    if (!fits) {
      throw new IllegalArgumentException("another type");
    }
    return node;
  }
}
