package gonet.internal.dns;

import java.io.ByteArrayOutputStream;

/** Builds messages octet by octet, wrong ones as well. */
final class AnswerBytes {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** Header and question of an answer to A, with so many records to follow. */
  static AnswerBytes answer(
      int id, int flags, String name, int answers, int authorities, int more) {
    return new AnswerBytes()
        .u16(id, flags, 1, answers, authorities, more)
        .name(name)
        .u16(Type.A.number(), Wire.CLASS_IN);
  }

  AnswerBytes u16(int... numbers) {
    for (int number : numbers) {
      out.write(number >> 8);
      out.write(number);
    }
    return this;
  }

  AnswerBytes octets(int... octets) {
    for (int octet : octets) {
      out.write(octet);
    }
    return this;
  }

  /** With the root at its end. */
  AnswerBytes name(String name) {
    for (String label : name.split("\\.")) {
      label(label);
    }
    return octets(0);
  }

  AnswerBytes label(String label) {
    return octets(label.length()).octets(label.chars().toArray());
  }

  AnswerBytes pointer(int offset) {
    return u16(Wire.POINTER << 8 | offset);
  }

  /** All of a record but its owner and its data. */
  AnswerBytes record(Type type, int ttl, int length) {
    return u16(type.number(), Wire.CLASS_IN, ttl >>> 16, ttl, length);
  }

  byte[] bytes() {
    return out.toByteArray();
  }
}
