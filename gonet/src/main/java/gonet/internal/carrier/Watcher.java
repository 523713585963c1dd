package gonet.internal.carrier;

import gonet.internal.poll.Poller;
import gonet.internal.time.Clock;
import gonet.internal.time.Daemons;
import gonet.internal.time.Persistent;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Sees that a carrier has been in one task for too long, because it computes, waits in native code
 * or waits while pinned, and gives its processor to a spare. Go: {@code sysmon} and {@code retake}.
 *
 * <p>It looks every {@link #TICK_NANOS}, and sooner while it has just handed over, so that many
 * stuck tasks in a row do not add up. It parks when every processor sleeps; whoever leaves sleep
 * writes its word first and looks whether the watcher is parked then, the watcher the other way
 * round, so one of them sees the other.
 *
 * <p>When nobody has had anything to do for long, it has all carriers leave, and then ends itself:
 *
 * <pre>
 *   parked --- nothing is registered, no task waits or is stuck, for idleNanos ---> ending
 *     ^                                                                               |
 *     |   a task or a descriptor has come, or it takes too long                       | the last
 *     +-------------------------------------------------------------------------------+ carrier has
 *     |                                                                               | left
 *     |   Group.ended: a task or a descriptor has come                                v
 *     +--------------------------------------------------------------------------- the end
 * </pre>
 *
 * A carrier leaves only when it would have slept otherwise, so it loses no task. Whoever brings one
 * while it leaves may call a leader that is gone; but this thread looks as long as it lasts, finds
 * a leader's processor without an owner, and starts another. The same look finds a carrier that has
 * died.
 *
 * <p>When there may be no more spares it polls itself, so that threads which wait for the network
 * while they are pinned are woken and give their carriers back.
 *
 * <p>All fields belong to the watcher's thread, except where they say otherwise.
 */
final class Watcher {
  private static final long TICK_NANOS = 5_000_000;
  private static final long SHORTEST_TICK_NANOS = 400_000;

  /** Looks without a hand-over, of which each takes two, before the next may take longer. */
  private static final int CALM_LOOKS = 8;

  /** Looks in a row without any task before it parks. */
  private static final int QUIET_LOOKS = 4;

  private static final long COMPLAINT_NANOS = 60_000_000_000L;

  /** Carriers that wait leave at once. If they have not by then, they have something to do. */
  private static final long ENDING_NANOS = 1_000_000_000L;

  private final Group group;
  private final Processor[] processors;
  private final Settings settings;

  /** What was seen of each processor the last time, and when the task in it was first seen. */
  private final long[] seen;

  private final long[] since;

  /** The time until the next look, and how long a task may take. Written by this thread alone. */
  private volatile long tick = TICK_NANOS;

  /** Looks since the last hand-over, and since the last task. */
  private int calm;

  private int quiet;

  /** Started, but in no stack: the one for the next hand-over. Written by this thread alone. */
  private volatile @Nullable Carrier reserve;

  /** All that a first leader needs is there. */
  private boolean prepared;

  private int spareCarriers;
  private int fewestSpares;
  private long retireAt;
  private long complainedAt;

  /** True while this thread is parked without limit. Whoever turns it to false unparks. */
  private volatile boolean parked;

  /** Null when it has ended. Written under the monitor of the group. */
  private volatile @Nullable Thread thread;

  /** Counted by this thread, read by tests and whoever wants to know. */
  private final AtomicLong handOvers = new AtomicLong();

  private final AtomicLong refusals = new AtomicLong();

  Watcher(Group group, Processor[] processors, Settings settings) {
    this.group = group;
    this.processors = processors;
    this.settings = settings;
    this.seen = new long[processors.length];
    this.since = new long[processors.length];
  }

  /** Starts the thread, which starts the leader. Called once, and again when it has ended. */
  void start() {
    Thread t = Poller.daemon("gonet-watcher", new Persistent(this::loop));
    thread = t;
    boolean started = false;
    try {
      Daemons.start(t);
      started = true;
    } finally {
      if (!started) {
        thread = null;
      }
    }
  }

  long tickNanos() {
    return tick;
  }

  /** Whether every processor sleeps and nobody is watched. */
  boolean parked() {
    return parked;
  }

  @Nullable Thread thread() {
    return thread;
  }

  /** Carriers that wait for a processor. */
  int spares() {
    return group.spares.size() + (reserve == null ? 0 : 1);
  }

  /** Processors taken away from carriers that were stuck in a task. */
  long handOvers() {
    return handOvers.get();
  }

  /** Processors left with a carrier that is stuck, because there may be no more spares. */
  long refusals() {
    return refusals.get();
  }

  /** A processor has just left sleep. */
  void somebodyRose() {
    if (parked) {
      parked = false;
      LockSupport.unpark(thread);
    }
  }

  @SuppressWarnings("ReferenceEquality") // a thread is equal to itself alone
  private void loop() {
    if (!prepared) {
      prepare();
      prepared = true;
    }
    retireAt = Clock.plus(Clock.now(), settings.retireNanos());
    // An Error behind the end must not make this one go on beside the next.
    long pause = 0;
    while (thread == Thread.currentThread()) {
      try {
        LockSupport.parkNanos(this, pause);
        pause = tick;
        var _ = Thread.interrupted(); // while the status is set a park returns at once
        reviveOwners();
        look();
      } catch (Throwable t) {
        group.reporter.failed("watcher", t); // not here: a logger's lock may be a stuck task's
      }
    }
  }

  /**
   * The JDK's own poller first: it makes virtual threads, and a virtual thread inherits the
   * scheduler of whoever makes it.
   */
  private void prepare() {
    try {
      Class.forName("sun.nio.ch.Poller");
    } catch (ClassNotFoundException | LinkageError e) {
      // A JDK without it has nothing that could inherit.
    }
    try {
      walkThrough();
    } catch (Throwable t) {
      Poller.failed("watcher", t);
    }
  }

  /** The leader's at first and after an end, and those of carriers that have died. */
  private void reviveOwners() {
    for (int i = 0; i < processors.length; i++) {
      if (processors[i].lacksOwner()) {
        processors[i].startOwner();
      }
    }
  }

  /**
   * Does once all that scheduling code does, so that it never waits for a class that a virtual
   * thread is loading or initializing.
   */
  private void walkThrough() {
    OwnerWord word = new OwnerWord();
    word.awake(0);
    long begun = word.beginTask();
    var _ = word.take(begun, 0);
    var _ = word.endTask(begun);
    word.sleep();
    RunQueue from = new RunQueue();
    RunQueue to = new RunQueue();
    var _ = from.push(this::somebodyRose);
    var _ = to.stealFrom(from);
    var _ = to.pop();
    var _ = group.kernel.poll(0);
    var _ = group.workWaits();
    group.measured(0);
    group.reporter.walkThrough();
    Carrier carrier = spare(); // ready for the first hand-over
    if (carrier != null) {
      group.spares.push(carrier);
      reserve = group.spares.pop();
    }
  }

  private void look() {
    long now = Clock.now();
    boolean handedOver = false;
    boolean active = false;
    for (int i = 0; i < processors.length; i++) {
      long word = processors[i].look();
      active |= word != seen[i] || !processors[i].asleep();
      if (!OwnerWord.inTask(word)) {
        seen[i] = word;
      } else if (settings.handOverNanos() > 0) {
        handedOver |= handOver(i, word);
        seen[i] = word;
      } else if (word != seen[i]) {
        seen[i] = word;
        since[i] = now;
      } else if (now - since[i] >= tick && (i == 0 || group.workWaits())) {
        handedOver |= handOver(i, word);
        group.measured(now - since[i]);
      }
    }
    adjust(handedOver);
    fewestSpares = Math.min(fewestSpares, group.spares.size());
    if (now >= retireAt) {
      retire(fewestSpares);
    }
    quiet = active ? 0 : quiet + 1;
    if (quiet >= QUIET_LOOKS) {
      calm = CALM_LOOKS;
      tick = settings.handOverNanos() > 0 ? settings.handOverNanos() : TICK_NANOS;
      park();
      quiet = 0;
    }
  }

  private void adjust(boolean handedOver) {
    calm = handedOver ? 0 : calm + 1;
    if (settings.handOverNanos() > 0) {
      tick = settings.handOverNanos();
    } else if (handedOver) {
      tick = Math.max(tick / 2, SHORTEST_TICK_NANOS);
    } else if (calm >= CALM_LOOKS) {
      tick = Math.min(tick * 2, TICK_NANOS);
    }
  }

  private boolean handOver(int i, long word) {
    Carrier carrier = spare();
    if (carrier == null) {
      refused(i);
      return false;
    }
    if (!processors[i].take(word, carrier.number())) {
      reserve = carrier;
      return false;
    }
    handOvers.incrementAndGet();
    processors[i].handedTo(carrier);
    carrier.serveNext(processors[i]);
    return true;
  }

  /** A carrier that waits for a processor: the reserve, one from the stack, or a new one. */
  private @Nullable Carrier spare() {
    Carrier carrier = reserve;
    reserve = null;
    if (carrier == null) {
      carrier = group.spares.pop();
    }
    if (carrier == null && spareCarriers < settings.spares()) {
      try {
        // Started before anything is taken: for want of memory it may fail.
        carrier = new Carrier(group, null);
        group.start(carrier);
        spareCarriers++;
      } catch (OutOfMemoryError e) {
        carrier = null;
      }
    }
    return carrier;
  }

  private void refused(int i) {
    refusals.incrementAndGet();
    if (i == 0) {
      var _ = group.kernel.poll(0); // what it wakes goes to the queue for all
    }
    if (group.workWaits()) {
      group.callAnother(processors[i]);
    }
    long now = Clock.now();
    if (complainedAt == 0 || now - complainedAt > COMPLAINT_NANOS) {
      complainedAt = now;
      group.reporter.held(processors.length + spareCarriers);
    }
  }

  private void retire(int count) {
    for (int i = 0; i < count; i++) {
      Carrier carrier = group.spares.pop();
      if (carrier == null) {
        break;
      }
      carrier.retire();
      spareCarriers--;
    }
    fewestSpares = group.spares.size();
    retireAt = Clock.plus(Clock.now(), settings.retireNanos());
  }

  /** Until a processor leaves sleep, or all have slept for so long that this ends. */
  private void park() {
    parked = true;
    for (Processor p : processors) {
      if (!p.asleep() || p.lacksOwner()) {
        parked = false;
        return;
      }
    }
    long idleAt = Clock.after(settings.idleNanos());
    while (parked) {
      var _ = Thread.interrupted();
      long left = Math.max(1, idleAt - Clock.now());
      if (spareCarriers == (reserve == null ? 0 : 1)) {
        LockSupport.parkNanos(this, left);
      } else {
        LockSupport.parkNanos(this, Math.min(left, settings.retireNanos()));
        if (parked) {
          retire(group.spares.size());
        }
      }
      if (parked && Clock.now() >= idleAt) {
        if (!group.isNeeded() && group.stuck() == 0) {
          parked = false;
          var _ = ended();
        } else {
          idleAt = Clock.after(settings.idleNanos());
        }
      }
    }
  }

  /** Has all carriers leave. False if there is something to do again, and this must go on. */
  private boolean ended() {
    boolean over = false;
    group.ending(true);
    try {
      long limit = Clock.after(ENDING_NANOS);
      while (group.carriers() > 0) {
        if (reserve != null) {
          group.spares.push(reserve);
          reserve = null;
        }
        retire(group.spares.size());
        group.rouse();
        LockSupport.parkNanos(this, SHORTEST_TICK_NANOS);
        var _ = Thread.interrupted();
        if (group.isNeeded() || Clock.now() > limit) {
          return false;
        }
      }
      over = group.ended(this::over);
      return over;
    } finally {
      if (!over) {
        group.ending(false);
      }
    }
  }

  /** Under the monitor of the group: all is as before the first start. */
  private void over() {
    group.ending(false);
    spareCarriers = 0; // there is no carrier at all
    thread = null;
  }
}
