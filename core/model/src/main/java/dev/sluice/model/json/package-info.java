/** JSON text to plain Java values and back. */
@org.jspecify.annotations.NullMarked
package dev.sluice.model.json;
