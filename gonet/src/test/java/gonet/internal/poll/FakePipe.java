package gonet.internal.poll;

import gonet.internal.backend.KernelPipe;
import java.util.Arrays;

/** A pipe that counts what is in it. */
final class FakePipe implements KernelPipe {
  private int inside;
  private boolean closed;

  /** What splice(2) answered: a count, or a negated errno, which moves nothing. */
  synchronized void filled(int result) {
    requireOpen();
    if (inside != 0) {
      throw new AssertionError("filled while there were bytes in it");
    }
    inside = Math.max(result, 0);
  }

  synchronized void drained(int result) {
    requireOpen();
    if (inside < result) {
      throw new AssertionError("drained of more than there was");
    }
    inside -= Math.max(result, 0);
  }

  synchronized boolean closed() {
    return closed;
  }

  @Override
  public synchronized int read(byte[] buf, int off, int len) {
    requireOpen();
    int n = Math.min(Math.min(len, inside), 3);
    Arrays.fill(buf, off, off + n, (byte) 'x');
    inside -= n;
    return n;
  }

  @Override
  public synchronized void close() {
    requireOpen();
    closed = true;
  }

  private void requireOpen() {
    if (closed) {
      throw new AssertionError("used after close");
    }
  }
}
