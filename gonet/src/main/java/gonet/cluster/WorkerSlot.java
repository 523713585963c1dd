package gonet.cluster;

import gonet.cluster.WorkerStatus.State;
import gonet.internal.time.Clock;
import gonet.internal.time.Durations;
import gonet.internal.time.Pause;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Looks after one worker: starts its process, sees it become ready and die, starts the next one
 * after a while, and ends it at last. One thread lives through all of that, and hears of everything
 * by events; {@link WorkerStatus.State} draws the states. An event tells its process or link, so
 * that a late one of an earlier process is known as such.
 */
final class WorkerSlot {
  private static final System.Logger LOG = System.getLogger("gonet.cluster");

  private static final int TOKEN_BYTES = 16;

  /**
   * With REUSEPORT a worker that is back after a longer pause than that gets a new socket, and so
   * does one that was not ready: what the kernel sends to the old one would wait for all its tries.
   */
  private static final long LONG_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final long FAILURE_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  /** How soon it is looked whether a process that was killed has ended. */
  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** How long the end of the link of a process that has ended is waited for. */
  private static final long LAST_MOMENT_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** What happens to a worker. */
  sealed interface Event {}

  /** Its process has said who it is. */
  record Connected(WorkerLink link) implements Event {}

  /** It is ready. */
  record Ready(WorkerLink link) implements Event {}

  /**
   * It speaks no more, and everything that it has said was heard.
   *
   * @param fault for which the primary has left it; null if it went of itself
   */
  record Gone(WorkerLink link, @Nullable String fault) implements Event {}

  /** A process has ended. */
  record Exited(Process process) implements Event {}

  /** Perhaps the cluster ends, or ends sooner than it was said. */
  enum Stop implements Event {
    /** The only one. */
    STOP
  }

  /** How a process ended that was to end. */
  enum Outcome {
    NONE,
    DRAINED,
    FAILED,
    KILLED
  }

  private final Cluster cluster;
  private final ClusterBuilder settings;
  private final int number;
  private final BackOff backOff;
  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private final CountDownLatch ended = new CountDownLatch(1);

  // Written by the slot's thread, under the monitor of this object.
  private State state = State.STARTING;
  private long pid;
  private int starts;
  private @Nullable String lastEnd;
  private int failedStarts;

  // Guarded by the monitor of this object.
  private @Nullable String token; // null when its process has come, or there is none
  private @Nullable String current; // the token of the process, come or not

  private volatile @Nullable Thread thread; // the slot's

  // Of the slot's thread alone.
  private @Nullable Process process;
  private @Nullable WorkerLink link;
  private boolean killed; // behind the grace
  private boolean drains; // it is to end, and was told so by its link or a signal
  private boolean told; // by its link
  private String why = "";
  private volatile Outcome outcome = Outcome.NONE;

  WorkerSlot(Cluster cluster, ClusterBuilder settings, int number) {
    this.cluster = cluster;
    this.settings = settings;
    this.number = number;
    this.backOff =
        new BackOff(
            Durations.positiveNanos(settings.firstBackOff, "first back-off"),
            Durations.positiveNanos(settings.maxBackOff, "longest back-off"),
            Durations.positiveNanos(settings.healthy, "time of health"));
  }

  int number() {
    return number;
  }

  void add(Event event) {
    events.add(event);
  }

  /** Whether the process with this token may come: it is the slot's, and has not come yet. */
  synchronized boolean admit(String shown) {
    boolean known = shown.equals(token);
    if (known) {
      token = null;
    }
    return known;
  }

  /** Whether it is the token of the process that there is. */
  synchronized boolean knows(String shown) {
    return shown.equals(current);
  }

  synchronized WorkerStatus status() {
    return new WorkerStatus(number, pid, state, starts, lastEnd);
  }

  /** Why a process was never ready, if one was not and none has been since. */
  synchronized @Nullable String failure() {
    return failedStarts > 0 && state != State.READY ? lastEnd : null;
  }

  boolean hasEnded() {
    return ended.getCount() == 0;
  }

  void awaitEnd() throws InterruptedException {
    ended.await();
  }

  Outcome outcome() {
    return outcome;
  }

  /** Whether the caller is on the slot's thread, as callbacks are: it must not wait for the end. */
  boolean isOwnThread() {
    return Thread.currentThread().equals(thread);
  }

  // ---- the slot's thread -----------------------------------------------------------------------

  void run() {
    thread = Thread.currentThread();
    try {
      while (!cluster.isEnding()) {
        oneLife();
      }
    } catch (InterruptedException e) {
      log(Level.DEBUG, this + " is looked after no more", e); // nobody does
    } finally {
      try {
        for (Event event = events.poll(); event != null; event = events.poll()) {
          if (event instanceof Connected late) { // of a process that has ended since
            late.link.close();
          }
        }
        change(State.ENDED);
      } finally {
        ended.countDown(); // the cluster's end waits for it
      }
    }
  }

  /** No Error ends the slot: nobody else would replace its worker. */
  private void oneLife() throws InterruptedException {
    try {
      pauseBehind(oneProcess());
    } catch (RuntimeException | Error e) {
      log(Level.ERROR, this + " is started anew", e);
      Pause.afterFailure(FAILURE_PAUSE_NANOS);
    }
  }

  private void pauseBehind(long readyNanos) throws InterruptedException {
    long pause = backOff.after(readyNanos);
    if (cluster.isEnding()) {
      return;
    }
    if (pause > LONG_PAUSE_NANOS || readyNanos == 0) { // the next one may not get ready either
      cluster.ports().release(number);
    }
    long millis = TimeUnit.NANOSECONDS.toMillis(pause);
    log(Level.WARNING, this + " " + why + "; the next process starts in " + millis + " ms", null);
    change(State.PAUSING);
    long until = Clock.after(pause);
    while (!cluster.isEnding() && next(until) != null) {
      // Of a process that is gone already, or the end.
    }
  }

  /** Null at that moment. */
  private @Nullable Event next(long until) throws InterruptedException {
    Event event = events.poll(Math.max(0, until - Clock.now()), TimeUnit.NANOSECONDS);
    if (event instanceof Connected late && !knows(late.link.token())) {
      late.link.close();
    }
    return event;
  }

  /** From the start of a process to its end; how long it was ready. */
  private long oneProcess() throws InterruptedException {
    killed = false;
    drains = false;
    told = false;
    long readyAt = 0;
    try {
      change(State.STARTING);
      Process started = begin();
      readyAt = live(started);
      settle(started, readyAt);
    } catch (IOException | RuntimeException | Error e) {
      why = "could not start: " + e.getMessage();
      log(Level.DEBUG, this + " " + why, e);
    } finally {
      forgetProcess();
    }
    boolean wasReady = readyAt != 0;
    synchronized (this) {
      lastEnd = why;
      failedStarts = wasReady ? 0 : failedStarts + 1;
    }
    cluster.changed();
    return wasReady ? Clock.now() - readyAt : 0;
  }

  private Process begin() throws IOException {
    byte[] secret = new byte[TOKEN_BYTES];
    new SecureRandom().nextBytes(secret);
    String made = HexFormat.of().formatHex(secret);
    synchronized (this) {
      token = made;
      current = made;
    }
    ProcessBuilder builder =
        new ProcessBuilder(Objects.requireNonNull(settings.command))
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(Redirect.INHERIT)
            .redirectError(Redirect.INHERIT);
    if (settings.ownCommand) {
      OwnCommand.clean(builder.environment());
    }
    String variable = cluster.linkAddress() + " " + made;
    builder.environment().put(ClusterLink.VARIABLE, variable);
    settings.process.accept(builder);
    var _ = Thread.interrupted(); // as behind tell
    // Again: without it the process of a program that cleared its environment would take itself
    // for a primary, and start workers of its own, and these as well.
    builder.environment().put(ClusterLink.VARIABLE, variable);
    requireNoPipes(builder);
    Process started = builder.start();
    process = started;
    synchronized (this) {
      pid = started.pid();
      starts++;
    }
    cluster.changed();
    tell();
    var _ = started.onExit().thenAccept(ended -> add(new Exited(ended)));
    return started;
  }

  /** A pipe is full one day, and the worker stands still then. */
  private static void requireNoPipes(ProcessBuilder builder) {
    boolean errors = !builder.redirectErrorStream();
    if (Redirect.PIPE.equals(builder.redirectOutput())
        || (errors && Redirect.PIPE.equals(builder.redirectError()))) {
      throw new IllegalStateException("nobody reads what comes by Redirect.PIPE");
    }
  }

  /** Until the process has ended; when it was ready, 0 if never. */
  private long live(Process started) throws InterruptedException {
    long readyAt = 0;
    long limit = Durations.positiveNanos(settings.readyLimit, "ready limit");
    long until = Clock.after(limit);
    why = "";
    add(Stop.STOP); // one may have come when there was no process
    for (; ; ) {
      Event event = next(until);
      if (event == null) {
        if (!started.isAlive()) {
          return readyAt; // there was no memory to tell of it
        }
        if (why.isEmpty()) {
          why =
              drains
                  ? "did not end in its time"
                  : readyAt == 0
                      ? "was not ready in " + TimeUnit.NANOSECONDS.toMillis(limit) + " ms"
                      : "did not end behind its link";
        }
        killed |= drains;
        started.destroyForcibly();
        until = Clock.after(LOOK_NANOS);
        continue;
      }
      switch (event) {
        case Connected connected -> {
          if (knows(connected.link.token())) {
            link = connected.link;
            if (drains) {
              tellToDrain(connected.link); // it has outlived the signal
            }
          }
        }
        case Ready ready -> {
          if (ready.link.equals(link) && readyAt == 0 && !drains) {
            readyAt = Clock.now();
            until = Long.MAX_VALUE;
            change(State.READY);
            log(Level.INFO, this + " is ready, process " + started.pid(), null);
          }
        }
        case Gone gone -> {
          if (gone.link.equals(link)) {
            link = null;
            if (gone.fault != null) {
              why = gone.fault;
            }
            if (!drains) { // it leaves of itself, or is about to be seen to die
              until = Clock.after(Durations.nanos(settings.grace, "grace"));
            }
          }
        }
        case Stop _ -> {
          if (!cluster.isStopping()) {
            continue; // a look in vain
          }
          if (!drains) { // once: to many programs a second signal means that they end at once
            drains = true;
            if (link != null) {
              tellToDrain(link);
            } else {
              started.destroy(); // SIGTERM: it has not come yet, or speaks no more
            }
          }
          change(State.DRAINING);
          until = cluster.forceAt();
        }
        case Exited exited -> {
          if (exited.process.equals(started)) {
            return readyAt;
          }
        }
      }
    }
  }

  private void tellToDrain(WorkerLink to) {
    to.drain(TimeUnit.NANOSECONDS.toMillis(cluster.forceAt() - Clock.now()));
    told = true;
  }

  /** Behind the end of a process: what it said last is heard first. */
  private void settle(Process started, long readyAt) throws InterruptedException {
    int status = started.exitValue();
    if (why.isEmpty()) {
      why =
          String.format(
              Locale.ROOT,
              "process %d ended with status %d%s",
              started.pid(),
              status,
              readyAt == 0 ? " before it was ready" : "");
    }
    if (killed) {
      outcome = Outcome.KILLED;
    } else if (told) {
      outcome = status == 0 ? Outcome.DRAINED : Outcome.FAILED;
    }
    long until = Clock.after(LAST_MOMENT_NANOS);
    while (link != null) {
      Event event = cluster.isStopping() ? null : next(until); // then it decides nothing any more
      if (event == null) {
        link.close(); // else somebody else holds it, such as a child of the worker's
        return;
      }
      if (event instanceof Gone gone && gone.link.equals(link)) {
        link = null;
        if (gone.fault != null) {
          why = gone.fault;
        }
      }
    }
  }

  private void forgetProcess() {
    synchronized (this) {
      token = null;
      current = null;
    }
    kill(); // if an Error has left it alive
    process = null;
    if (link != null) {
      link.close();
      link = null;
    }
  }

  private void kill() {
    Process alive = process;
    if (alive != null) {
      alive.destroyForcibly();
    }
  }

  private void change(State next) {
    synchronized (this) {
      if (state == next && next != State.STARTING) {
        return;
      }
      state = next;
    }
    cluster.changed();
    if (next != State.STARTING) { // whose process is told of when there is one
      tell();
    }
  }

  private void tell() {
    try {
      settings.onChange.accept(status());
    } catch (Throwable t) { // an Error as well: it is the program's, and no fault of a worker's
      log(Level.ERROR, "failure in the callback of a worker's change", t);
    } finally {
      var _ = Thread.interrupted(); // the program's as well: it would end the slot's next wait
    }
  }

  private static void log(Level level, String what, @Nullable Throwable why) {
    try {
      LOG.log(level, what, why);
    } catch (Error e) {
      // Then nobody is told, and no worker dies of it.
    }
  }

  @Override
  public String toString() {
    return "worker " + number;
  }

  static List<WorkerStatus> statusOf(List<WorkerSlot> slots) {
    return slots.stream().map(WorkerSlot::status).toList();
  }
}
