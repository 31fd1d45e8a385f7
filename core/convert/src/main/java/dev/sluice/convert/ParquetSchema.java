package dev.sluice.convert;

import java.util.ArrayList;
import java.util.List;
import org.apache.parquet.format.ConvertedType;
import org.apache.parquet.format.DateType;
import org.apache.parquet.format.DecimalType;
import org.apache.parquet.format.FieldRepetitionType;
import org.apache.parquet.format.ListType;
import org.apache.parquet.format.LogicalType;
import org.apache.parquet.format.MapType;
import org.apache.parquet.format.MicroSeconds;
import org.apache.parquet.format.SchemaElement;
import org.apache.parquet.format.StringType;
import org.apache.parquet.format.TimeUnit;
import org.apache.parquet.format.TimestampType;
import org.apache.parquet.format.Type;

/** A compiled schema as Parquet's footer has it: flattened, three-level lists. */
final class ParquetSchema {
  private final List<SchemaElement> elements = new ArrayList<>();
  private final List<List<String>> paths = new ArrayList<>();

  ParquetSchema(Node root) {
    SchemaElement top = new SchemaElement("record");
    top.setNum_children(root.kids.length);
    elements.add(top);
    for (Node kid : root.kids) {
      add(kid, List.of());
    }
  }

  List<SchemaElement> elements() {
    return elements;
  }

  /** The path of a leaf by its number. */
  List<String> path(int leaf) {
    return paths.get(leaf);
  }

  private void add(Node node, List<String> above) {
    List<String> path = below(above, node.column);
    SchemaElement element = new SchemaElement(node.column);
    element.setRepetition_type(
        node.nullable ? FieldRepetitionType.OPTIONAL : FieldRepetitionType.REQUIRED);
    elements.add(element);
    switch (node.kind) {
      case Node.RECORD -> {
        element.setNum_children(node.kids.length);
        for (Node kid : node.kids) {
          add(kid, path);
        }
      }
      case Node.ARRAY -> {
        element.setNum_children(1);
        element.setConverted_type(ConvertedType.LIST);
        element.setLogicalType(LogicalType.LIST(new ListType()));
        repeated("list", 1);
        add(node.element, below(path, "list"));
      }
      case Node.MAP -> {
        element.setNum_children(1);
        element.setConverted_type(ConvertedType.MAP);
        element.setLogicalType(LogicalType.MAP(new MapType()));
        repeated("key_value", 2);
        add(node.key, below(path, "key_value"));
        add(node.element, below(path, "key_value"));
      }
      default -> {
        scalar(node, element);
        paths.add(path);
      }
    }
  }

  private void repeated(String name, int children) {
    SchemaElement element = new SchemaElement(name);
    element.setRepetition_type(FieldRepetitionType.REPEATED);
    element.setNum_children(children);
    elements.add(element);
  }

  private static List<String> below(List<String> path, String name) {
    List<String> longer = new ArrayList<>(path);
    longer.add(name);
    return List.copyOf(longer);
  }

  static Type physical(Node leaf) {
    return switch (leaf.kind) {
      case Node.BOOLEAN -> Type.BOOLEAN;
      case Node.INT, Node.DATE -> Type.INT32;
      case Node.LONG, Node.TIMESTAMP -> Type.INT64;
      case Node.FLOAT -> Type.FLOAT;
      case Node.DOUBLE -> Type.DOUBLE;
      case Node.DECIMAL ->
          leaf.precision <= 9
              ? Type.INT32
              : leaf.precision <= 18 ? Type.INT64 : Type.FIXED_LEN_BYTE_ARRAY;
      default -> Type.BYTE_ARRAY;
    };
  }

  private static void scalar(Node node, SchemaElement element) {
    element.setType(physical(node));
    switch (node.kind) {
      case Node.STRING -> {
        element.setConverted_type(ConvertedType.UTF8);
        element.setLogicalType(LogicalType.STRING(new StringType()));
      }
      case Node.ENUM -> {
        // A string and not an enum: Athena reads the latter as binary.
        element.setConverted_type(ConvertedType.UTF8);
        element.setLogicalType(LogicalType.STRING(new StringType()));
      }
      case Node.DATE -> {
        element.setConverted_type(ConvertedType.DATE);
        element.setLogicalType(LogicalType.DATE(new DateType()));
      }
      case Node.TIMESTAMP -> {
        element.setConverted_type(ConvertedType.TIMESTAMP_MICROS);
        element.setLogicalType(
            LogicalType.TIMESTAMP(new TimestampType(true, TimeUnit.MICROS(new MicroSeconds()))));
      }
      case Node.DECIMAL -> {
        element.setConverted_type(ConvertedType.DECIMAL);
        element.setPrecision(node.precision);
        element.setScale(node.scale);
        element.setLogicalType(LogicalType.DECIMAL(new DecimalType(node.scale, node.precision)));
        if (node.precision > 18) {
          element.setType_length(16);
        }
      }
      default -> {
        // The physical type says it all.
      }
    }
  }
}
