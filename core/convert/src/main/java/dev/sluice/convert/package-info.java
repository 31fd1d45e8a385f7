/** JSON to partitioned Parquet. No AWS, no Hadoop file system. */
@org.jspecify.annotations.NullMarked
package dev.sluice.convert;
