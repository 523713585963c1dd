package gonet.examples.http;

import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;

/**
 * A request's body, by its length or in chunks. Memory grows with what arrives, not with what is
 * announced. RFC 9112, sections 6 and 7.
 */
final class RequestBody {
  private static final int FIRST_BYTES = 1024;
  private static final int KEPT_BYTES = 64 * 1024;
  private static final byte[] NONE = {};

  /** More than this is a body too long, whatever else the line says. */
  private static final int MAX_SIZE_DIGITS = 8;

  /** Chunk extensions of one message, all of which are ignored. */
  private static final int MAX_EXTENSION_BYTES = 4 * 1024;

  private final Input in;
  private final Limits limits;
  private final FieldLine trailer = new FieldLine();

  byte[] bytes = NONE;
  int length;

  private boolean keep;
  private long total;
  private int extensionBytes;

  RequestBody(Input in, Limits limits) {
    this.in = in;
    this.limits = limits;
  }

  /**
   * Reads the body that a head announces.
   *
   * @param keep whether anybody wants it
   */
  void read(RequestHead head, boolean keep) throws IOException, HttpException {
    this.keep = keep;
    length = 0;
    total = 0;
    extensionBytes = 0;
    if (bytes.length > KEPT_BYTES) {
      bytes = NONE;
    }
    if (head.chunked) {
      readChunks();
    } else if (head.contentLength > 0) {
      take(head.contentLength);
    }
    in.endTimed();
  }

  /** Moves so many bytes of input into the body. */
  private void take(long count) throws IOException, HttpException {
    total += count;
    if (total > limits.bodyBytes()) {
      throw new HttpException(413, "body");
    }
    for (long left = count; left > 0; ) {
      if (in.pos == in.limit) {
        more();
      }
      int n = (int) Math.min(left, in.limit - in.pos);
      if (keep) {
        if (length + n > bytes.length) {
          int wanted = Math.max(Math.max(2 * bytes.length, length + n), FIRST_BYTES);
          bytes = Arrays.copyOf(bytes, wanted);
        }
        System.arraycopy(in.buf, in.pos, bytes, length, n);
        length += n;
      }
      in.pos += n;
      left -= n;
    }
  }

  private void readChunks() throws IOException, HttpException {
    for (; ; ) {
      long size = readSize();
      if (size == 0) {
        readTrailers();
        return;
      }
      take(size);
      expect('\r');
      expect('\n');
    }
  }

  /** {@code size [;extensions] CRLF}. */
  private long readSize() throws IOException, HttpException {
    long size = 0;
    int digits = 0;
    byte b;
    for (; ; digits++) {
      b = next();
      int digit = Character.digit(b, 16); // of a byte: ASCII alone
      if (digit < 0) {
        break;
      }
      if (digits >= MAX_SIZE_DIGITS) {
        throw new HttpException(413, "chunk");
      }
      size = size << 4 | digit;
    }
    if (digits == 0) {
      throw HttpException.bad("chunk size");
    }
    if (b != '\r') {
      skipExtensions(b);
    }
    expect('\n');
    return size;
  }

  /** Goes behind the carriage return. A blank may stand before a semicolon, and nowhere else. */
  private void skipExtensions(byte first) throws IOException, HttpException {
    byte b = first;
    while (Chars.isBlank(b)) {
      b = nextOfExtension();
    }
    if (b != ';') {
      throw HttpException.bad("chunk size");
    }
    while (b != '\r') {
      if (!Chars.isValue(b)) {
        throw HttpException.bad("chunk extension");
      }
      b = nextOfExtension();
    }
  }

  private byte nextOfExtension() throws IOException, HttpException {
    if (++extensionBytes > MAX_EXTENSION_BYTES) {
      throw HttpException.bad("chunk extensions");
    }
    return next();
  }

  /** Fields behind the last chunk; none may say anything about the message's form. */
  private void readTrailers() throws IOException, HttpException {
    for (int bytesOfTrailers = 0; ; ) {
      int end = trailer.parse(in.buf, in.pos, in.limit);
      int seen = bytesOfTrailers + (end < 0 ? in.limit : end) - in.pos;
      if (seen > limits.headBytes()) {
        throw new HttpException(431, "trailers");
      }
      if (end < 0) {
        more();
        continue;
      }
      bytesOfTrailers = seen;
      in.pos = end;
      if (trailer.isEnd()) {
        return;
      }
    }
  }

  private void expect(char c) throws IOException, HttpException {
    if (next() != c) {
      throw HttpException.bad("end of a line");
    }
  }

  private byte next() throws IOException, HttpException {
    if (in.pos == in.limit) {
      more();
    }
    return in.buf[in.pos++];
  }

  private void more() throws IOException, HttpException {
    if (!in.awaitBody()) {
      throw new EOFException("the stream ends within a body");
    }
  }
}
