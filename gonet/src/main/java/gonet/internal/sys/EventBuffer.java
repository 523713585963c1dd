package gonet.internal.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Where epoll_wait(2) writes what is ready. Allocated once and filled again and again; owned by one
 * thread from a call until it has read the events.
 */
public final class EventBuffer {
  /** The most events of one call. */
  public static final int CAPACITY = 256;

  private static final EpollLayout LAYOUT = EpollLayout.current();

  private final MemorySegment errno = Arena.ofAuto().allocate(JAVA_INT);
  private final MemorySegment events = Arena.ofAuto().allocate((long) CAPACITY * LAYOUT.size(), 16);

  /**
   * Takes what is ready now. Does not block.
   *
   * @return the number of events, or a negated errno
   */
  public int poll(int epfd) {
    return result(Libc.epollPoll(epfd, events, CAPACITY, errno));
  }

  /**
   * Waits for events; the calling carrier or platform thread is blocked meanwhile.
   *
   * @param timeoutMillis negative waits without limit
   * @return the number of events, or a negated errno
   */
  public int await(int epfd, int timeoutMillis) {
    return result(Libc.epollWait(epfd, events, CAPACITY, timeoutMillis, errno));
  }

  private int result(int count) {
    return count >= 0 ? count : -errno.get(JAVA_INT, 0);
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
