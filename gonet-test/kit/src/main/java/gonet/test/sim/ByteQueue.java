package gonet.test.sim;

import java.util.Arrays;

/** Bytes in their order, which leave at the front and come in at the back. */
final class ByteQueue {
  private byte[] bytes = new byte[256];
  private int head;
  private int size;

  int size() {
    return size;
  }

  void add(byte[] from, int off, int len) {
    if (head + size + len > bytes.length) {
      byte[] target = size + len > bytes.length ? new byte[Math.max(2 * size, size + len)] : bytes;
      System.arraycopy(bytes, head, target, 0, size);
      bytes = target;
      head = 0;
    }
    System.arraycopy(from, off, bytes, head + size, len);
    size += len;
  }

  /** A copy of {@code len} bytes from {@code skip} on. */
  byte[] peek(int skip, int len) {
    return Arrays.copyOfRange(bytes, head + skip, head + skip + len);
  }

  int take(byte[] to, int off, int len) {
    int n = Math.min(len, size);
    System.arraycopy(bytes, head, to, off, n);
    drop(n);
    return n;
  }

  void drop(int len) {
    head += len;
    size -= len;
    if (size == 0) {
      head = 0;
    }
  }

  void clear() {
    drop(size);
  }
}
