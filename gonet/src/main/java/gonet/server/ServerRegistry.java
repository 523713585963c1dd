package gonet.server;

import gonet.NetAddr;
import gonet.internal.time.Clock;
import gonet.netip.Addr;
import gonet.netip.AddrPort;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The open connections of a server, how many there are and may be. One lock guards everything here;
 * it is taken when a connection comes and when it goes, and never held while waiting for a
 * connection or calling a user's code.
 */
final class ServerRegistry {
  /** A constant, because a lambda that is linked at the end of a stack stays broken. */
  @SuppressWarnings("UnnecessaryLambda")
  private static final BooleanSupplier NEVER = () -> false;

  private final ServerSettings settings;
  private final ReentrantLock lock = new ReentrantLock();

  /** Signalled when a connection or a thread has gone, and by {@link #lookAgain}. */
  private final Condition changed = lock.newCondition();

  /** A doubly linked list, newest first: an entry costs two references in the connection. */
  private @Nullable ServerConn newest;

  private final Map<Addr, Integer> perAddr = new HashMap<>();
  private final Map<Drop.Reason, Long> dropped = new EnumMap<>(Drop.Reason.class);

  private int open;
  private long accepted;
  private long ended;
  private long failed;
  private long idle;

  /** Since a connection was accepted until its handler had read something. Safe by itself. */
  final Latencies firstReads = new Latencies();

  /** The same until the kernel had taken something from it. Safe by itself. */
  final Latencies firstWrites = new Latencies();

  /** Of connections that have ended. */
  private long bytesRead;

  private long bytesWritten;

  /** Threads that the server has started for connections and that have not ended. */
  private final AtomicInteger running = new AtomicInteger();

  /** Threads that accept. */
  private int accepting;

  /** Those of them that wait for room. */
  private int wanting;

  /** Nothing is admitted any more. Written under the lock. */
  private volatile boolean closed;

  ServerRegistry(ServerSettings settings) {
    this.settings = settings;
    for (Drop.Reason reason : Drop.Reason.values()) {
      dropped.put(reason, 0L);
    }
  }

  // ---- coming ----------------------------------------------------------------------------------

  /**
   * Waits until there is room, if the server waits at all.
   *
   * @param givesUp whether the caller has no use for room any more; see {@link #lookAgain}
   * @return false when nothing is admitted any more
   */
  boolean awaitRoom(BooleanSupplier givesUp) {
    lock.lock();
    try {
      if (isFull()) {
        wanting++;
        changed.signalAll();
        while (isFull() && !givesUp.getAsBoolean()) {
          changed.awaitUninterruptibly();
        }
        wanting--;
      }
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  private boolean isFull() {
    return !closed && settings.whenFull() == WhenFull.WAIT && open >= settings.maxConns();
  }

  /**
   * Enters a connection, waiting for room if the server waits.
   *
   * @param known whether its address is known, and may be one too many; otherwise {@link
   *     #admitAddr} follows
   * @return null, or why it is not admitted
   */
  Drop.@Nullable Reason admit(ServerConn conn, boolean known) {
    Addr key = known ? key(conn.remoteAddr()) : null;
    lock.lock();
    try {
      Drop.Reason reason = null;
      if (!awaitRoom(NEVER)) {
        reason = Drop.Reason.CLOSED;
      } else if (open >= settings.maxConns()) {
        reason = Drop.Reason.MAX_CONNS;
      } else {
        reason = count(conn, key);
      }
      if (reason == null) {
        enter(conn);
      }
      return reason;
    } finally {
      lock.unlock();
    }
  }

  /** Counts an entered connection for its address, once that is known; null, or why not. */
  Drop.@Nullable Reason admitAddr(ServerConn conn) {
    Addr key = key(conn.remoteAddr());
    lock.lock();
    try {
      return conn.listing == ServerConn.LISTED
          ? count(conn, key)
          : null; // one that has gone counts no more
    } finally {
      lock.unlock();
    }
  }

  private Drop.@Nullable Reason count(ServerConn conn, @Nullable Addr key) {
    if (key != null) {
      if (perAddr.getOrDefault(key, 0) >= settings.maxPerAddr()) {
        return Drop.Reason.MAX_CONNS_PER_ADDR;
      }
      perAddr.put(key, perAddr.getOrDefault(key, 0) + 1);
      conn.countsFor(key);
    }
    return null;
  }

  private void enter(ServerConn conn) {
    open++;
    accepted++;
    if (conn.listing == ServerConn.GONE) {
      conn.listing = ServerConn.LISTED;
    }
    conn.after = newest;
    if (newest != null) {
      newest.before = conn;
    }
    newest = conn;
  }

  /** Which client an entered connection was counted for. Not under the lock: it may be asked. */
  private @Nullable Addr client(ServerConn conn) {
    Addr known = conn.countedFor();
    return known == null && conn.listing == ServerConn.COUNTED ? key(conn.remoteAddr()) : known;
  }

  /** Which client a connection counts for; null if clients are not counted. */
  private @Nullable Addr key(NetAddr remote) {
    AddrPort peer = settings.maxPerAddr() == ServerSettings.UNLIMITED ? null : remote.addrPort();
    if (peer == null) {
      return null;
    }
    Addr addr = peer.addr().unmap().withZone("");
    int bits = addr.is4() ? settings.ipv4Bits() : settings.ipv6Bits();
    return addr.prefix(bits).addr();
  }

  // ---- going -----------------------------------------------------------------------------------

  /** Removes a connection that has ended; harmless if it is gone already. */
  void leave(ServerConn conn) {
    Addr client = client(conn);
    lock.lock();
    try {
      if (conn.listing != ServerConn.GONE) {
        remove(conn, client);
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes back an entered connection that is not to be served: as if it had never been admitted.
   */
  void expel(ServerConn conn) {
    Addr client = client(conn);
    lock.lock();
    try {
      if (conn.listing != ServerConn.GONE) {
        remove(conn, client);
        accepted--;
        ended--;
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  private void remove(ServerConn conn, @Nullable Addr client) {
    if (conn.before == null) {
      newest = conn.after;
    } else {
      conn.before.after = conn.after;
    }
    if (conn.after != null) {
      conn.after.before = conn.before;
    }
    conn.before = null;
    conn.after = null;
    if (conn.listing == ServerConn.COUNTED && client != null) {
      int others = perAddr.getOrDefault(client, 1) - 1;
      if (others == 0) {
        perAddr.remove(client);
      } else {
        perAddr.put(client, others);
      }
    }
    count(conn);
  }

  /** One that was open is gone. */
  private void count(ServerConn conn) {
    open--;
    ended++;
    bytesRead += conn.bytesRead();
    bytesWritten += conn.bytesWritten();
    conn.listing = ServerConn.GONE;
  }

  /**
   * Admits nothing any more and gives up all that is open: the caller closes it. Takes no memory.
   *
   * @return the first of them; {@link ServerConn#after} leads to the next
   */
  @Nullable ServerConn takeAll() {
    lock.lock();
    try {
      closed = true;
      ServerConn first = newest;
      newest = null;
      for (ServerConn conn = first; conn != null; conn = conn.after) {
        conn.before = null;
        count(conn);
      }
      changed.signalAll();
      return first;
    } finally {
      lock.unlock();
    }
  }

  // ---- threads ---------------------------------------------------------------------------------

  /**
   * A thread for a connection begins: {@code by} is 1; or ends: −1. Takes no lock until the end.
   */
  void running(int by) {
    if (running.addAndGet(by) == 0 && closed) {
      lookAgain();
    }
  }

  /** A thread that accepts begins: {@code by} is 1; or ends: −1. */
  void accepting(int by) {
    lock.lock();
    try {
      accepting += by;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  int running() {
    return running.get();
  }

  // ---- waiting ---------------------------------------------------------------------------------

  boolean awaitNoneAccepting(LongSupplier limit) {
    return await(() -> accepting == 0, limit);
  }

  /** Whether it ended because a thread that accepts waits for room. */
  boolean awaitNoneAcceptingOrFull(LongSupplier limit) {
    return await(() -> accepting == 0 || wanting > 0, limit) && !isNoneAccepting();
  }

  boolean isNoneAccepting() {
    return locked(() -> accepting) == 0;
  }

  boolean isNoneOpen() {
    return open() == 0;
  }

  boolean awaitNoneRunning(LongSupplier limit) {
    return await(() -> running.get() == 0, limit);
  }

  /** Only waits, until the limit. */
  void awaitMoment(LongSupplier limit) {
    await(NEVER, limit);
  }

  /** Those who wait here look at their limits anew. */
  void lookAgain() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits for a condition over what the lock guards. Not ended by an interrupt. */
  boolean await(BooleanSupplier done, LongSupplier limit) {
    boolean interrupted = false;
    lock.lock();
    try {
      while (!done.getAsBoolean()) {
        long left = limit.getAsLong() - Clock.now();
        if (left <= 0) {
          return false;
        }
        try {
          var _ = changed.awaitNanos(left);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      return true;
    } finally {
      lock.unlock();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  // ---- counters --------------------------------------------------------------------------------

  void countDrop(Drop.Reason reason) {
    lock.lock();
    try {
      dropped.put(reason, dropped.getOrDefault(reason, 0L) + 1);
    } finally {
      lock.unlock();
    }
  }

  void countFailure() {
    lock.lock();
    try {
      failed++;
    } finally {
      lock.unlock();
    }
  }

  void countIdle() {
    lock.lock();
    try {
      idle++;
    } finally {
      lock.unlock();
    }
  }

  int open() {
    return locked(() -> open);
  }

  long ended() {
    lock.lock();
    try {
      return ended;
    } finally {
      lock.unlock();
    }
  }

  ServerStats stats(ServerState state) {
    lock.lock();
    try {
      long read = bytesRead;
      long written = bytesWritten;
      for (ServerConn conn = newest; conn != null; conn = conn.after) {
        read += conn.bytesRead();
        written += conn.bytesWritten();
      }
      return new ServerStats(
          state,
          open,
          accepted,
          ended,
          dropped,
          failed,
          idle,
          read,
          written,
          firstReads.snapshot(),
          firstWrites.snapshot());
    } finally {
      lock.unlock();
    }
  }

  /** All that are open, oldest first. */
  List<ServerConn> conns() {
    lock.lock();
    try {
      return list().reversed();
    } finally {
      lock.unlock();
    }
  }

  /** Calls for each that is open, under the lock: the action must not wait. */
  void forEach(Consumer<ServerConn> action) {
    lock.lock();
    try {
      for (ServerConn conn = newest; conn != null; conn = conn.after) {
        action.accept(conn);
      }
    } finally {
      lock.unlock();
    }
  }

  private List<ServerConn> list() {
    List<ServerConn> all = new ArrayList<>(open);
    for (ServerConn conn = newest; conn != null; conn = conn.after) {
      all.add(conn);
    }
    return all;
  }

  private int locked(IntSupplier read) {
    lock.lock();
    try {
      return read.getAsInt();
    } finally {
      lock.unlock();
    }
  }
}
