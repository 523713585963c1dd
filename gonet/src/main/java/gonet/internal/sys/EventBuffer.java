package gonet.internal.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Where epoll_wait(2) writes what is ready. Allocated once and filled again and again; owned by one
 * thread from a call until it has read the events.
 */
public final class EventBuffer {
  /** The most events of one call. */
  public static final int CAPACITY = 256;

  private static final EpollLayout LAYOUT = EpollLayout.current();

  private static final long NATIVE_EVENTS = 16;

  /** Bytes on the heap, as {@link Link#critical} wants it. */
  private final MemorySegment events = MemorySegment.ofArray(new byte[CAPACITY * LAYOUT.size()]);

  private final MemorySegment errno = MemorySegment.ofArray(new int[1]);

  /**
   * errno, then events: where a call that waits writes, since no heap array may stay put for it.
   */
  private @Nullable MemorySegment waiting;

  /** The events in it. Kept, because a thread that waits much is compiled late. */
  private @Nullable MemorySegment waitingEvents;

  /**
   * Takes what is ready now. Does not block.
   *
   * @return the number of events, or a negated errno
   */
  public int poll(int epfd) {
    int count = Libc.epollPoll(epfd, events, CAPACITY, errno);
    return count >= 0 ? count : -errno.get(JAVA_INT, 0);
  }

  /**
   * Waits for events; the calling carrier or platform thread is blocked meanwhile.
   *
   * @param timeoutMillis negative waits without limit
   * @return the number of events, or a negated errno
   */
  public int await(int epfd, int timeoutMillis) {
    MemorySegment memory = waiting;
    MemorySegment area = waitingEvents;
    if (memory == null || area == null) {
      memory = Arena.ofAuto().allocate(NATIVE_EVENTS + events.byteSize(), 16);
      area = memory.asSlice(NATIVE_EVENTS);
      waiting = memory;
      waitingEvents = area;
    }
    int count = Libc.epollWait(epfd, area, CAPACITY, timeoutMillis, memory);
    if (count < 0) {
      return -memory.get(JAVA_INT, 0);
    }
    MemorySegment.copy(area, 0, events, 0, (long) count * LAYOUT.size());
    return count;
  }

  /** The bits of {@code EPOLLIN} and its kin that event {@code index} carries. */
  public int events(int index) {
    return LAYOUT.events(events, index);
  }

  /** The descriptor of event {@code index}. */
  public int fd(int index) {
    return EpollCalls.fd(LAYOUT.data(events, index));
  }

  /** The sequence number that event {@code index} was registered under. */
  public int sequence(int index) {
    return EpollCalls.sequence(LAYOUT.data(events, index));
  }
}
