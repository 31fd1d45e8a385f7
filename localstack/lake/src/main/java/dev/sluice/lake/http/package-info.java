/** The one endpoint that AWS clients talk to. */
@org.jspecify.annotations.NullMarked
package dev.sluice.lake.http;
