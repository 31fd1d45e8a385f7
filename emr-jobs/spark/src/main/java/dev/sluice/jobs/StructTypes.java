package dev.sluice.jobs;

import dev.sluice.model.dataset.Dataset;
import dev.sluice.model.dataset.PartitionField;
import dev.sluice.model.schema.ArrayType;
import dev.sluice.model.schema.Field;
import dev.sluice.model.schema.MapType;
import dev.sluice.model.schema.RecordType;
import dev.sluice.model.schema.ScalarType;
import dev.sluice.model.schema.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** Declared types as Spark has them. Everything may be null, as in every table read from files. */
public final class StructTypes {
  private StructTypes() {}

  /**
   * A dataset's silver table: columns as declared, then partition columns that are not among them.
   */
  public static StructType silver(Dataset dataset) {
    List<StructField> fields = new ArrayList<>();
    Set<String> levels =
        dataset.partitions().fields().stream()
            .map(PartitionField::column)
            .collect(Collectors.toSet());
    for (Field field : dataset.schema().fields()) {
      // The partition's value is text, whatever the field was.
      fields.add(
          nullable(
              field.column(),
              levels.remove(field.column()) ? DataTypes.StringType : of(field.type())));
    }
    for (PartitionField level : dataset.partitions().fields()) {
      if (levels.contains(level.column())) {
        fields.add(nullable(level.column(), DataTypes.StringType));
      }
    }
    return new StructType(fields.toArray(StructField[]::new));
  }

  /** A declared type. */
  public static DataType of(Type type) {
    if (type instanceof RecordType nested) {
      return new StructType(
          nested.fields().stream()
              .map(field -> nullable(field.column(), of(field.type())))
              .toArray(StructField[]::new));
    }
    if (type instanceof ArrayType array) {
      return DataTypes.createArrayType(of(array.element()), true);
    }
    if (type instanceof MapType map) {
      return DataTypes.createMapType(DataTypes.StringType, of(map.values()), true);
    }
    ScalarType scalar = (ScalarType) type;
    return switch (scalar.kind()) {
      case BOOLEAN -> DataTypes.BooleanType;
      case INT -> DataTypes.IntegerType;
      case LONG -> DataTypes.LongType;
      case FLOAT -> DataTypes.FloatType;
      case DOUBLE -> DataTypes.DoubleType;
      case STRING, ENUM -> DataTypes.StringType;
      case BYTES -> DataTypes.BinaryType;
      case DECIMAL -> DataTypes.createDecimalType(scalar.precision(), scalar.scale());
      case DATE -> DataTypes.DateType;
      case TIMESTAMP -> DataTypes.TimestampType;
    };
  }

  private static StructField nullable(String name, DataType type) {
    return DataTypes.createStructField(name, type, true);
  }
}
