/** Questions over HTTP, asked of Athena. */
@org.jspecify.annotations.NullMarked
package dev.sluice.query;
