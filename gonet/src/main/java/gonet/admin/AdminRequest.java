package gonet.admin;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import gonet.Conn;
import gonet.TimeLimit;
import java.io.IOException;
import java.net.URLDecoder;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The head of a request. Its body, if there is one, is not read: no request here needs one.
 *
 * @param path begins with a slash; what follows a question mark is in {@code query}
 * @param query parameters, decoded; of several with one name the last
 * @param headers by their names in lower case; of several with one name the last
 */
record AdminRequest(
    String method, String path, Map<String, String> query, Map<String, String> headers) {
  private static final int MAX_HEAD = 8192;
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** A request that cannot be understood, or not be answered. */
  static final class Malformed extends Exception {
    private static final long serialVersionUID = 1;

    final int status;

    Malformed(int status, String message) {
      super(message);
      this.status = status;
    }

    /** It is right, and this program cannot do it: a disk that is full or not to be written to. */
    static Malformed failed(Exception why) {
      Malformed failed = new Malformed(500, "this cannot be answered: " + why);
      failed.initCause(why);
      return failed;
    }
  }

  /** Null at the end of the stream before a first byte. */
  static @Nullable AdminRequest read(Conn conn) throws IOException, Malformed {
    byte[] head = new byte[MAX_HEAD];
    TimeLimit limit = TimeLimit.after(PATIENCE);
    int length = 0;
    while (true) {
      int n = conn.read(head, length, head.length - length, limit);
      if (n < 0) {
        if (length == 0) {
          return null;
        }
        throw new Malformed(400, "the request ended within its head");
      }
      length += n;
      int end = endOfHead(head, length);
      if (end >= 0) {
        return parse(new String(head, 0, end, ISO_8859_1).stripTrailing());
      }
      if (length == head.length) {
        throw new Malformed(431, "a head of more than " + MAX_HEAD + " bytes");
      }
    }
  }

  /** Where the empty line begins, -1 if it has not come. A line may end without a CR. */
  private static int endOfHead(byte[] head, int length) {
    for (int i = 1; i < length; i++) {
      if (head[i] == '\n'
          && (head[i - 1] == '\n' || i > 1 && head[i - 1] == '\r' && head[i - 2] == '\n')) {
        return i;
      }
    }
    return -1;
  }

  static AdminRequest parse(String head) throws Malformed {
    String[] lines = head.split("\r?\n", -1);
    String[] words = lines[0].split(" ", -1);
    if (words.length != 3 || !words[2].startsWith("HTTP/1.")) {
      throw new Malformed(400, "not a request line of HTTP/1: " + shown(lines[0]));
    }
    if (!words[1].startsWith("/")) {
      throw new Malformed(400, "a target that is no path: " + shown(words[1]));
    }
    Map<String, String> headers = new HashMap<>();
    for (int i = 1; i < lines.length && !lines[i].isEmpty(); i++) {
      int colon = lines[i].indexOf(':');
      if (colon <= 0 || lines[i].substring(0, colon).chars().anyMatch(c -> c <= ' ')) {
        throw new Malformed(400, "not a header: " + shown(lines[i]));
      }
      headers.put(
          lines[i].substring(0, colon).toLowerCase(Locale.ROOT),
          lines[i].substring(colon + 1).strip());
    }
    int mark = words[1].indexOf('?');
    String path = mark < 0 ? words[1] : words[1].substring(0, mark);
    return new AdminRequest(
        words[0], path, mark < 0 ? Map.of() : query(words[1].substring(mark + 1)), headers);
  }

  private static Map<String, String> query(String text) throws Malformed {
    Map<String, String> query = new HashMap<>();
    for (String pair : text.split("&", -1)) {
      int equals = pair.indexOf('=');
      String name = equals < 0 ? pair : pair.substring(0, equals);
      String value = equals < 0 ? "" : pair.substring(equals + 1);
      if (!name.isEmpty()) {
        query.put(decoded(name), decoded(value));
      }
    }
    return query;
  }

  private static String decoded(String text) throws Malformed {
    try {
      return URLDecoder.decode(text, UTF_8);
    } catch (IllegalArgumentException e) {
      throw new Malformed(400, "not a value of a query: " + shown(text));
    }
  }

  /** No more of what a stranger sent than a line shows, and nothing that moves a cursor. */
  private static String shown(String text) {
    String start = text.length() <= 80 ? text : text.substring(0, 80) + "...";
    return '"' + start.replaceAll("[^ -~]", "?") + '"';
  }

  @Nullable String header(String name) {
    return headers.get(name);
  }

  /** Whether bytes may follow the head, whatever their number is said to be. */
  boolean announcesBody() {
    String length = headers.get("content-length");
    return length != null && !length.equals("0") || headers.containsKey("transfer-encoding");
  }

  @Nullable String parameter(String name) {
    return query.get(name);
  }

  /** A whole number among the parameters. */
  int number(String name, int least, int most, int otherwise) throws Malformed {
    String text = query.get(name);
    if (text == null) {
      return otherwise;
    }
    try {
      int value = Integer.parseInt(text);
      if (value >= least && value <= most) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new Malformed(
        400, name + " is a number from " + least + " to " + most + ", not " + shown(text));
  }

  /** A long number that has to be there. */
  long id(String name) throws Malformed {
    String text = query.getOrDefault(name, "");
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new Malformed(400, name + " is a number, not " + shown(text));
    }
  }

  /** A parameter that has to be there. */
  String required(String name) throws Malformed {
    String text = query.get(name);
    if (text == null) {
      throw new Malformed(400, name + " is missing");
    }
    return text;
  }

  /** One of several words. */
  String oneOf(String name, String otherwise, String... others) throws Malformed {
    String text = query.getOrDefault(name, otherwise);
    if (text.equals(otherwise)) {
      return text;
    }
    for (String each : others) {
      if (text.equals(each)) {
        return text;
      }
    }
    throw new Malformed(
        400,
        name + " is " + otherwise + " or " + String.join(" or ", others) + ", not " + shown(text));
  }
}
