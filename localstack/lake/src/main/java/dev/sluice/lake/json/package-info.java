/** AWS's JSON protocol as the SDK's own model classes describe it. */
@org.jspecify.annotations.NullMarked
package dev.sluice.lake.json;
