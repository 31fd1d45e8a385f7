/** Child JVMs that end with their parent, whatever ends it. */
@org.jspecify.annotations.NullMarked
package dev.sluice.lake.process;
