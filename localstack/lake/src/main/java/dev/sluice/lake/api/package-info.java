/** The seams between the parts of the local lake. */
@org.jspecify.annotations.NullMarked
package dev.sluice.lake.api;
