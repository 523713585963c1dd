package gonet.examples.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import gonet.Conn;
import java.io.IOException;
import java.util.Arrays;

/** Responses on their way into one write. Reused for all responses of a connection. */
final class Response {
  private static final int FIRST_BYTES = 1024;

  /** Above this the batch is interrupted for a write. */
  private static final int FLUSH_BYTES = 16 * 1024;

  /** Above this a body is written from where it is. */
  private static final int COPY_BYTES = 8 * 1024;

  private static final byte[] VERSION = ascii("HTTP/1.1 ");
  private static final byte[] DATE = ascii("\r\nDate: ");
  private static final byte[] CLOSE = ascii("\r\nConnection: close");
  private static final byte[] KEEP_ALIVE = ascii("\r\nConnection: keep-alive");
  private static final byte[] TYPE = ascii("\r\nContent-Type: ");
  private static final byte[] LENGTH = ascii("\r\nContent-Length: ");
  private static final byte[] CHUNKED = ascii("\r\nTransfer-Encoding: chunked\r\n\r\n");
  private static final byte[] ALLOW = ascii("\r\nAllow: ");
  private static final byte[] END = ascii("\r\n\r\n");
  private static final byte[] CRLF = ascii("\r\n");
  private static final byte[] LAST_CHUNK = ascii("0\r\n\r\n");
  private static final byte[] CONTINUE = ascii("HTTP/1.1 100 Continue\r\n\r\n");

  private final Conn conn;
  private byte[] buf = new byte[FIRST_BYTES];
  private int length;

  Response(Conn conn) {
    this.conn = conn;
  }

  static byte[] ascii(String text) {
    return text.getBytes(US_ASCII);
  }

  /** A whole answer; to HEAD without the body it speaks of. */
  void send(RequestHead head, Status status, byte[] type, byte[] body, int bodyLength)
      throws IOException {
    begin(head, status, type);
    raw(LENGTH);
    number(bodyLength);
    raw(END);
    if (head.method != Method.HEAD) {
      content(body, bodyLength);
    }
  }

  /** A whole answer in chunks, as its request came. Not to be sent to a client of 1.0. */
  void sendChunked(RequestHead head, byte[] type, byte[] body, int bodyLength) throws IOException {
    begin(head, Status.OK, type);
    raw(CHUNKED);
    if (bodyLength > 0) {
      raw(ascii(Integer.toHexString(bodyLength)));
      raw(CRLF);
      content(body, bodyLength);
      raw(CRLF);
    }
    raw(LAST_CHUNK);
  }

  /** The head of an answer whose body the caller writes, behind a {@link #flush}. */
  void sendHead(RequestHead head, byte[] type, long bodyLength) {
    begin(head, Status.OK, type);
    raw(LENGTH);
    number(bodyLength);
    raw(END);
  }

  /** An answer that says no, and what would have been allowed if that was the matter. */
  void sendRefusal(RequestHead head, Status status, String allowed) throws IOException {
    begin(head, status, Site.TEXT);
    if (!allowed.isEmpty()) {
      raw(ALLOW);
      raw(ascii(allowed));
    }
    byte[] text = status.line();
    raw(LENGTH);
    number(text.length);
    raw(END);
    if (head.method != Method.HEAD) {
      content(text, text.length);
    }
  }

  /** The answer to a message that was not understood, the last one of its connection. */
  void sendError(HttpException e) {
    byte[] text = ascii(e.status() + " " + e.getMessage() + "\n");
    raw(VERSION);
    raw(Status.of(e.status()).line());
    length--; // the line feed
    raw(DATE);
    raw(HttpDate.now());
    raw(TYPE);
    raw(Site.TEXT);
    raw(LENGTH);
    number(text.length);
    raw(CLOSE);
    raw(END);
    raw(text);
  }

  /** Tells a client that waits with its body to go on. */
  void sendContinue() throws IOException {
    raw(CONTINUE);
    flush();
  }

  void flush() throws IOException {
    if (length > 0) {
      int n = length;
      length = 0;
      conn.write(buf, 0, n);
    }
  }

  private void begin(RequestHead head, Status status, byte[] type) {
    raw(VERSION);
    raw(status.line());
    length--; // the line feed
    raw(DATE);
    raw(HttpDate.now());
    if (!head.keepAlive) {
      raw(CLOSE);
    } else if (!head.http11) {
      raw(KEEP_ALIVE);
    }
    raw(TYPE);
    raw(type);
  }

  private void content(byte[] body, int bodyLength) throws IOException {
    if (bodyLength <= COPY_BYTES) {
      raw(body, bodyLength);
      if (length > FLUSH_BYTES) {
        flush();
      }
    } else {
      flush();
      conn.write(body, 0, bodyLength);
    }
  }

  private void raw(byte[] bytes) {
    raw(bytes, bytes.length);
  }

  private void raw(byte[] bytes, int count) {
    if (buf.length - length < count) {
      buf = Arrays.copyOf(buf, Math.max(2 * buf.length, length + count));
    }
    System.arraycopy(bytes, 0, buf, length, count);
    length += count;
  }

  private void number(long value) {
    if (value < 10) {
      raw(DIGITS[(int) value]);
    } else {
      number(value / 10);
      raw(DIGITS[(int) (value % 10)]);
    }
  }

  private static final byte[][] DIGITS = new byte[10][];

  static {
    for (int i = 0; i < DIGITS.length; i++) {
      DIGITS[i] = ascii(String.valueOf(i));
    }
  }
}
