package gonet.test.bench.peer;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** Two ways to keep a carrier for a second: compute, or sit in a system call. */
final class Hogs {
  private static final int MICROS = 1_000_000;

  /** usleep(3): blocks the thread without the JDK's knowledge. */
  @SuppressWarnings("restricted") // the JVM is started with native access
  private static final MethodHandle USLEEP =
      Linker.nativeLinker()
          .downcallHandle(
              Linker.nativeLinker().defaultLookup().findOrThrow("usleep"),
              FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

  private Hogs() {}

  /** What the first byte of a request asks for. */
  static void obey(byte first) {
    if (first == 'S') {
      spin();
    } else if (first == 'N') {
      block();
    }
  }

  private static void spin() {
    long end = System.nanoTime() + MICROS * 1000L;
    long x = 1;
    while (System.nanoTime() < end) {
      for (int i = 0; i < 10_000; i++) {
        x = x * 6364136223846793005L + 1442695040888963407L;
      }
    }
    if (x == 0) {
      throw new IllegalStateException("the compiler must not leave the loop out");
    }
  }

  private static void block() {
    try {
      int status = (int) USLEEP.invokeExact(MICROS);
      if (status != 0) {
        throw new IllegalStateException("usleep: " + status);
      }
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}
