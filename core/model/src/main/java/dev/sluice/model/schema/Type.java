package dev.sluice.model.schema;

/** The type of a field, as declared in a dataset's Avro schema. */
public sealed interface Type permits RecordType, ArrayType, MapType, ScalarType {}
