/** The EMR API, and the steps that it really runs. */
@org.jspecify.annotations.NullMarked
package dev.sluice.lake.emr;
