package gonet.test;

import gonet.Net;
import gonet.internal.backend.Errno;
import gonet.internal.backend.Hooks;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Makes system calls fail that would not fail, for as long as it is open:
 *
 * <pre>{@code
 * try (Faults faults = Faults.begin()) {
 *   faults.failEvery(Call.RECEIVE, 3, Failure.EINTR).shortWrites(7);
 *   ...
 * }
 * }</pre>
 *
 * <p>Only what the kernel itself might do: an invented EAGAIN, or a read that takes less than there
 * is, is followed by the edge that the kernel would send in such a case; an EINTR of connect or
 * close comes after the deed (connect(2), close(2)). All connections of the process are hit, so let
 * the other side be a {@link BadPeer} or another socket of the JDK.
 *
 * <p>{@link #install} has to run before gonet makes its backend: from a static initializer of the
 * test, or by {@link FaultsInstaller}. One instance at a time; all methods are safe for any thread.
 */
public final class Faults implements AutoCloseable {

  /** Where a call can fail. */
  public enum Call {
    OPEN("socket"),
    BIND("bind"),
    LISTEN("listen"),
    ACCEPT("accept4"),
    CONNECT("connect"),
    FINISH_CONNECT("getsockopt"),
    RECEIVE("recv"),
    PROBE("recv"),
    SEND("send"),
    PIPE("pipe2"),
    SPLICE_INTO("splice"),
    SPLICE_FROM("splice"),
    SHUTDOWN("shutdown"),
    SET_OPTION("setsockopt"),
    GET_OPTION("getsockopt"),
    LOCAL_ADDR("getsockname"),
    REMOTE_ADDR("getpeername"),
    REGISTER("epoll_ctl"),
    CLOSE("close");

    final String syscall;

    Call(String syscall) {
      this.syscall = syscall;
    }
  }

  /** What a call can fail with, by the names of errno(3). */
  public enum Failure {
    EINTR(Errno.EINTR),
    EAGAIN(Errno.EAGAIN),
    ENOMEM(Errno.ENOMEM),
    EACCES(Errno.EACCES),
    EINVAL(Errno.EINVAL),
    ENFILE(Errno.ENFILE),
    EMFILE(Errno.EMFILE),
    EPIPE(Errno.EPIPE),
    EADDRINUSE(Errno.EADDRINUSE),
    EADDRNOTAVAIL(Errno.EADDRNOTAVAIL),
    ENETUNREACH(Errno.ENETUNREACH),
    ECONNABORTED(Errno.ECONNABORTED),
    ECONNRESET(Errno.ECONNRESET),
    ENOBUFS(Errno.ENOBUFS),
    ETIMEDOUT(Errno.ETIMEDOUT),
    ECONNREFUSED(Errno.ECONNREFUSED),
    EHOSTUNREACH(Errno.EHOSTUNREACH);

    final int errno;

    Failure(int errno) {
      this.errno = errno;
    }
  }

  private static volatile boolean installed;

  /** The instance that is open. Written under the class' monitor. */
  private static volatile @Nullable Faults current;

  private final Map<Call, List<Rule>> rules = new EnumMap<>(Call.class);
  private final Map<Call, LongAdder> calls = new EnumMap<>(Call.class);
  private final Map<Call, LongAdder> injected = new EnumMap<>(Call.class);
  private volatile int longestRead = Integer.MAX_VALUE;
  private volatile int longestWrite = Integer.MAX_VALUE;

  private Faults() {
    for (Call call : Call.values()) {
      rules.put(call, new CopyOnWriteArrayList<>());
      calls.put(call, new LongAdder());
      injected.put(call, new LongAdder());
    }
  }

  /**
   * Puts the switch between gonet and the operating system. A second call has no effect.
   *
   * @throws IllegalStateException if gonet has its backend already
   */
  public static synchronized void install() {
    if (!installed) {
      if (!Net.stats().backend().equals("none")) {
        throw new IllegalStateException("gonet has made its backend before the switch was there");
      }
      Hooks.backend(FaultyBackend::new);
      installed = true;
    }
  }

  /**
   * Opens the switch; nothing fails yet.
   *
   * @throws IllegalStateException if it is not installed, or another instance is open
   */
  public static synchronized Faults begin() {
    if (!installed) {
      throw new IllegalStateException("Faults.install() has to run before gonet is first used");
    }
    if (current != null) {
      throw new IllegalStateException("another Faults is open");
    }
    Faults faults = new Faults();
    current = faults;
    return faults;
  }

  /** Nothing fails any more. */
  @Override
  public void close() {
    synchronized (Faults.class) {
      current = null;
    }
  }

  /** The next {@code times} calls fail so. */
  public Faults failNext(Call call, int times, Failure failure) {
    return failNext(call, times, failure.errno);
  }

  /** Every {@code nth} call fails so; no success in between if {@code nth} is 1. */
  public Faults failEvery(Call call, int nth, Failure failure) {
    return failEvery(call, nth, failure.errno);
  }

  /** As the other one, with any {@code errno} of Linux, which is positive. */
  public Faults failNext(Call call, int times, int errno) {
    return add(call, new Rule(1, errno, times));
  }

  /** As the other one, with any {@code errno} of Linux, which is positive. */
  public Faults failEvery(Call call, int nth, int errno) {
    return add(call, new Rule(nth, errno, Integer.MAX_VALUE));
  }

  /** No write of one system call sends more than {@code bytes}. */
  public Faults shortWrites(int bytes) {
    longestWrite = bytes;
    return this;
  }

  /** No read of one system call takes more than {@code bytes}. */
  public Faults shortReads(int bytes) {
    longestRead = bytes;
    return this;
  }

  /** How often {@code call} was made, the failed ones included. */
  public long calls(Call call) {
    return of(calls, call).sum();
  }

  /** How often {@code call} was made to fail. */
  public long injected(Call call) {
    return of(injected, call).sum();
  }

  private Faults add(Call call, Rule rule) {
    if (call == Call.FINISH_CONNECT && isNoFailure(rule.errno)) {
      throw new IllegalArgumentException("no kernel answers that here, and no edge would follow");
    }
    of(rules, call).add(rule);
    return this;
  }

  private static boolean isNoFailure(int errno) {
    return errno == Errno.EAGAIN || errno == Errno.EINTR;
  }

  // ---- what the decorators ask -----------------------------------------------------------------

  /** Counts a call and tells whether it shall fail: a positive errno, or zero. */
  static int errno(Call call) {
    Faults faults = current;
    return faults == null ? 0 : faults.next(call);
  }

  /** How much of {@code len} one read may take. */
  static int readable(int len) {
    Faults faults = current;
    return faults == null ? len : Math.min(len, faults.longestRead);
  }

  /** How much of {@code len} one write may send. */
  static int writable(int len) {
    Faults faults = current;
    return faults == null ? len : Math.min(len, faults.longestWrite);
  }

  private int next(Call call) {
    of(calls, call).increment();
    for (Rule rule : of(rules, call)) {
      if (rule.hits()) {
        of(injected, call).increment();
        return rule.errno;
      }
    }
    return 0;
  }

  private static <T> T of(Map<Call, T> map, Call call) {
    T value = map.get(call);
    if (value == null) {
      throw new AssertionError(call);
    }
    return value;
  }

  /** Every nth call fails with errno, until it did so often enough. */
  private static final class Rule {
    final int errno;
    private final int nth;
    private final AtomicInteger seen = new AtomicInteger();
    private final AtomicInteger left;

    Rule(int nth, int errno, int times) {
      this.nth = nth;
      this.errno = errno;
      left = new AtomicInteger(times);
    }

    boolean hits() {
      return seen.incrementAndGet() % nth == 0
          && left.getAndUpdate(n -> Math.max(0, n - (n == Integer.MAX_VALUE ? 0 : 1))) > 0;
    }
  }
}
