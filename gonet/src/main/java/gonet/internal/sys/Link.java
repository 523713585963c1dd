package gonet.internal.sys;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Makes method handles for libc's functions, in as few shapes as possible. Linking costs about 5 ms
 * for each new signature and 0.1 ms for a further function of a known one, because the JDK keeps
 * the code it generated; a server needs some fifteen functions before its first byte.
 *
 * <p>So plain calls share one signature of five 64-bit integers. That is sound on both
 * architectures: their calling conventions pass the first six (System V, x86-64) or eight (AAPCS64)
 * integers and pointers in 64-bit registers, a callee ignores the upper half of a register that
 * holds an {@code int} for it, and ignores registers beyond its own parameters.
 */
final class Link {
  private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");

  private Link() {}

  /**
   * {@code int f(long, long, long, long, long)} that lets the VM reach a safepoint: may block. The
   * handle's first argument is the memory that errno is written to.
   */
  static MethodHandle plain(String name) {
    return link(
        name,
        FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
        ERRNO);
  }

  /**
   * The same without errno: -1 says that it failed, and nobody knows why. Needs no heap. A handle
   * that captures errno makes a slice of its memory, which compiled code does without and the
   * interpreter does not.
   */
  static MethodHandle quiet(String name) {
    return link(
        name,
        FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));
  }

  /**
   * As {@link #plain} with a sixth integer, for splice(2), recvfrom(2) and sendto(2): a signature
   * more, but only for who uses them.
   */
  static MethodHandle plainSix(String name) {
    return link(
        name,
        FunctionDescriptor.of(
            JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
        ERRNO);
  }

  /**
   * {@code long f(int fd, void *memory, long count, int)} without a transition: must never block.
   * The first segment, which errno is written to, is an {@code int[]}, the other a {@code byte[]}.
   *
   * <p>Always these: the code behind one signature is shared, profile included. Where it has seen
   * segments of several kinds, or one kind far more often than another, the compiler no longer
   * removes the wrapper objects: 64 to 112 bytes for each call.
   */
  static MethodHandle critical(String name) {
    return link(
        name,
        FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT),
        ERRNO,
        Linker.Option.critical(true));
  }

  /** The same for memory of every other kind, spelled differently so as to share no code. */
  static MethodHandle criticalDirect(String name) {
    return link(
        name,
        FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG),
        ERRNO,
        Linker.Option.critical(true));
  }

  /** {@code int f(int, unsigned long, ...)} with one pointer behind: ioctl(2), fcntl(2). */
  static MethodHandle variadic(String name) {
    return link(
        name,
        FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS),
        ERRNO,
        Linker.Option.firstVariadicArg(2));
  }

  /** Restricted on purpose: this is the one place where gonet asks for native access. */
  @SuppressWarnings("restricted")
  private static MethodHandle link(
      String name, FunctionDescriptor signature, Linker.Option... options) {
    Linker linker = Linker.nativeLinker();
    MemorySegment function =
        linker
            .defaultLookup()
            .find(name)
            .orElseThrow(() -> new UnsatisfiedLinkError("libc has no " + name));
    return linker.downcallHandle(function, signature, options);
  }
}
