/** Fakes of the ports, contract suites that fakes and real implementations pass, and faults. */
@org.jspecify.annotations.NullMarked
package dev.sluice.testing;
