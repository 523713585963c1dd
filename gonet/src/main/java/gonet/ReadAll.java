package gonet;

import java.io.IOException;
import java.util.Arrays;
import java.util.Objects;

/** Reading more than one read gives, for any {@link Conn}. */
final class ReadAll {
  private static final int FIRST_BYTES = 4096;

  /** Some JVMs cannot make arrays of the very last sizes. */
  private static final int LARGEST_ARRAY = Integer.MAX_VALUE - 8;

  private ReadAll() {}

  static void fully(Conn conn, byte[] buf, int off, int len) throws IOException {
    Objects.checkFromIndexSize(off, len, buf.length);
    for (int done = 0; done < len; ) {
      int n = conn.read(buf, off + done, len - done);
      if (n < 0) {
        OpFailure failure =
            OpFailure.of(Op.READ, conn, "end of stream after " + done + " of " + len + " bytes");
        throw new NetEofException(failure.withBytesTransferred(done), len);
      }
      done += n;
    }
  }

  static byte[] all(Conn conn, int maxBytes) throws IOException {
    if (maxBytes < 0) {
      throw new IllegalArgumentException("maxBytes " + maxBytes + " is negative");
    }
    int limit = Math.min(maxBytes, LARGEST_ARRAY);
    byte[] buf = new byte[Math.min(FIRST_BYTES, limit)];
    int size = 0;
    for (; ; ) {
      if (size == limit) {
        requireEnd(conn, limit);
        return exact(buf, size);
      }
      if (size == buf.length) {
        buf = Arrays.copyOf(buf, (int) Math.min(2L * size, limit));
      }
      int n = conn.read(buf, size, buf.length - size);
      if (n < 0) {
        return exact(buf, size);
      }
      size += n;
    }
  }

  private static void requireEnd(Conn conn, int limit) throws IOException {
    if (conn.read(new byte[1]) >= 0) {
      OpFailure failure = OpFailure.of(Op.READ, conn, "stream is longer than " + limit + " bytes");
      throw new NetTooLongException(failure.withBytesTransferred(limit + 1L), limit);
    }
  }

  private static byte[] exact(byte[] buf, int size) {
    return buf.length == size ? buf : Arrays.copyOf(buf, size);
  }
}
