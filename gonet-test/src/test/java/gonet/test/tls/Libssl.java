package gonet.test.tls;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Functions of OpenSSL's libssl and libcrypto by their names, where version 3 of them is installed.
 * Safe for any thread, as far as the function is.
 */
final class Libssl {
  private static final String SSL = "libssl.so.3";
  private static final String CRYPTO = "libcrypto.so.3";

  private static final long INIT_NO_ATEXIT = 0x00080000L;
  private static final int TEXT_BYTES = 256;

  private static final @Nullable SymbolLookup LIBRARIES = open();

  private static final Map<String, MethodHandle> FUNCTIONS = new ConcurrentHashMap<>();

  static {
    if (LIBRARIES != null) {
      // Threads of a test may be in there when the JVM ends.
      int done = integer("OPENSSL_init_crypto", INIT_NO_ATEXIT, MemorySegment.NULL);
      if (done != 1) {
        throw new IllegalStateException("OPENSSL_init_crypto: " + done);
      }
    }
  }

  private Libssl() {}

  @SuppressWarnings("restricted") // the JVM is started with native access
  private static @Nullable SymbolLookup open() {
    try {
      return SymbolLookup.libraryLookup(SSL, Arena.global())
          .or(SymbolLookup.libraryLookup(CRYPTO, Arena.global()));
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** Skips the test where there is none. */
  static void assume() {
    assumeTrue(LIBRARIES != null, SSL + " or " + CRYPTO + " is not installed here");
  }

  /**
   * Calls a function that returns an int, or nothing that matters.
   *
   * @param arguments each an Integer, a Long or a segment, exactly as the function declares it
   */
  static int integer(String name, Object... arguments) {
    return (int) call(name, ValueLayout.JAVA_INT, arguments);
  }

  /** The same of a function that returns a long or a size. */
  static long number(String name, Object... arguments) {
    return (long) call(name, ValueLayout.JAVA_LONG, arguments);
  }

  /**
   * The same of a function that returns a pointer.
   *
   * @throws IOException if that is null, with OpenSSL's reason
   */
  static MemorySegment pointer(String name, Object... arguments) throws IOException {
    MemorySegment result = (MemorySegment) call(name, ValueLayout.ADDRESS, arguments);
    if (result.equals(MemorySegment.NULL)) {
      throw failure(name);
    }
    return result;
  }

  /**
   * The same of a function that says 1 if all is well.
   *
   * @throws IOException otherwise, with OpenSSL's reason
   */
  static void require(String name, Object... arguments) throws IOException {
    if (integer(name, arguments) != 1) {
      throw failure(name);
    }
  }

  /** What OpenSSL says of the last failure of this thread, which it keeps until then. */
  static IOException failure(String name) {
    StringBuilder text = new StringBuilder(name);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment line = arena.allocate(TEXT_BYTES);
      for (long code; (code = number("ERR_get_error")) != 0; ) {
        var _ = integer("ERR_error_string_n", code, line, (long) TEXT_BYTES);
        text.append(": ").append(line.getString(0));
      }
    }
    return new IOException(text.toString());
  }

  private static Object call(String name, MemoryLayout result, Object... arguments) {
    try {
      return FUNCTIONS
          .computeIfAbsent(name, n -> link(n, result, arguments))
          .invokeWithArguments(arguments);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(name, e);
    }
  }

  @SuppressWarnings("restricted") // as above
  private static MethodHandle link(String name, MemoryLayout result, Object... arguments) {
    MemoryLayout[] layouts = new MemoryLayout[arguments.length];
    for (int i = 0; i < layouts.length; i++) {
      layouts[i] =
          switch (arguments[i]) {
            case Integer _ -> ValueLayout.JAVA_INT;
            case Long _ -> ValueLayout.JAVA_LONG;
            default -> ValueLayout.ADDRESS;
          };
    }
    SymbolLookup libraries = LIBRARIES;
    if (libraries == null) {
      throw new IllegalStateException("no " + SSL);
    }
    return Linker.nativeLinker()
        .downcallHandle(libraries.findOrThrow(name), FunctionDescriptor.of(result, layouts));
  }
}
