package gonet.internal.epoll;

import gonet.internal.backend.Descriptor;
import gonet.internal.backend.Errno;
import gonet.internal.backend.Sleepable;
import gonet.internal.backend.SyscallException;
import gonet.internal.backend.Unloading;
import gonet.internal.epoll.RegistrationTable.Registration;
import gonet.internal.flight.Trace;
import gonet.internal.sys.EpollCalls;
import gonet.internal.sys.EventBuffer;
import gonet.internal.sys.LastClose;
import gonet.internal.sys.Linux;
import gonet.internal.sys.SocketCalls;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * epoll(7), edge-triggered.
 *
 * <pre>
 *   outer epoll                      sleep() waits here
 *     `- inner epoll  ONESHOT        poll() looks here; armSleeper() re-enables it in the outer one
 *          |- socket  ET, both directions, registered once; without EPOLLOUT where the kernel
 *          |          tells all room, but while a write waits
 *          |- socket ...
 *          `- eventfd ET             wake() writes here; never read, each write is an edge
 * </pre>
 *
 * <p>An epoll descriptor is readable while its ready list is not empty, which is a level. So arming
 * after the last empty poll loses nothing that came in between.
 *
 * <p><b>Stale events.</b> Each registration has a sequence number of its own, which the kernel
 * hands back with every event. {@link #poll} reports only where it equals the number in the table,
 * so that an event already fetched for a closed socket cannot reach the next owner of its number.
 *
 * <p><b>Lost numbers.</b> Native code that closes a number twice closes somebody else's, one of
 * these for instance. Every call that fails for that reason replaces the set. The eventfd is not
 * looked after: whoever waits would have to be woken by it.
 *
 * <p><b>Wakes.</b> {@link #wakePending} is set from {@link #wake} until a waiting call has returned
 * for it. A poll that does not wait may take the eventfd's edge from a thread that does; it sees
 * the flag and writes again. If nobody waits it leaves the flag, and who comes to wait sees that:
 * who waits counts itself in first and looks at the flag then, so one of the two sees the other.
 */
public final class EpollReadiness implements Sleepable {
  private static final int READ_INTEREST =
      Linux.EPOLLIN | Linux.EPOLLRDHUP | Linux.EPOLLPRI | Linux.EPOLLET;
  private static final int INTEREST = READ_INTEREST | Linux.EPOLLOUT;

  private static final int READ_EVENTS =
      Linux.EPOLLIN | Linux.EPOLLRDHUP | Linux.EPOLLHUP | Linux.EPOLLERR | Linux.EPOLLPRI;
  private static final int WRITE_EVENTS = Linux.EPOLLOUT | Linux.EPOLLHUP | Linux.EPOLLERR;
  private static final int STICKY_EVENTS =
      Linux.EPOLLRDHUP | Linux.EPOLLHUP | Linux.EPOLLERR | Linux.EPOLLPRI;
  private static final int HANGUP_EVENTS = Linux.EPOLLRDHUP | Linux.EPOLLHUP;

  private static final long NANOS_PER_MILLI = 1_000_000;

  /** A constant, because a lambda that is linked at the end of a stack stays broken. */
  @SuppressWarnings("UnnecessaryLambda")
  private static final Consumer<Registration> TELL_ALL = r -> r.sink().ready(READ | WRITE);

  private static final System.Logger LOG = System.getLogger("gonet.poll");

  private static final int BUFFERS = 8;

  // Their places in lastClose.
  private static final int INNER = 0;
  private static final int OUTER = 1;
  private static final int EVENTFD = 2;

  /** The three numbers. Written under {@link #repairing}, when one has been lost. */
  private volatile int inner;

  private volatile int outer;
  private volatile int eventfd;

  /** Closes them after this object's end; null where only the process' end ends it. */
  private final @Nullable LastClose lastClose;

  /** Held by whoever replaces a number; the others go on without waiting. */
  private final ReentrantLock repairing = new ReentrantLock();

  /** See {@link #failure}. */
  private volatile int failure;

  private final RegistrationTable table = new RegistrationTable();
  private final AtomicInteger sequences = new AtomicInteger();
  private final AtomicInteger registered = new AtomicInteger();
  private final AtomicBoolean wakePending = new AtomicBoolean();

  /** Threads inside of a call that waits. */
  private final AtomicInteger waiters = new AtomicInteger();

  /** For as many threads as poll at the same time; one that finds none makes its own. */
  private final AtomicReferenceArray<@Nullable EventBuffer> buffers =
      new AtomicReferenceArray<>(BUFFERS);

  /** Used by the sleeping thread alone. */
  private final EventBuffer outerEvents = new EventBuffer();

  private EpollReadiness(int inner, int outer, int eventfd) {
    this.inner = inner;
    this.outer = outer;
    this.eventfd = eventfd;
    this.lastClose = Unloading.possible() ? LastClose.of(inner, outer, eventfd) : null;
    buffers.setPlain(0, new EventBuffer());
  }

  /**
   * Opens the three descriptors and walks once through everything a poller does, so that no class
   * is left to initialise for a thread on which all others may be waiting.
   */
  static EpollReadiness open() throws SyscallException {
    int[] opened = {-1, -1, -1};
    try {
      opened[0] = check("epoll_create1", EpollCalls.create());
      opened[1] = check("epoll_create1", EpollCalls.create());
      opened[2] = check("eventfd", EpollCalls.eventfd());
      check("epoll_ctl", EpollCalls.add(opened[0], opened[2], Linux.EPOLLIN | Linux.EPOLLET, 0));
      check("epoll_ctl", EpollCalls.add(opened[1], opened[0], Linux.EPOLLONESHOT, 0));
      EpollReadiness readiness = new EpollReadiness(opened[0], opened[1], opened[2]);
      readiness.warmUp();
      return readiness;
    } catch (SyscallException e) {
      for (int fd : opened) {
        if (fd >= 0) {
          var _ = SocketCalls.close(fd);
        }
      }
      throw e;
    }
  }

  private void warmUp() {
    wake();
    armSleeper();
    var _ = sleep(0);
    var _ = poll(0);
    wake();
    var _ = poll(NANOS_PER_MILLI);
    var _ = table.get(eventfd);
  }

  @Override
  public void register(Descriptor descriptor, Sink sink) throws SyscallException {
    int fd = descriptor.number();
    Registration registration = new Registration(descriptor, sink, sequences.incrementAndGet());
    // Before the kernel knows it: the first event may come before epoll_ctl returns.
    if (table.put(fd, registration) == null) {
      registered.incrementAndGet();
    }
    int interest = descriptor.tellsAllRoom() ? READ_INTEREST : INTEREST;
    int set = inner;
    int result = add(set, registration, interest);
    if (result < 0 && lost(-result)) {
      // Not this descriptor, which is held open.
      String what = replaceInner(set, "epoll_ctl", -result);
      if (what != null) {
        LOG.log(System.Logger.Level.ERROR, what);
      }
      result = add(inner, registration, interest);
    }
    if (result < 0) {
      forget(fd, registration);
      throw new SyscallException("epoll_ctl", -result);
    }
  }

  private static int add(int set, Registration registration, int interest) {
    int fd = registration.descriptor().number();
    int result = EpollCalls.add(set, fd, interest, registration.sequence());
    // There already if an Error has hidden the result of an earlier try, or if the set is new. To
    // modify is to be told what is true now.
    return result == -Errno.EEXIST
        ? EpollCalls.modify(set, fd, interest, registration.sequence())
        : result;
  }

  private void forget(int fd, Registration registration) {
    if (table.remove(fd, registration)) {
      registered.decrementAndGet();
    }
  }

  @Override
  public void deregister(Descriptor descriptor) {
    int fd = descriptor.number();
    Registration registration = table.get(fd);
    if (registration == null || !registration.descriptor().equals(descriptor)) {
      return;
    }
    // Said to the kernel although close would imply it: a duplicate of the descriptor, in a child
    // for instance, keeps the open file description and its registration alive (epoll(7), Q6).
    try {
      var _ = EpollCalls.delete(inner, fd);
    } finally {
      forget(fd, registration);
    }
  }

  @Override
  public int failure() {
    return failure;
  }

  // ---- when a descriptor is taken away ---------------------------------------------------------

  /**
   * What the kernel says when a number is no epoll descriptor of ours any more: somebody in this
   * process has closed a number that was not his, and perhaps another has got it since. So the lost
   * number is never closed here.
   */
  private static boolean lost(int errno) {
    return errno == Errno.EBADF || errno == Errno.EINVAL || errno == Errno.ENOENT;
  }

  /**
   * A call on the inner set has failed for good: makes a new one, with all that is registered.
   * Whoever still waits in the old one is woken, and whoever sleeps on the outer set sleeps on.
   *
   * @return what has happened, for the log; null if another thread is at it or has done it
   */
  private @Nullable String replaceInner(int lost, String call, int errno) {
    if (!repairing.tryLock()) {
      return null;
    }
    try {
      if (inner != lost || holdsEventfd(lost)) {
        return null; // the new one may have got the number of the old one
      }
      atLast(INNER, -1);
      int fresh = EpollCalls.create();
      if (fresh < 0) {
        return fail(call, errno, "epoll_create1", -fresh);
      }
      int result = EpollCalls.add(fresh, eventfd, Linux.EPOLLIN | Linux.EPOLLET, 0);
      if (result < 0) {
        var _ = SocketCalls.close(fresh);
        return fail(call, errno, "epoll_ctl", -result);
      }
      atLast(INNER, fresh);
      inner = fresh;
      table.forEach(r -> EpollCalls.add(fresh, r.descriptor().number(), INTEREST, r.sequence()));
      failure = 0;
      var _ = EpollCalls.add(outer, fresh, Linux.EPOLLIN | Linux.EPOLLONESHOT, 0);
      wakePending.set(false);
      wake();
      return told(call, errno, "it is replaced, with " + registered.get() + " registrations");
    } finally {
      repairing.unlock();
    }
  }

  private boolean holdsEventfd(int set) {
    return EpollCalls.modify(set, eventfd, Linux.EPOLLIN | Linux.EPOLLET, 0) >= 0;
  }

  private boolean holdsInner(int set) {
    return EpollCalls.modify(set, inner, Linux.EPOLLIN | Linux.EPOLLONESHOT, 0) >= 0;
  }

  /** The same for the outer set. */
  private @Nullable String replaceOuter(int lost, String call, int errno) {
    if (!repairing.tryLock()) {
      return null;
    }
    try {
      if (outer != lost || holdsInner(lost)) {
        return null;
      }
      atLast(OUTER, -1);
      int fresh = EpollCalls.create();
      if (fresh < 0) {
        return fail(call, errno, "epoll_create1", -fresh);
      }
      int result = EpollCalls.add(fresh, inner, Linux.EPOLLIN | Linux.EPOLLONESHOT, 0);
      if (result < 0) {
        var _ = SocketCalls.close(fresh);
        return fail(call, errno, "epoll_ctl", -result);
      }
      atLast(OUTER, fresh);
      outer = fresh;
      failure = 0;
      return told(call, errno, "it is replaced");
    } finally {
      repairing.unlock();
    }
  }

  /** Nobody is told of anything any more, so nobody shall wait. */
  private String fail(String call, int errno, String making, int reason) {
    if (failure == 0) {
      failure = errno;
      table.forEach(TELL_ALL);
    }
    return told(call, errno, "and cannot be replaced, " + making + ": " + Errno.name(reason));
  }

  private static String told(String call, int errno, String more) {
    return "somebody has closed a descriptor of gonet's ("
        + call
        + ": "
        + Errno.name(errno)
        + "); "
        + more;
  }

  /** By throwing, because a thread that polls must not log here; its loop knows how. */
  private static void complain(@Nullable String what) {
    if (what != null) {
      throw new IllegalStateException(what);
    }
  }

  /** Edges come unasked, but for room where all of it is told. */
  @Override
  public void arm(Descriptor descriptor, int mode) {
    if (mode == WRITE && descriptor.tellsAllRoom()) {
      listen(descriptor, INTEREST);
    }
  }

  @Override
  public void disarm(Descriptor descriptor) {
    if (descriptor.tellsAllRoom()) {
      listen(descriptor, READ_INTEREST);
    }
  }

  /** To modify is to be told what is true now, so no edge is lost. */
  private void listen(Descriptor descriptor, int interest) {
    Registration registration = table.get(descriptor.number());
    if (registration == null || !registration.descriptor().equals(descriptor)) {
      return; // of another lane
    }
    int set = inner;
    int fd = descriptor.number();
    int result = EpollCalls.modify(set, fd, interest, registration.sequence());
    if (result < 0 && lost(-result)) {
      // The new set listens to everything, so that it holds who waits in the old one.
      complain(replaceInner(set, "epoll_ctl", -result));
    }
  }

  @Override
  public int poll(long timeoutNanos) {
    EventBuffer buffer = takeBuffer();
    try {
      if (timeoutNanos == 0) {
        int set = inner;
        int count = buffer.poll(set);
        return count > 0 ? deliver(buffer, count, false) : nothing(set, count);
      }
      waiters.incrementAndGet();
      int set = inner;
      int count;
      try {
        count = buffer.await(set, wakePending.getAndSet(false) ? 0 : millis(timeoutNanos));
      } finally {
        waiters.decrementAndGet();
      }
      return count > 0 ? deliver(buffer, count, true) : nothing(set, count);
    } finally {
      releaseBuffer(buffer);
    }
  }

  private int nothing(int set, int count) {
    if (count < 0 && lost(-count)) {
      complain(replaceInner(set, "epoll_wait", -count));
    }
    return 0;
  }

  private EventBuffer takeBuffer() {
    for (int i = 0; i < BUFFERS; i++) {
      EventBuffer buffer = buffers.getAndSet(i, null);
      if (buffer != null) {
        return buffer;
      }
    }
    return new EventBuffer();
  }

  private void releaseBuffer(EventBuffer buffer) {
    for (int i = 0; i < BUFFERS; i++) {
      if (buffers.getPlain(i) == null && buffers.compareAndSet(i, null, buffer)) {
        return;
      }
    }
  }

  /** Reports every event of the batch, whatever the sinks throw, and only then rethrows. */
  private int deliver(EventBuffer buffer, int count, boolean waited) {
    int reported = 0;
    Throwable failure = null;
    for (int i = 0; i < count; i++) {
      int fd = buffer.fd(i);
      if (fd == eventfd) {
        woken(waited);
        continue;
      }
      Registration registration = table.get(fd);
      if (registration == null || registration.sequence() != buffer.sequence(i)) {
        continue;
      }
      try {
        registration.sink().ready(ready(buffer.events(i)));
      } catch (Throwable t) {
        failure = failure == null ? t : failure;
      }
      reported++;
    }
    if (failure != null) {
      throw new IllegalStateException("a sink threw", failure);
    }
    if (reported > 0) {
      Trace.batch(reported);
    }
    return reported;
  }

  private void woken(boolean waited) {
    if (waited) {
      wakePending.set(false);
    } else if (wakePending.get() && waiters.get() > 0) {
      // The edge was meant for a thread that waits.
      var _ = EpollCalls.signal(eventfd);
    }
  }

  static int ready(int events) {
    return ((events & READ_EVENTS) != 0 ? READ : 0)
        | ((events & WRITE_EVENTS) != 0 ? WRITE : 0)
        | ((events & STICKY_EVENTS) != 0 ? STICKY : 0)
        | ((events & HANGUP_EVENTS) != 0 ? HANGUP : 0);
  }

  /** Needs no heap: whoever brings a task to a lane has no other way to tell that. */
  @Override
  public void wake() {
    if (!wakePending.getAndSet(true)) {
      boolean signalled = false;
      try {
        signalled = EpollCalls.signal(eventfd) >= 0;
      } finally {
        if (!signalled) {
          wakePending.set(false); // or no later wake would try
        }
      }
    }
  }

  @Override
  public void armSleeper() {
    int set = outer;
    int watched = inner;
    int result = EpollCalls.modify(set, watched, Linux.EPOLLIN | Linux.EPOLLONESHOT, 0);
    if (result >= 0 || !lost(-result)) {
      return;
    }
    // Which of the two it is, the other's call tells.
    if (!holdsEventfd(watched)) {
      complain(replaceInner(watched, "epoll_ctl", -result));
    } else {
      complain(replaceOuter(set, "epoll_ctl", -result));
    }
  }

  @Override
  public boolean sleep(long timeoutNanos) {
    waiters.incrementAndGet();
    int set = outer;
    int count;
    try {
      count = outerEvents.await(set, millis(timeoutNanos));
      if (count > 0) {
        wakePending.set(false);
      }
    } finally {
      waiters.decrementAndGet();
    }
    if (count < 0 && lost(-count)) {
      complain(replaceOuter(set, "epoll_wait", -count));
    }
    return count > 0;
  }

  /** epoll_wait's unit. Rounded up, so that no wait is shorter than it was asked to be. */
  private static int millis(long nanos) {
    if (nanos < 0) {
      return -1;
    }
    long millis = nanos / NANOS_PER_MILLI + (nanos % NANOS_PER_MILLI == 0 ? 0 : 1);
    return (int) Math.min(millis, Integer.MAX_VALUE);
  }

  @Override
  public int registered() {
    return registered.get();
  }

  /** How many times a descriptor was added since this was opened, which is once for each. */
  public int registrations() {
    return sequences.get();
  }

  /** What is to be closed in the end: not what is somebody else's. */
  private void atLast(int place, int number) {
    if (lastClose != null) {
      lastClose.set(place, number);
    }
  }

  @Override
  public void close() {
    atLast(INNER, -1);
    atLast(OUTER, -1);
    atLast(EVENTFD, -1);
    var _ = SocketCalls.close(outer);
    var _ = SocketCalls.close(inner);
    var _ = SocketCalls.close(eventfd);
  }

  private static int check(String call, int result) throws SyscallException {
    if (result < 0) {
      throw new SyscallException(call, -result);
    }
    return result;
  }
}
