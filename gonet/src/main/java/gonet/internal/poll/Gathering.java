package gonet.internal.poll;

import java.nio.ByteBuffer;

/** A list of buffers that is written in several system calls. */
final class Gathering {
  private Gathering() {}

  /** The first from {@code from} on that is not empty; their number if all are. */
  static int firstRemaining(ByteBuffer[] buffers, int from) {
    int first = from;
    while (first < buffers.length && !buffers[first].hasRemaining()) {
      first++;
    }
    return first;
  }
}
