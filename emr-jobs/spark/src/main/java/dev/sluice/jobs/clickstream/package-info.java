/** What the events of the web shop add up to: a star schema, and the analyses that read it. */
@org.jspecify.annotations.NullMarked
package dev.sluice.jobs.clickstream;
