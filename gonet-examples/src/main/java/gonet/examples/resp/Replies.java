package gonet.examples.resp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import gonet.Conn;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The replies to a batch of requests, on their way into one write. What is too long for the buffer
 * is kept as references to the stored values, which nobody changes, and written from where it is
 * once the lock is no longer held.
 */
final class Replies {
  private static final int FIRST_BYTES = 1024;

  /** Above this the batch is interrupted for a write. */
  private static final int FLUSH_BYTES = 16 * 1024;

  /** The longest number with what stands around it. */
  private static final int NUMBER_BYTES = 24;

  private static final byte[] OK = "+OK\r\n".getBytes(ISO_8859_1);
  private static final byte[] PONG = "+PONG\r\n".getBytes(ISO_8859_1);
  private static final byte[] NO_BULK = "$-1\r\n".getBytes(ISO_8859_1);
  private static final byte[] NO_ARRAY = "*-1\r\n".getBytes(ISO_8859_1);

  private byte[] buf = new byte[FIRST_BYTES];
  private int length;

  /** Bulk strings that follow the buffer. While there are any, nothing else is added. */
  private byte @Nullable [][] behind;

  /** Whether the next command has to wait for {@link #flush}. */
  boolean mustFlush() {
    return length > FLUSH_BYTES || behind != null;
  }

  void ok() {
    raw(OK);
  }

  void pong() {
    raw(PONG);
  }

  /** The value that is not there. */
  void nothing() {
    raw(NO_BULK);
  }

  /** The array that is not there. */
  void noArray() {
    raw(NO_ARRAY);
  }

  /** An error: its code, a space and a text, all in one line. */
  void error(String message) {
    byte[] text = message.replace('\r', ' ').replace('\n', ' ').getBytes(ISO_8859_1);
    reserve(text.length + 3);
    buf[length++] = '-';
    raw(text);
    end();
  }

  void integer(long value) {
    head(':', value);
  }

  /** How many replies follow as one. */
  void array(int count) {
    head('*', count);
  }

  void status(String word) {
    raw(("+" + word + "\r\n").getBytes(ISO_8859_1));
  }

  void bulk(String text) {
    bulk(text.getBytes(ISO_8859_1));
  }

  /** A value, which must not change any more. */
  void bulk(byte[] value) {
    if (value.length > FLUSH_BYTES) {
      behind = new byte[][] {value};
    } else {
      bulk(value, 0, value.length);
    }
  }

  /** A word of the request. */
  void bulk(RequestReader request, int word) {
    if (request.length(word) > FLUSH_BYTES) {
      bulk(request.copy(word));
    } else {
      bulk(request.bytes(), request.offset(word), request.length(word));
    }
  }

  private void bulk(byte[] src, int off, int len) {
    head('$', len);
    reserve(len + 2);
    System.arraycopy(src, off, buf, length, len);
    length += len;
    end();
  }

  /** An array of values, none of which may change any more. */
  void bulks(byte[][] values) {
    array(values.length);
    long bytes = 0;
    for (byte[] value : values) {
      bytes += value.length + NUMBER_BYTES;
    }
    if (bytes > FLUSH_BYTES) {
      behind = values;
      return;
    }
    for (byte[] value : values) {
      bulk(value, 0, value.length);
    }
  }

  /** Writes everything. Waits for a slow client. */
  void flush(Conn conn) throws IOException {
    if (behind != null) {
      byte[][] values = behind;
      behind = null;
      for (byte[] value : values) {
        writeBulk(conn, value);
      }
    }
    if (length > 0) {
      write(conn);
    }
  }

  private void writeBulk(Conn conn, byte[] value) throws IOException {
    if (value.length <= FLUSH_BYTES) {
      bulk(value, 0, value.length);
    } else {
      head('$', value.length);
      write(conn);
      conn.write(value);
      end();
    }
    if (length > FLUSH_BYTES) {
      write(conn);
    }
  }

  private void write(Conn conn) throws IOException {
    int n = length;
    length = 0;
    conn.write(buf, 0, n);
  }

  private void raw(byte[] bytes) {
    reserve(bytes.length);
    System.arraycopy(bytes, 0, buf, length, bytes.length);
    length += bytes.length;
  }

  private void head(char kind, long value) {
    reserve(NUMBER_BYTES);
    buf[length++] = (byte) kind;
    if (value >= 0 && value < 10) {
      buf[length++] = (byte) ('0' + value);
    } else {
      length = decimal(value);
    }
    end();
  }

  /** Puts a number into the buffer; where it ends. */
  private int decimal(long value) {
    int at = length;
    long rest = value > 0 ? -value : value; // there is one more negative number than positive ones
    if (value < 0) {
      buf[at++] = '-';
    }
    int digits = 1;
    for (long r = rest / 10; r != 0; r /= 10) {
      digits++;
    }
    int end = at + digits;
    for (int i = end; i > at; rest /= 10) {
      buf[--i] = (byte) ('0' - rest % 10);
    }
    return end;
  }

  private void end() {
    reserve(2);
    buf[length++] = '\r';
    buf[length++] = '\n';
  }

  private void reserve(int more) {
    if (buf.length - length < more) {
      buf = Arrays.copyOf(buf, Math.max(2 * buf.length, length + more));
    }
  }
}
