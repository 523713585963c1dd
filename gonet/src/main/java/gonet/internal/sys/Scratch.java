package gonet.internal.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import gonet.internal.backend.UnixName;
import gonet.netip.AddrPort;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Native memory that one plain call borrows: errno, and the structs that go in and come out.
 *
 * <p>Borrowed from a small pool by exchange, so that no two threads ever hold the same one; an
 * empty pool makes a new one, a full one drops it. A thread-local would be kept once for each of a
 * million virtual threads. Owned by one thread between {@link #take} and {@link #release}.
 */
final class Scratch {
  /** Where captureCallState writes; the segment itself is the capture state. */
  private static final long ERRNO = 0;

  /** A {@code socklen_t} that goes in and comes out. */
  static final long LENGTH = 8;

  /** A {@code sockaddr_storage}, 128 bytes (socket(7)). */
  static final long ADDRESS = 16;

  static final int ADDRESS_SIZE = 128;

  /** An option's value, an eventfd's counter, an epoll_event; up to 512 bytes for tcp_info. */
  static final long VALUE = ADDRESS + ADDRESS_SIZE;

  static final int VALUE_SIZE = 512;

  /** Twice the cores of a large machine's busy moments; the pool needs no exact size. */
  private static final int SLOTS = 32;

  private static final int PROBES = 4;

  private static final AtomicReferenceArray<@Nullable Scratch> POOL =
      new AtomicReferenceArray<>(SLOTS);

  /**
   * For calls that must need neither heap nor a turn: those that wake and those that give back. Any
   * number of threads use it at once. So what goes in is always the same, and nothing comes out.
   */
  static final Scratch SHARED = new Scratch();

  static {
    SHARED.longValue(1);
  }

  /** Automatic: freed with its last reference, since nobody knows when a pool's end has come. */
  final MemorySegment memory = Arena.ofAuto().allocate(VALUE + VALUE_SIZE, 16);

  /** Where {@link Gather} copies buffers together; null until the first gather here. */
  private byte @Nullable [] staging;

  /** For datagrams in a program's own memory; null until the first one here. */
  private @Nullable Messages messages;

  private Scratch() {}

  static Scratch take() {
    int start = stripe();
    for (int i = 0; i < PROBES; i++) {
      int slot = (start + i) & (SLOTS - 1);
      if (POOL.getPlain(slot) != null) {
        Scratch scratch = POOL.getAndSet(slot, null);
        if (scratch != null) {
          return scratch;
        }
      }
    }
    return new Scratch();
  }

  void release() {
    int start = stripe();
    for (int i = 0; i < PROBES; i++) {
      int slot = (start + i) & (SLOTS - 1);
      if (POOL.getPlain(slot) == null && POOL.compareAndSet(slot, null, this)) {
        return;
      }
    }
  }

  /** Spreads threads over the slots; ids of virtual threads are consecutive. */
  private static int stripe() {
    return (int) (Thread.currentThread().threadId() * 0x9E3779B97F4A7C15L >>> 59);
  }

  /** The address of a field, valid while the caller holds this scratch. */
  long address(long field) {
    return memory.address() + field;
  }

  /** The result of a call as C gives it, or the errno it left here, negated. */
  int result(int result) {
    return result(memory, result);
  }

  /** The same for memory that begins with what captureCallState writes. */
  static int result(MemorySegment memory, int result) {
    return result >= 0 ? result : -memory.get(JAVA_INT, ERRNO);
  }

  int length() {
    return memory.get(JAVA_INT, LENGTH);
  }

  void length(int bytes) {
    memory.set(JAVA_INT, LENGTH, bytes);
  }

  int value() {
    return memory.get(JAVA_INT, VALUE);
  }

  void value(int value) {
    memory.set(JAVA_INT, VALUE, value);
  }

  /** What the kernel wrote to ADDRESS and LENGTH. */
  AddrPort sockAddr() {
    return SockAddr.decode(memory, ADDRESS, length());
  }

  /** The same for a Unix socket. */
  UnixName unixName() {
    return UnixSockAddr.decode(memory, ADDRESS, Math.min(length(), ADDRESS_SIZE));
  }

  void longValue(long value) {
    memory.set(JAVA_LONG, VALUE, value);
  }

  Messages messages() {
    Messages made = messages;
    if (made == null) {
      made = new Messages(1, true);
      messages = made;
    }
    return made;
  }

  byte[] staging(int bytes) {
    byte[] area = staging;
    if (area == null) {
      area = new byte[bytes];
      staging = area;
    }
    return area;
  }
}
