package gonet.internal.time;

import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Runs steps on threads of their own, side by side, because the stack of whoever needs them may be
 * at its end: an initializer that meets the end of a stack leaves its class broken for the life of
 * the process (JVMS 5.5). Nothing here has an initializer.
 */
public final class OwnStack {
  /** What a platform thread has by default. */
  private static final long BYTES = 1024 * 1024;

  /**
   * What the start of a thread needs, or a lambda that is linked, the JDK's classes included: some
   * 40 KB. A level of {@link #descend} is 250 bytes where it is compiled, twice that where not.
   */
  private static final int LEVELS = 200;

  /** Steps need no more heap than that at a time: all of gonet's start keeps 1 MB alive. */
  private static final int HEAP_CHUNKS = 64;

  private static final int HEAP_CHUNK_BYTES = 64 * 1024;

  /** A heap that can grow by so much is not tried out, which would take a millisecond or two. */
  private static final long MUCH_HEAP_BYTES = 32 * 1024 * 1024;

  /** Always zero, which no compiler knows. */
  private static volatile long zero;

  private OwnStack() {}

  /**
   * Runs all of them and returns when they are over. Where no thread is to be had they run on the
   * calling one, in their order. An interrupt ends nothing early and stays set.
   *
   * @throws StackOverflowError if there is no room to begin; nothing has happened
   * @throws OutOfMemoryError if the heap is full; nothing has happened
   * @throws Error what one of them threw, or a RuntimeException; the others are over as well
   */
  public static void run(String name, Runnable... steps) {
    requireRoom();
    requireHeap();
    List<Step> started = new ArrayList<>();
    for (Runnable step : steps) {
      Step s = new Step(step);
      s.start(name);
      started.add(s);
    }
    for (Step s : started) {
      s.finish();
    }
    for (Step s : started) {
      s.complain();
    }
  }

  /**
   * Runs the static initializers of these classes.
   *
   * @param caller whose class loader knows them
   */
  public static void initialize(Class<?> caller, String... names) {
    run("gonet-start", new Initialization(caller.getClassLoader(), List.of(names)));
  }

  /**
   * Returns if a step that begins with classes that nobody has used will find room: to start a
   * thread, or to run an initializer that calls little.
   *
   * @throws StackOverflowError if not; nothing has happened
   */
  public static void requireRoom() {
    var _ = descend(LEVELS);
  }

  /**
   * One at a time, for several that look together would take it from each other. Other threads may
   * take what this has found, so it makes a broken class unlikely and not impossible.
   */
  private static synchronized void requireHeap() {
    Runtime jvm = Runtime.getRuntime();
    long used = jvm.totalMemory() - jvm.freeMemory(); // garbage included
    if (jvm.maxMemory() - used < MUCH_HEAP_BYTES) {
      byte[][] room = new byte[HEAP_CHUNKS][];
      try {
        for (int i = 0; i < room.length; i++) {
          room[i] = new byte[HEAP_CHUNK_BYTES];
        }
      } finally {
        Reference.reachabilityFence(room);
      }
    }
  }

  /**
   * Compiled code keeps little on the stack, and less where it inlines: so there is much to keep.
   * Volatile reads stay before the call, and their sum needs them behind it.
   */
  private static long descend(int levels) {
    if (levels == 0) {
      return 0;
    }
    long a = zero;
    long b = zero;
    long c = zero;
    long d = zero;
    long e = zero;
    long f = zero;
    long g = zero;
    long h = zero;
    long i = zero;
    long j = zero;
    long k = zero;
    long l = zero;
    long m = zero;
    long n = zero;
    long o = zero;
    long p = zero;
    long q = zero;
    long r = zero;
    long s = zero;
    long t = zero;
    long u = zero;
    long v = zero;
    long w = zero;
    long x = zero;
    long below = descend(levels - 1);
    return below
        + (a + b + c + d + e + f + g + h)
        + (i + j + k + l + m + n + o + p)
        + (q + r + s + t + u + v + w + x);
  }

  private record Initialization(@Nullable ClassLoader loader, List<String> names)
      implements Runnable {
    @Override
    public void run() {
      for (String name : names) {
        try {
          Class.forName(name, true, loader);
        } catch (ClassNotFoundException | LinkageError e) {
          // Whoever needs the class will say what is wrong with it.
        }
      }
    }
  }

  private static final class Step implements Runnable {
    private final Runnable step;
    private @Nullable Thread thread;

    /** Written by the thread, read when that has ended. */
    private @Nullable Throwable failure;

    Step(Runnable step) {
      this.step = step;
    }

    void start(String name) {
      try {
        Thread made = Daemons.unstarted(name, BYTES, this);
        made.start();
        thread = made;
      } catch (OutOfMemoryError e) {
        thread = null;
      }
    }

    @Override
    public void run() {
      try {
        step.run();
      } catch (Throwable t) {
        failure = t;
      }
    }

    void finish() {
      Thread running = thread;
      if (running == null) {
        run();
        return;
      }
      boolean interrupted = false;
      for (; ; ) {
        try {
          running.join();
          break;
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }

    void complain() {
      Throwable thrown = failure;
      if (thrown instanceof Error error) {
        throw error;
      }
      if (thrown instanceof RuntimeException e) {
        throw e;
      }
    }
  }
}
