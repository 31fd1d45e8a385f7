/** Makes the lake agree with what was uploaded, and keeps books about it. */
@org.jspecify.annotations.NullMarked
package dev.sluice.books;
