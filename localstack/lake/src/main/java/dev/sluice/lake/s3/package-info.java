/** The S3 protocol over the object store. */
@org.jspecify.annotations.NullMarked
package dev.sluice.lake.s3;
