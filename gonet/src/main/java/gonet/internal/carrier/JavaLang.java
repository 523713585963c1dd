package gonet.internal.carrier;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * What gonet needs of {@code java.lang} beyond its API: a builder of virtual threads that run on a
 * given {@link Executor}, and the carrier of the current thread. Only there when the JVM was
 * started with {@code --add-opens java.base/java.lang=} and gonet's module, or its jar's manifest
 * says {@code Add-Opens: java.base/java.lang}; and when this JDK has them under these names.
 *
 * <p>Immutable; any thread.
 */
final class JavaLang {
  private static final @Nullable MethodHandle NEW_BUILDER;
  private static final @Nullable MethodHandle CURRENT_CARRIER;

  static {
    MethodHandle builder = null;
    MethodHandle carrier = null;
    // Asked first, because a lookup that fails costs an exception in every JVM without the flag.
    if (opened()) {
      try {
        Class<?> type = Class.forName("java.lang.ThreadBuilders$VirtualThreadBuilder");
        MethodHandles.Lookup inside =
            MethodHandles.privateLookupIn(Thread.class, MethodHandles.lookup());
        builder =
            inside
                .in(type)
                .findConstructor(type, MethodType.methodType(void.class, Executor.class))
                .asType(MethodType.methodType(Thread.Builder.OfVirtual.class, Executor.class));
        carrier =
            inside.findStatic(
                Thread.class, "currentCarrierThread", MethodType.methodType(Thread.class));
      } catch (ReflectiveOperationException | RuntimeException e) {
        builder = null; // another JDK: not there
      }
    }
    NEW_BUILDER = builder;
    CURRENT_CARRIER = carrier;
  }

  private JavaLang() {}

  /** Whether the JVM opens {@code java.lang} to gonet. */
  static boolean opened() {
    return Object.class.getModule().isOpen("java.lang", JavaLang.class.getModule());
  }

  /** Whether everything is there. */
  static boolean available() {
    return NEW_BUILDER != null && CURRENT_CARRIER != null;
  }

  /** A builder as {@link Thread#ofVirtual}, for threads that {@code scheduler} runs. */
  static Thread.Builder.OfVirtual builder(Executor scheduler) {
    MethodHandle handle = NEW_BUILDER;
    if (handle == null) {
      throw new UnsupportedOperationException("java.lang is not open");
    }
    try {
      return (Thread.Builder.OfVirtual) handle.invokeExact(scheduler);
    } catch (Throwable t) {
      throw sneaky(t);
    }
  }

  /** The platform thread below the current thread, or that thread itself. */
  static Thread currentCarrier() {
    MethodHandle handle = CURRENT_CARRIER;
    if (handle == null) {
      return Thread.currentThread();
    }
    try {
      return (Thread) handle.invokeExact();
    } catch (Throwable t) {
      throw sneaky(t);
    }
  }

  /** Neither method is declared to throw; whatever comes is an error or unchecked. */
  private static RuntimeException sneaky(Throwable t) {
    if (t instanceof Error e) {
      throw e;
    }
    return t instanceof RuntimeException e ? e : new IllegalStateException(t);
  }
}
