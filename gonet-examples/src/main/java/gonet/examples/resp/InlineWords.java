package gonet.examples.resp;

/**
 * Splits a line into words at white space. {@code "…"} is one word, with {@code \n \r \t \b \a
 * \xHH} and any other character behind a backslash as itself; {@code '…'} is one word, with {@code
 * \'}.
 */
final class InlineWords {

  /** Takes a word. */
  @FunctionalInterface
  interface Sink {
    void word(int offset, int length);
  }

  private final byte[] buf;
  private final int end;
  private int in;

  /** Where the next byte of a word goes: in place, as none is longer than it was written. */
  private int out;

  private InlineWords(byte[] buf, int from, int end) {
    this.buf = buf;
    this.end = end;
    this.in = from;
    this.out = from;
  }

  /** Finds the words of {@code buf[from, end)} and leaves them, unescaped, in the same place. */
  static void split(byte[] buf, int from, int end, Sink sink) throws ProtocolException {
    InlineWords line = new InlineWords(buf, from, end);
    for (; ; ) {
      while (line.in < end && isSpace(buf[line.in])) {
        line.in++;
      }
      if (line.in == end) {
        return;
      }
      int word = line.out;
      line.word();
      sink.word(word, line.out - word);
    }
  }

  private void word() throws ProtocolException {
    while (in < end && !isSpace(buf[in])) {
      byte b = buf[in++];
      if (b == '"' || b == '\'') {
        quoted(b);
        if (in < end && !isSpace(buf[in])) {
          throw unbalanced();
        }
        return;
      }
      buf[out++] = b;
    }
  }

  private void quoted(byte quote) throws ProtocolException {
    while (in < end) {
      byte b = buf[in++];
      if (b == quote) {
        return;
      }
      if (b == '\\' && in < end && (quote == '"' || buf[in] == '\'')) {
        b = quote == '"' ? escaped() : buf[in++];
      }
      buf[out++] = b;
    }
    throw unbalanced();
  }

  private byte escaped() {
    byte b = buf[in++];
    if (b == 'x' && end - in >= 2) {
      int high = Character.digit(buf[in], 16);
      int low = Character.digit(buf[in + 1], 16);
      if (high >= 0 && low >= 0) {
        in += 2;
        return (byte) (high << 4 | low);
      }
    }
    return switch (b) {
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'b' -> '\b';
      case 'a' -> 7;
      default -> b;
    };
  }

  private static boolean isSpace(byte b) {
    return b == ' ' || b == '\t' || b == '\r' || b == 0x0b || b == '\f' || b == 0;
  }

  private static ProtocolException unbalanced() {
    return new ProtocolException("unbalanced quotes in request");
  }
}
