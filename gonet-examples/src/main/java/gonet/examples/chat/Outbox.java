package gonet.examples.chat;

import gonet.Conn;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The lines that wait for one member. Adding never waits: when the member has fallen too far behind
 * it is refused, and whoever adds drops the member instead of waiting for it. Safe for any thread.
 */
final class Outbox {
  private static final int FIRST_BYTES = 256;
  private static final int KEPT_BYTES = 4 * 1024;

  private final int maxBytes;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  /** Lines, each with its end. Guarded by the lock, as all below. */
  private byte[] lines = new byte[FIRST_BYTES];

  private int length;
  private boolean closed;

  Outbox(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  /**
   * Adds a line and its end.
   *
   * @return false if there is no room for it, or it is closed
   */
  boolean add(byte[] line) {
    lock.lock();
    try {
      int needed = length + line.length + 1;
      if (closed || needed > maxBytes) {
        return false;
      }
      if (needed > lines.length) {
        lines = Arrays.copyOf(lines, Math.max(2 * lines.length, needed));
      }
      System.arraycopy(line, 0, lines, length, line.length);
      length = needed;
      lines[length - 1] = '\n';
      changed.signal();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Lets {@link #drain} end once everything is written. */
  void close() {
    lock.lock();
    try {
      closed = true;
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Writes what comes until it is closed; all that waits leaves in one write. */
  void drain(Conn conn) throws IOException, InterruptedException {
    byte[] writing = new byte[FIRST_BYTES];
    for (; ; ) {
      int n;
      lock.lock();
      try {
        while (length == 0) {
          if (closed) {
            return;
          }
          changed.await();
        }
        byte[] full = lines;
        n = length;
        lines = writing.length > KEPT_BYTES ? new byte[FIRST_BYTES] : writing;
        length = 0;
        writing = full;
      } finally {
        lock.unlock();
      }
      conn.write(writing, 0, n);
    }
  }
}
