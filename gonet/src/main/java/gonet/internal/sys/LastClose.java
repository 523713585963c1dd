package gonet.internal.sys;

import static java.lang.invoke.MethodType.methodType;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.util.function.Consumer;

/**
 * Closes descriptors after the object that used them has been collected, and with it perhaps all of
 * gonet. Whoever does so must not be of gonet's, or it would keep gonet's class loader, and so what
 * it waits for, reachable for good. So it is put together from the JDK's own: method handles over
 * close(2), called by the JDK when an automatic arena is not reachable any more.
 *
 * <p>Closing is never too early: who can still use the descriptors holds their user, and that this.
 */
public final class LastClose {

  private final int[] numbers;

  /** Reachable as long as this. */
  private final Arena life;

  private LastClose(int[] numbers, Arena life) {
    this.numbers = numbers;
    this.life = life;
  }

  /** Of these numbers, or whatever {@link #set} replaces them by. */
  public static LastClose of(int... opened) {
    int[] numbers = opened.clone();
    Arena life = Arena.ofAuto();
    for (int i = 0; i < numbers.length; i++) {
      attach(life, closing(numbers, i));
    }
    return new LastClose(numbers, life);
  }

  /** There is another number in that place; negative for none, which closes nothing. */
  public void set(int place, int number) {
    numbers[place] = number;
  }

  @SuppressWarnings({"restricted", "unchecked"}) // asked for where all native access is
  private static void attach(Arena life, MethodHandle closing) {
    Consumer<MemorySegment> action =
        MethodHandleProxies.asInterfaceInstance(
            Consumer.class, MethodHandles.dropArguments(closing, 0, Object.class));
    var _ = MemorySegment.ofAddress(0).reinterpret(life, action);
  }

  /** {@code () -> close(numbers[i])}. */
  private static MethodHandle closing(int[] numbers, int i) {
    MethodHandle close =
        MethodHandles.insertArguments(Link.quiet("close"), 1, 0L, 0L, 0L, 0L)
            .asType(methodType(void.class, int.class));
    MethodHandle number = MethodHandles.arrayElementGetter(int[].class);
    return MethodHandles.insertArguments(
        MethodHandles.collectArguments(close, 0, number), 0, numbers, i);
  }

  @Override
  public String toString() {
    return "closes " + numbers.length + " descriptors at the end of " + life;
  }
}
