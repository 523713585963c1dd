package gonet.test.load;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.net.ProtocolException;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * A request of HTTP/1.1 (RFC 9112) and its answer, whose end is found by Content-Length or by the
 * last chunk. An answer whose end is that of the connection is refused: it could not be told from
 * one that was cut off.
 *
 * <pre>
 *   HEAD ──blank line──► BODY ──all bytes──────────────► HEAD of the next
 *                    └─► CHUNK_SIZE ──► CHUNK ──► CHUNK_END ──► CHUNK_SIZE …
 *                            └──0──► TRAILER ──blank line──► HEAD of the next
 * </pre>
 */
final class HttpExchange implements Exchange {
  private static final int LONGEST_LINE = 64 * 1024;

  private enum State {
    HEAD,
    BODY,
    CHUNK_SIZE,
    CHUNK,
    CHUNK_END,
    TRAILER
  }

  private final byte[] request;
  private final Consumer<String> complaints;

  private State state = State.HEAD;
  private final StringBuilder line = new StringBuilder();

  /** Of the answer that has begun; 0 before its first line. */
  private int status;

  /** Bytes still to come of the body or the chunk; -1 if nothing has said so. */
  private long left;

  private boolean chunked;
  private boolean over;

  /**
   * Of one target.
   *
   * @param bodyBytes of a POST; 0 for a GET
   * @param complaints hears of each answer with a status of 400 and above
   */
  HttpExchange(Target target, int bodyBytes, Consumer<String> complaints) {
    String head =
        (bodyBytes > 0 ? "POST " : "GET ") + target.path() + " HTTP/1.1\r\nHost: " + target.host();
    if (bodyBytes > 0) {
      head += "\r\nContent-Type: application/octet-stream\r\nContent-Length: " + bodyBytes;
    }
    byte[] start = (head + "\r\n\r\n").getBytes(ISO_8859_1);
    this.request = Arrays.copyOf(start, start.length + bodyBytes);
    this.complaints = complaints;
  }

  @Override
  public byte[] request() {
    return request;
  }

  @Override
  public void begin() {
    over = false;
    next();
  }

  private void next() {
    state = State.HEAD;
    line.setLength(0);
    status = 0;
    left = -1;
    chunked = false;
  }

  @Override
  public boolean isOver() {
    return over;
  }

  @Override
  public int answers(byte[] buf, int off, int len) throws ProtocolException {
    int ended = 0;
    int end = off + len;
    for (int i = off; i < end; ) {
      if (state == State.BODY || state == State.CHUNK) {
        int taken = (int) Math.min(left, end - i);
        left -= taken;
        i += taken;
        if (left == 0 && state == State.CHUNK) {
          state = State.CHUNK_END;
        }
      } else {
        if (!take(buf[i++])) {
          continue;
        }
        endOfLine();
        line.setLength(0);
      }
      if (state == State.BODY && left == 0) {
        ended++;
        next();
      }
    }
    return ended;
  }

  /** Whether that was the end of a line. */
  private boolean take(byte b) throws ProtocolException {
    if (b == '\n') {
      return true;
    }
    if (b != '\r') {
      line.append((char) (b & 0xff));
      if (line.length() > LONGEST_LINE) {
        throw new ProtocolException("a line of more than " + LONGEST_LINE + " bytes");
      }
    }
    return false;
  }

  private void endOfLine() throws ProtocolException {
    switch (state) {
      case HEAD -> {
        if (status == 0) {
          statusLine();
        } else if (line.isEmpty()) {
          endOfHead();
        } else {
          field();
        }
      }
      case CHUNK_SIZE -> {
        left = chunkSize();
        state = left == 0 ? State.TRAILER : State.CHUNK;
      }
      case CHUNK_END -> state = State.CHUNK_SIZE;
      case TRAILER -> {
        if (line.isEmpty()) {
          left = 0;
          state = State.BODY; // whose end it is
        }
      }
      case BODY, CHUNK -> throw new IllegalStateException(state.name());
    }
  }

  private void statusLine() throws ProtocolException {
    // HTTP/1.1 200 OK
    if (line.length() < 12 || !line.substring(0, 7).equals("HTTP/1.")) {
      throw new ProtocolException("no status line: \"" + line + "\"");
    }
    try {
      status = Integer.parseInt(line.substring(9, 12));
    } catch (NumberFormatException e) {
      throw new ProtocolException("no status: \"" + line + "\"");
    }
  }

  private void field() throws ProtocolException {
    int colon = line.indexOf(":");
    String name = line.substring(0, Math.max(colon, 0)).toLowerCase(Locale.ROOT);
    String value = line.substring(colon + 1).strip();
    switch (name) {
      case "content-length" -> {
        try {
          left = Long.parseUnsignedLong(value);
        } catch (NumberFormatException e) {
          throw new ProtocolException("no length: \"" + line + "\"");
        }
      }
      case "transfer-encoding" -> chunked = value.toLowerCase(Locale.ROOT).endsWith("chunked");
      case "connection" -> over |= value.equalsIgnoreCase("close");
      default -> {
        // Nothing that says where the answer ends.
      }
    }
  }

  private void endOfHead() throws ProtocolException {
    if (status < 200) { // the answer itself is to come
      next();
      return;
    }
    if (status >= 400) {
      complaints.accept("HTTP " + status);
    }
    if (status == 204 || status == 304) {
      left = 0;
    } else if (chunked) {
      state = State.CHUNK_SIZE;
      return;
    } else if (left < 0) {
      throw new ProtocolException("an answer without a length");
    }
    state = State.BODY;
  }

  private long chunkSize() throws ProtocolException {
    int semicolon = line.indexOf(";");
    String size = (semicolon < 0 ? line.toString() : line.substring(0, semicolon)).strip();
    try {
      return Long.parseLong(size, 16);
    } catch (NumberFormatException e) {
      throw new ProtocolException("no size of a chunk: \"" + line + "\"");
    }
  }
}
