package gonet.test.sim;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.VarHandle;
import java.lang.reflect.Field;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * What a simulation needs of {@code java.lang} beyond its API. {@link #open} must have come back
 * before: {@link TimeAgent} opens the package.
 */
final class VirtualThreads {
  private static volatile @Nullable VirtualThreads instance;

  // Of JDK 25's java.lang.VirtualThread.
  private static final int BLOCKING = 12;
  private static final int WAIT = 16;
  private static final int TIMED_WAIT = 18;
  private static final int TERMINATED = 99;

  private final MethodHandle newBuilder;
  private final MethodHandle currentCarrier;
  private final VarHandle state;
  private final VarHandle localSeed;
  private final VarHandle localProbe;

  /** Of the class of {@code this::runContinuation}: the thread. Null until one was seen. */
  private @Nullable Field captured;

  private VirtualThreads() throws ReflectiveOperationException {
    MethodHandles.Lookup inside =
        MethodHandles.privateLookupIn(Thread.class, MethodHandles.lookup());
    Class<?> builder = Class.forName("java.lang.ThreadBuilders$VirtualThreadBuilder");
    newBuilder =
        inside
            .in(builder)
            .findConstructor(builder, MethodType.methodType(void.class, Executor.class))
            .asType(MethodType.methodType(Thread.Builder.OfVirtual.class, Executor.class));
    currentCarrier =
        inside.findStatic(
            Thread.class, "currentCarrierThread", MethodType.methodType(Thread.class));
    Class<?> virtual = Class.forName("java.lang.VirtualThread");
    state =
        MethodHandles.privateLookupIn(virtual, MethodHandles.lookup())
            .findVarHandle(virtual, "state", int.class);
    localSeed = inside.findVarHandle(Thread.class, "threadLocalRandomSeed", long.class);
    localProbe = inside.findVarHandle(Thread.class, "threadLocalRandomProbe", int.class);
  }

  /** Once, when {@code java.lang} is open. */
  static void open() {
    try {
      instance = new VirtualThreads();
    } catch (ReflectiveOperationException | RuntimeException e) {
      throw new IllegalStateException("no JDK that a simulation knows: " + e, e);
    }
  }

  private static VirtualThreads get() {
    VirtualThreads opened = instance;
    if (opened == null) {
      throw new IllegalStateException("java.lang is not open yet");
    }
    return opened;
  }

  /** The platform thread beneath the current thread, or that thread itself. */
  static Thread carrier() {
    VirtualThreads opened = instance;
    if (opened == null) {
      return Thread.currentThread();
    }
    try {
      return (Thread) opened.currentCarrier.invokeExact();
    } catch (Throwable t) {
      throw new AssertionError(t);
    }
  }

  /** As {@link Thread#ofVirtual}, for threads that {@code scheduler} runs. */
  static Thread.Builder.OfVirtual builder(Executor scheduler) {
    try {
      return (Thread.Builder.OfVirtual) get().newBuilder.invokeExact(scheduler);
    } catch (Throwable t) {
      throw new AssertionError(t);
    }
  }

  /** The thread that this task, as a scheduler gets it, continues. */
  static Thread of(Runnable continuation) {
    VirtualThreads opened = get();
    try {
      Field field = opened.captured;
      if (field == null || field.getDeclaringClass() != continuation.getClass()) {
        field = continuation.getClass().getDeclaredFields()[0];
        field.setAccessible(true);
        opened.captured = field;
      }
      return (Thread) field.get(continuation);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("no JDK that a simulation knows", e);
    }
  }

  /**
   * Whether a thread that has just left its carrier may be brought back by the VM's own thread,
   * which does so for monitors: it waits for one, or it did and is on its way back.
   */
  static boolean mayComeFromMonitor(Thread thread) {
    int now = (int) get().state.getVolatile(thread);
    return now >= BLOCKING && now <= TIMED_WAIT;
  }

  /** Whether it is in {@link Object#wait} and nobody has notified it yet. */
  static boolean waitsForNotify(Thread thread) {
    int now = (int) get().state.getVolatile(thread);
    return now == WAIT || now == TIMED_WAIT;
  }

  static boolean ended(Thread thread) {
    return (int) get().state.getVolatile(thread) == TERMINATED;
  }

  /** Gives {@link java.util.concurrent.ThreadLocalRandom} of a new thread its seed. */
  static void seedLocalRandom(Thread thread, long seed) {
    VirtualThreads opened = get();
    opened.localSeed.set(thread, seed);
    opened.localProbe.set(thread, (int) (seed >>> 32) | 1);
  }
}
