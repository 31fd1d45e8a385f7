package dev.sluice.lake.s3;

import dev.sluice.lake.api.ServiceException;
import java.io.ByteArrayInputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/** An element of a document that a client sent; namespaces and attributes are ignored. */
final class Element {
  private static final XMLInputFactory FACTORY = factory();

  private final String name;
  private final List<Element> children = new ArrayList<>();
  private final StringBuilder text = new StringBuilder();

  private Element(String name) {
    this.name = name;
  }

  private static XMLInputFactory factory() {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_COALESCING, true);
    return factory;
  }

  /**
   * Reads a document.
   *
   * @throws ServiceException {@code MalformedXML} when it is none, or has another root element
   */
  static Element parse(byte[] document, String root) {
    Deque<Element> open = new ArrayDeque<>();
    Element top = null;
    try {
      XMLStreamReader reader;
      synchronized (FACTORY) {
        reader = FACTORY.createXMLStreamReader(new ByteArrayInputStream(document));
      }
      while (reader.hasNext()) {
        switch (reader.next()) {
          case XMLStreamConstants.START_ELEMENT -> {
            Element element = new Element(reader.getLocalName());
            if (open.isEmpty()) {
              top = element;
            } else {
              open.peek().children.add(element);
            }
            open.push(element);
          }
          case XMLStreamConstants.END_ELEMENT -> open.pop();
          case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA -> {
            if (!open.isEmpty()) {
              open.peek().text.append(reader.getText());
            }
          }
          default -> {
            // Comments and the like carry nothing.
          }
        }
      }
    } catch (XMLStreamException e) {
      throw malformed();
    }
    if (top == null || !top.name.equals(root)) {
      throw malformed();
    }
    return top;
  }

  static ServiceException malformed() {
    return new ServiceException(
        400,
        "MalformedXML",
        "The XML you provided was not well-formed or did not validate against our published"
            + " schema");
  }

  String name() {
    return name;
  }

  String text() {
    return text.toString();
  }

  List<Element> children() {
    return children;
  }

  List<Element> children(String wanted) {
    return children.stream().filter(child -> child.name.equals(wanted)).toList();
  }

  @Nullable Element child(String wanted) {
    for (Element child : children) {
      if (child.name.equals(wanted)) {
        return child;
      }
    }
    return null;
  }

  /** The text of a child, or null. */
  @Nullable String text(String child) {
    Element element = child(child);
    return element == null ? null : element.text();
  }

  /**
   * The text of a child.
   *
   * @throws ServiceException {@code MalformedXML} when there is no such child
   */
  String required(String child) {
    String value = text(child);
    if (value == null) {
      throw malformed();
    }
    return value;
  }
}
