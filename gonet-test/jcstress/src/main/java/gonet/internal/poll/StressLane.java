package gonet.internal.poll;

import gonet.internal.backend.Descriptor;
import gonet.internal.backend.Readiness;
import gonet.internal.poll.FDException.Kind;
import gonet.internal.time.Clock;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/** A poller without a kernel: the actors of a test are the poller. Only its timers are real. */
@NullMarked
final class StressLane extends Poller {
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(2);

  /** One for all: its timers have a thread. */
  static final StressLane LANE = new StressLane();

  private StressLane() {
    super(new NoKernel());
  }

  @Override
  public String lane() {
    return "stress";
  }

  @Override
  protected void start() {}

  @Override
  public @Nullable Thread sleeper() {
    return null;
  }

  /** The end of a wait that nobody has woken. No rightful wait comes near it. */
  static long patience() {
    return Clock.after(PATIENCE);
  }

  /** A slot that has seen the kernel empty. */
  static ParkSlot empty(ParkSlot slot) {
    slot.beginTry();
    if (!slot.sawEmpty()) {
      throw new AssertionError("nobody else knows this slot yet");
    }
    return slot;
  }

  /**
   * A third party for tests of two actors, since three want three processors: it is on its way, or
   * waits already, when the actors begin.
   */
  static FutureTask<String> third(Callable<String> body) {
    FutureTask<String> task = new FutureTask<>(body);
    Thread.ofVirtual().start(task);
    return task;
  }

  /** What became of it; {@code LOST} when nobody has woken it. */
  static String result(FutureTask<String> third) {
    try {
      return third.get(10, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      return "LOST";
    } catch (InterruptedException | ExecutionException e) {
      return e.toString();
    }
  }

  /** What an operation does for which no data ever comes: waits until it is told to stop. */
  static String untilStopped(ParkSlot slot, long limit) {
    for (; ; ) {
      Kind stop = slot.check(limit);
      if (stop == null) {
        stop = slot.await(limit);
      }
      if (stop != null) {
        return name(stop, limit);
      }
    }
  }

  /** {@code LOST} when the wait lasted until its limit. */
  static String name(@Nullable Kind stop, long limit) {
    if (stop == null) {
      return "AGAIN";
    }
    return stop == Kind.TIMEOUT && Clock.now() >= limit ? "LOST" : stop.name();
  }

  private static final class NoKernel implements Readiness {
    @Override
    public void register(Descriptor descriptor, Sink sink) {}

    @Override
    public void deregister(Descriptor descriptor) {}

    @Override
    public void arm(Descriptor descriptor, int mode) {}

    @Override
    public int poll(long timeoutNanos) {
      return 0;
    }

    @Override
    public void wake() {}

    @Override
    public int registered() {
      return 0;
    }

    @Override
    public void close() {}
  }
}
