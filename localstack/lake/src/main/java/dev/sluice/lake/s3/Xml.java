package dev.sluice.lake.s3;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Writes an S3 document. */
final class Xml {
  /** The namespace of every S3 document. */
  static final String NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/";

  private final StringBuilder out = new StringBuilder(1024);

  private Xml() {}

  /** Elements without a document around them, for {@link #raw}. */
  static Xml fragment() {
    return new Xml();
  }

  private Xml declaration() {
    out.append("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    return this;
  }

  /** A document with the root element open. */
  static Xml root(String name) {
    Xml xml = new Xml().declaration();
    xml.out.append('<').append(name).append(" xmlns=\"").append(NAMESPACE).append("\">");
    return xml;
  }

  /** As {@link #root}, without a namespace. */
  static Xml plainRoot(String name) {
    return new Xml().declaration().open(name);
  }

  Xml open(String name) {
    out.append('<').append(name).append('>');
    return this;
  }

  Xml close(String name) {
    out.append("</").append(name).append('>');
    return this;
  }

  /** An element with text, or nothing for null. */
  Xml leaf(String name, @Nullable Object text) {
    if (text != null) {
      open(name);
      escape(text.toString());
      close(name);
    }
    return this;
  }

  /** Markup as it is. */
  Xml raw(String markup) {
    out.append(markup);
    return this;
  }

  private void escape(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> out.append("&amp;");
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '"' -> out.append("&quot;");
        default -> {
          // As S3 does; a client that cannot read such characters asks for encoding-type=url.
          if (c < ' ' || c == 0x7f || c >= 0xfffe) {
            out.append("&#x").append(Integer.toHexString(c)).append(';');
          } else {
            out.append(c);
          }
        }
      }
    }
  }

  /** The document with its root element closed, in UTF-8. */
  byte[] end(String root) {
    return close(root).out.toString().getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return out.toString();
  }
}
