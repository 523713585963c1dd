package gonet.internal.nio;

import gonet.internal.backend.Descriptor;
import gonet.internal.backend.Errno;
import gonet.internal.backend.Readiness;
import gonet.internal.backend.SyscallException;
import gonet.internal.backend.Unloading;
import gonet.internal.flight.Trace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Edges out of a selector's levels. A key stands in the selector without interest; {@link #arm}
 * adds the direction somebody is about to wait for, and the select that finds it ready takes it
 * away again before the sink hears of it. So each arming is answered once, and a level nobody waits
 * for costs nothing.
 *
 * <pre>
 *            arm(mode): interest |= mode, wake a blocked select
 *   quiet ----------------------------------------------------> armed
 *     ^                                                           |
 *     +---- sink.ready(mode) <---- interest &= ~mode <---- level -+
 * </pre>
 *
 * <p><b>Order.</b> Interest goes first and the sink second. Whoever arms before the removal is told
 * by the report that follows it; whoever arms after it has a new arming. The other order would lose
 * the first.
 *
 * <p><b>Leaving.</b> The JDK closes a registered channel's socket only after the selector has
 * processed the cancelled key, within some select. {@link #deregister} therefore waits for that: it
 * queues a {@link NioDeparture}, then does the select itself if nobody polls, or else wakes the
 * poller, which looks into the queue after each select. A departure is queued before its thread
 * tries the lock, and everybody who leaves the lock looks into the queue once more, so none is
 * forgotten when the poller stops at that moment.
 *
 * <p><b>Rest.</b> Where gonet may be unloaded, its selector is closed while nothing is registered
 * and nobody polls: it would stay open for ever, for nobody else knows it. A registration is made,
 * and the selector closed, under the same monitor, so none is made with a closed one.
 *
 * <p>One thread polls at a time; a second one gets zero at once, or waits for its turn if it wants
 * to block.
 */
final class NioReadiness implements Readiness {
  private static final long NANOS_PER_MILLI = 1_000_000;

  /** Written under the monitor of this object. */
  private volatile Selector selector;

  /** Whether the selector is closed until somebody registers. Guarded by that monitor as well. */
  private boolean resting;

  private final AtomicInteger registered = new AtomicInteger();
  private final ConcurrentLinkedQueue<NioDeparture> departures = new ConcurrentLinkedQueue<>();

  /** All there are: a selector that is broken tells of its keys no more. */
  private final Set<NioRegistration> registrations = ConcurrentHashMap.newKeySet();

  /** See {@link #failure}. */
  private volatile int failure;

  /** Asked at the start: at the end the loader of a class may be closed already. */
  private final boolean closesAtRest = Unloading.possible();

  /** Held by whoever is inside the selector, and while a batch is delivered. */
  private final ReentrantLock polling = new ReentrantLock();

  /** What the last select found. Guarded by {@link #polling}. */
  private final List<NioRegistration> batch = new ArrayList<>();

  private final Consumer<SelectionKey> collect = this::collect;

  private final Wakeup wakeup = new Wakeup();

  private final Runnable wakeSelector = this::wakeSelector;

  NioReadiness(Selector selector) {
    this.selector = selector;
    // Loads whatever a select needs: the poller must never wait for a class initialiser later.
    poll(0);
  }

  static Selector openSelector() throws SyscallException {
    try {
      return Selector.open();
    } catch (IOException e) {
      throw new SyscallException("select", NioErrors.errno(e));
    }
  }

  @Override
  public void rest() {
    if (closesAtRest) {
      closeSelector();
    }
  }

  /** Unless somebody has registered. */
  synchronized void closeSelector() {
    if (registered.get() == 0) {
      resting = true;
      close();
    }
  }

  @Override
  public synchronized void register(Descriptor descriptor, Sink sink) throws SyscallException {
    if (resting) {
      selector = openSelector();
      failure = 0;
      resting = false;
    }
    NioSocket nio = (NioSocket) descriptor;
    NioRegistration registration = new NioRegistration(sink);
    registrations.add(registration);
    try {
      nio.key(nio.channel().register(selector, 0, registration));
    } catch (ClosedChannelException | ClosedSelectorException e) {
      registrations.remove(registration);
      throw new SyscallException("select", NioErrors.errno(e));
    }
    registered.incrementAndGet();
  }

  @Override
  public void deregister(Descriptor descriptor) {
    NioSocket nio = (NioSocket) descriptor;
    SelectionKey key = nio.key();
    if (key == null) {
      return;
    }
    nio.key(null);
    NioRegistration registration = registration(key);
    registration.leave();
    registrations.remove(registration);
    key.cancel();
    if (registered.decrementAndGet() == 0) {
      // A select without limit may have begun before this, and have dropped the key already: it
      // would never see that there is nothing to wait for any more.
      wake();
    }
    awaitDropped(key.channel());
  }

  @Override
  public void arm(Descriptor descriptor, int mode) {
    NioSocket nio = (NioSocket) descriptor;
    SelectionKey key = nio.key();
    if (key == null) {
      return;
    }
    try {
      key.interestOpsOr(nio.interest(mode));
    } catch (CancelledKeyException e) {
      // Closed meanwhile: whoever closes wakes the waiting threads himself.
      return;
    }
    // The interest was queued under the selector's own lock, which a select takes after it began:
    // either it finds the change there, or this finds it blocking.
    wakeup.endSelect(wakeSelector);
  }

  @Override
  public int poll(long timeoutNanos) {
    if (timeoutNanos != 0) {
      polling.lock();
    } else if (!polling.tryLock()) {
      return 0;
    }
    try {
      try {
        select(timeoutNanos);
        settle();
        int reported = deliver();
        if (reported > 0) {
          Trace.batch(reported);
        }
        return reported;
      } finally {
        polling.unlock();
      }
    } finally {
      dropCancelled();
    }
  }

  @Override
  public void wake() {
    wakeup.endThisOrNext(wakeSelector);
  }

  private void wakeSelector() {
    selector.wakeup();
  }

  @Override
  public int registered() {
    return registered.get();
  }

  @Override
  public void close() {
    try {
      selector.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      // A closed selector has dropped all its keys.
      dropCancelled();
    }
  }

  private void select(long timeoutNanos) {
    try {
      if (timeoutNanos == 0) {
        selector.selectNow(collect);
        failure = 0;
        return;
      }
      // An interrupt would make this and every later select return at once. It means nothing to
      // the thread that polls, so it is dropped.
      boolean _ = Thread.interrupted();
      long nanos = wakeup.begin(timeoutNanos);
      if (nanos == 0) {
        selector.selectNow(collect);
      } else {
        selector.select(collect, nanos < 0 ? 0 : millisRoundedUp(nanos));
      }
      failure = 0;
    } catch (IOException e) {
      fail(NioErrors.errno(e));
      throw new UncheckedIOException(e);
    } catch (ClosedSelectorException e) {
      fail(Errno.EBADF);
      throw e;
    } finally {
      if (timeoutNanos != 0) {
        wakeup.end();
      }
    }
  }

  @Override
  public int failure() {
    return failure;
  }

  /**
   * The selector is broken, by native code that has closed its descriptor for instance. It cannot
   * be replaced: a channel that it holds would never be closed. So nobody shall wait by it.
   */
  private void fail(int errno) {
    if (failure == 0) {
      failure = errno;
      registrations.forEach(NioRegistration::fail);
    }
  }

  private static long millisRoundedUp(long nanos) {
    return nanos / NANOS_PER_MILLI + (nanos % NANOS_PER_MILLI == 0 ? 0 : 1);
  }

  /**
   * Called inside a select. The sinks are told after it, so that one of them may deregister, which
   * needs a select of its own.
   */
  private void collect(SelectionKey key) {
    try {
      int ready = key.readyOps() & key.interestOps();
      key.interestOpsAnd(~ready);
      NioRegistration registration = registration(key);
      registration.collect(ready);
      batch.add(registration);
    } catch (CancelledKeyException e) {
      // Cancelled after the kernel had reported it.
    }
  }

  /** For a select that only drops keys: interest stays, so the next poll finds the level again. */
  private static void ignore(SelectionKey key) {}

  /** Tells every sink, also those behind one that throws: their interest is gone already. */
  private int deliver() {
    Throwable first = null;
    for (NioRegistration registration : batch) {
      try {
        registration.deliver();
      } catch (RuntimeException | Error e) {
        first = first == null ? e : first;
      }
    }
    int count = batch.size();
    batch.clear();
    if (first instanceof Error e) {
      throw e;
    }
    if (first instanceof RuntimeException e) {
      throw e;
    }
    return count;
  }

  /**
   * Waits until the selector has let go. An interrupt must not end this, so the status is cleared
   * meanwhile (a park returns at once while it is set) and restored after.
   */
  private void awaitDropped(SelectableChannel channel) {
    if (!channel.isRegistered()) {
      return;
    }
    NioDeparture departure = new NioDeparture(channel);
    departures.add(departure);
    boolean interrupted = false;
    dropCancelled();
    while (!departure.done()) {
      wake();
      interrupted |= Thread.interrupted();
      departure.park();
      dropCancelled();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Does for the departures what a poll would do, if they wait and nobody polls. */
  private void dropCancelled() {
    while (!departures.isEmpty() && polling.tryLock()) {
      try {
        selector.selectNow(NioReadiness::ignore);
        settle();
      } catch (IOException | ClosedSelectorException e) {
        releaseAll();
      } finally {
        polling.unlock();
      }
    }
  }

  /** Lets those go whose key has been dropped. Guarded by {@link #polling}. */
  private void settle() {
    for (Iterator<NioDeparture> all = departures.iterator(); all.hasNext(); ) {
      NioDeparture departure = all.next();
      if (!departure.pending()) {
        all.remove();
        departure.complete();
      }
    }
  }

  /** A broken selector keeps ports busy; it must not keep threads as well. */
  private void releaseAll() {
    for (NioDeparture departure = departures.poll();
        departure != null;
        departure = departures.poll()) {
      departure.complete();
    }
  }

  private static NioRegistration registration(SelectionKey key) {
    @Nullable NioRegistration registration = (NioRegistration) key.attachment();
    if (registration == null) {
      throw new IllegalStateException("a key without its registration");
    }
    return registration;
  }
}
