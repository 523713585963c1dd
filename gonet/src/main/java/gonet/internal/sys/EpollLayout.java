package gonet.internal.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * {@code struct epoll_event}, a 32-bit set of events and 64 bits of the caller's own. On x86-64 it
 * is packed, so that 32-bit programs share it; elsewhere the data is aligned (epoll_ctl(2),
 * linux/eventpoll.h).
 */
enum EpollLayout {
  /** x86-64. */
  PACKED(12, 4),
  /** aarch64. */
  ALIGNED(16, 8);

  private final int size;
  private final int dataOffset;

  EpollLayout(int size, int dataOffset) {
    this.size = size;
    this.dataOffset = dataOffset;
  }

  /** The layout of a processor as {@code os.arch} spells it, or null. */
  static @Nullable EpollLayout of(String architecture) {
    return switch (architecture) {
      case "amd64", "x86_64" -> PACKED;
      case "aarch64", "arm64" -> ALIGNED;
      default -> null;
    };
  }

  /** This machine's. Only asked once {@link NativeAccess#require} has passed. */
  static EpollLayout current() {
    EpollLayout layout = of(System.getProperty("os.arch", ""));
    if (layout == null) {
      throw new IllegalStateException("no layout for " + System.getProperty("os.arch"));
    }
    return layout;
  }

  int size() {
    return size;
  }

  void put(MemorySegment memory, long offset, int events, long data) {
    memory.set(JAVA_INT_UNALIGNED, offset, events);
    memory.set(JAVA_LONG_UNALIGNED, offset + dataOffset, data);
  }

  int events(MemorySegment array, int index) {
    return array.get(JAVA_INT_UNALIGNED, (long) index * size);
  }

  long data(MemorySegment array, int index) {
    return array.get(JAVA_LONG_UNALIGNED, (long) index * size + dataOffset);
  }
}
