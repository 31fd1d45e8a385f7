/** What Sluice asks of EMR. */
@org.jspecify.annotations.NullMarked
package dev.sluice.model.emr;
