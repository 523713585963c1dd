package gonet.frame;

import gonet.Conn;
import java.io.IOException;

/**
 * What was read from a connection and is not part of a frame yet. Belongs to one reader.
 *
 * <p>It holds no memory before the first read. It doubles when it is full, and only while the frame
 * at its beginning may go on; so it is never larger than twice what came, {@link #FIRST_BYTES}
 * apart. A large one shrinks once a frame came that needed less than a quarter of it.
 */
final class InputBuffer {
  private static final int FIRST_BYTES = 8192;

  /** A buffer up to this size is not worth the work of shrinking. */
  private static final int KEPT_BYTES = 1 << 16;

  private byte[] bytes = Framing.NOTHING;
  private int start;
  private int end;
  private int lastFrame = Integer.MAX_VALUE;

  byte[] bytes() {
    return bytes;
  }

  int start() {
    return start;
  }

  int held() {
    return end - start;
  }

  /**
   * Reads once. Moves what is held, so that everything handed out before is void.
   *
   * @param mostBytes how long the frame at the beginning can be; more than is held
   * @return whether there was something; false at the end of the stream
   */
  boolean fill(Conn conn, int mostBytes) throws IOException {
    makeRoom(mostBytes);
    int n = conn.read(bytes, end, bytes.length - end);
    if (n < 0) {
      return false;
    }
    end += n;
    return true;
  }

  private void makeRoom(int mostBytes) {
    int held = held();
    int size = bytes.length;
    if (held == size) {
      size = (int) Math.max(FIRST_BYTES, Math.min(2L * size, mostBytes));
    } else if (size > KEPT_BYTES && lastFrame < size / 4 && held < FIRST_BYTES) {
      size = FIRST_BYTES;
    }
    if (size != bytes.length) {
      byte[] moved = new byte[size];
      System.arraycopy(bytes, start, moved, 0, held);
      bytes = moved;
    } else if (start > 0) {
      // At most once for each frame that is not whole yet, and not more bytes than it has.
      System.arraycopy(bytes, start, bytes, 0, held);
    }
    start = 0;
    end = held;
  }

  /** Forgets the first {@code n} bytes, a whole frame or less. They stay readable until a fill. */
  void drop(int n) {
    start += n;
    lastFrame = n;
  }

  /** Moves held bytes to {@code buf}; how many. */
  int take(byte[] buf, int off, int len) {
    int n = Math.min(len, held());
    System.arraycopy(bytes, start, buf, off, n);
    start += n;
    return n;
  }

  /** Gives the memory back if nothing is held. */
  void release() {
    if (held() == 0) {
      bytes = Framing.NOTHING;
      start = 0;
      end = 0;
    }
  }
}
