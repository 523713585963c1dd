package gonet.tls;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Buffers that wait for their next use. Connections borrow one when bytes are there and give it
 * back when those are gone, so there are about as many as threads that run, not as connections.
 *
 * <p>All lie on the heap: JSSE decrypts those in place. A buffer that does not come back, for want
 * of stack or because its connection was dropped, is garbage like any other. Any thread.
 */
final class Buffers {

  /** The longest record that TLS 1.2 allows, with its header: 2^14 + 2048 + 5 (RFC 5246, 6.2.3). */
  static final int RECORD_BYTES = 18_437;

  /** Four records of 1.3, the last with the room that JSSE insists on before it begins one. */
  static final int BULK_BYTES = 67_584;

  /** For a record or less. */
  static final Buffers ONE = new Buffers(RECORD_BYTES, 256);

  /** For several records at once. */
  static final Buffers BULK = new Buffers(BULK_BYTES, 64);

  /** For what has no bytes, or takes none. */
  static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private static final int PROBES = 4;

  private final int bytes;
  private final AtomicReferenceArray<@Nullable ByteBuffer> slots;

  private Buffers(int bytes, int kept) {
    this.bytes = bytes;
    slots = new AtomicReferenceArray<>(kept); // a power of two
  }

  /** A buffer, cleared, with the bytes of whoever had it before. */
  ByteBuffer take() {
    int at = place();
    for (int i = 0; i < PROBES; i++) {
      ByteBuffer kept = slots.getAndSet((at + i) & (slots.length() - 1), null);
      if (kept != null) {
        return kept.clear();
      }
    }
    return ByteBuffer.allocate(bytes);
  }

  /** Gives one back, of either size; the caller forgets it. One of another size is dropped. */
  static void give(ByteBuffer buffer) {
    if (buffer.capacity() == RECORD_BYTES) {
      ONE.keep(buffer);
    } else if (buffer.capacity() == BULK_BYTES) {
      BULK.keep(buffer);
    }
  }

  private void keep(ByteBuffer buffer) {
    int at = place();
    for (int i = 0; i < PROBES; i++) {
      if (slots.compareAndSet((at + i) & (slots.length() - 1), null, buffer)) {
        return;
      }
    }
  }

  /** What all of them have remaining. */
  static long remaining(ByteBuffer[] buffers) {
    long sum = 0;
    for (ByteBuffer buffer : buffers) {
      sum += buffer.remaining();
    }
    return sum;
  }

  /** Spreads threads, so that they seldom meet. */
  private static int place() {
    return (int) (Thread.currentThread().threadId() * 0x9e3779b9L >>> 16);
  }
}
