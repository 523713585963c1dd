package gonet.admin;

import org.jspecify.annotations.Nullable;

/**
 * Writes JSON (RFC 8259): a comma before each member or element but the first. Not thread-safe.
 *
 * <pre>{@code
 * new Json().begin('{').name("open").value(3).end('}')
 * }</pre>
 */
final class Json {
  private final StringBuilder text = new StringBuilder(1000);
  private boolean comma;

  /** Begins an object or an array. */
  Json begin(char bracket) {
    separate();
    text.append(bracket);
    comma = false;
    return this;
  }

  Json end(char bracket) {
    text.append(bracket);
    comma = true;
    return this;
  }

  /** The name of a member; its value follows. */
  Json name(String name) {
    separate();
    quote(name);
    text.append(':');
    comma = false;
    return this;
  }

  Json value(long number) {
    separate();
    text.append(number);
    comma = true;
    return this;
  }

  /** A number with a fraction, which is finite. */
  Json value(double number) {
    separate();
    text.append(number);
    comma = true;
    return this;
  }

  Json value(@Nullable String string) {
    separate();
    if (string == null) {
      text.append("null");
    } else {
      quote(string);
    }
    comma = true;
    return this;
  }

  private void separate() {
    if (comma) {
      text.append(',');
    }
  }

  private void quote(String string) {
    text.append('"');
    for (int i = 0; i < string.length(); i++) {
      char c = string.charAt(i);
      switch (c) {
        case '"', '\\' -> text.append('\\').append(c);
        case '\n' -> text.append("\\n");
        default -> {
          // The last two end a line of a script.
          if (c < ' '
              || c == '\u2028'
              || c == '\u2029'
              || c == '\u007f'
              || Character.isSurrogate(c)) {
            text.append("\\u").append(Integer.toHexString(c | 0x10000).substring(1));
          } else {
            text.append(c);
          }
        }
      }
    }
    text.append('"');
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
