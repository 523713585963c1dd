package gonet.internal.time;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Where there is room, what is used for the first time finds it. */
@Timeout(180)
class OwnStackTest {
  private static final long STACK_BYTES = 512 * 1024;

  /** Every copy of this class has a call site that nobody has linked. */
  static final class Linker implements IntSupplier {
    @Override
    public int getAsInt() {
      IntSupplier one = () -> 1;
      return one.getAsInt();
    }
  }

  private static IntSupplier unlinked() throws Exception {
    String file = Linker.class.getName().substring(Linker.class.getPackageName().length() + 1);
    try (InputStream in = Linker.class.getResourceAsStream(file + ".class")) {
      byte[] bytes = Objects.requireNonNull(in).readAllBytes();
      return (IntSupplier)
          MethodHandles.lookup()
              .defineHiddenClass(bytes, true)
              .lookupClass()
              .getDeclaredConstructor()
              .newInstance();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** To throw from the end of a stack takes long, so not every level on the way back is tried. */
  private static final int STEP = 16;

  /** Goes to the end of the stack, and back to the first place where there is room. */
  @SuppressWarnings("InfiniteRecursion") // which is the way to the end of the stack
  private static boolean linksWhereThereIsRoom(IntSupplier victim, int depth) {
    try {
      if (linksWhereThereIsRoom(victim, depth + 1)) {
        return true;
      }
    } catch (StackOverflowError end) {
      return false;
    }
    if (depth % STEP != 0) {
      return false;
    }
    try {
      OwnStack.requireRoom();
    } catch (StackOverflowError noRoom) {
      return false;
    }
    assertEquals(1, victim.getAsInt());
    return true;
  }

  @Test
  void roomForALambdaIsEnoughAlsoWhenTheCheckIsCompiled() throws Exception {
    for (int round = 0; round < 20; round++) {
      IntSupplier victim = unlinked();
      AtomicReference<Throwable> failure = new AtomicReference<>();
      Thread thread =
          new Thread(
              null,
              () -> {
                try {
                  assertTrue(linksWhereThereIsRoom(victim, 0));
                } catch (Throwable t) {
                  failure.set(t);
                }
              },
              "deep",
              STACK_BYTES);
      thread.start();
      thread.join();
      Throwable t = failure.get();
      if (t != null) {
        throw new AssertionError("round " + round, t);
      }
      for (int i = 0; i < 2000; i++) {
        OwnStack.requireRoom(); // soon compiled
      }
    }
  }

  @Test
  void anInterruptEndsNoStepAndStays() {
    AtomicInteger ran = new AtomicInteger();
    Thread.currentThread().interrupt();
    OwnStack.run("for the test", ran::incrementAndGet, ran::incrementAndGet);
    assertTrue(Thread.interrupted());
    assertEquals(2, ran.get());
  }
}
