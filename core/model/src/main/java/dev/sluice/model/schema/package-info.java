/** The types a declaration is made of. */
@org.jspecify.annotations.NullMarked
package dev.sluice.model.schema;
