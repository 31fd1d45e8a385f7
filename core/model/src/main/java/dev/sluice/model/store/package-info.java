/** The ports to the outside: the object store and the catalog's partitions. */
@org.jspecify.annotations.NullMarked
package dev.sluice.model.store;
