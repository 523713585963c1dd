package gonet.examples.http;

/**
 * One line of a head or a trailer section: {@code name: value}. RFC 9112, section 5. Refused is
 * whatever some other program may read differently: a blank before the colon or at the beginning of
 * the line, a line feed without carriage return or the reverse, control characters.
 */
final class FieldLine {

  /** Not all of it has arrived. */
  static final int INCOMPLETE = -1;

  int nameStart;
  int nameEnd;
  int valueStart;
  int valueEnd;

  /** Whether it was the empty line that ends the section. */
  boolean isEnd() {
    return nameStart == nameEnd;
  }

  boolean isNamed(byte[] buf, String lower) {
    return Chars.equalsIgnoreCase(buf, nameStart, nameEnd, lower);
  }

  /** Whether the value is this text, in any case. */
  boolean hasValue(byte[] buf, String lower) {
    return Chars.equalsIgnoreCase(buf, valueStart, valueEnd, lower);
  }

  /** Reads the line at {@code buf[from]}; where the next one begins, or {@link #INCOMPLETE}. */
  int parse(byte[] buf, int from, int limit) throws HttpException {
    int i = from;
    while (i < limit && Chars.isToken(buf[i])) {
      i++;
    }
    nameStart = from;
    nameEnd = i;
    if (i == limit) {
      return INCOMPLETE;
    }
    if (i == from && buf[i] == '\r') {
      return endOfLine(buf, i, limit);
    }
    if (i == from || buf[i] != ':') {
      throw HttpException.bad("field name");
    }
    i++;
    while (i < limit && Chars.isBlank(buf[i])) {
      i++;
    }
    valueStart = i;
    while (i < limit && Chars.isValue(buf[i])) {
      i++;
    }
    valueEnd = i;
    while (valueEnd > valueStart && Chars.isBlank(buf[valueEnd - 1])) {
      valueEnd--;
    }
    return endOfLine(buf, i, limit);
  }

  /** Where the line after a CR LF begins. */
  static int endOfLine(byte[] buf, int at, int limit) throws HttpException {
    if (at < limit && buf[at] != '\r' || at + 1 < limit && buf[at + 1] != '\n') {
      throw HttpException.bad("character in a line");
    }
    return at + 1 < limit ? at + 2 : INCOMPLETE;
  }
}
