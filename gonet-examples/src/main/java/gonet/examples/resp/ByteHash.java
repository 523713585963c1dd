package gonet.examples.resp;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.SecureRandom;

/**
 * Hashes keys that strangers choose. Seeded anew in each process, so that nobody outside can make
 * many keys meet in one place of a table.
 */
final class ByteHash {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long SEED;

  /** Odd, so that multiplying loses nothing. */
  private static final long FACTOR;

  static {
    SecureRandom random = new SecureRandom();
    SEED = random.nextLong();
    FACTOR = random.nextLong() | 1;
  }

  private ByteHash() {}

  static int hash(byte[] buf, int off, int len) {
    long h = SEED ^ len;
    int i = off;
    int end = off + len;
    for (; end - i >= Long.BYTES; i += Long.BYTES) {
      h = mix(h ^ (long) LONGS.get(buf, i));
    }
    long rest = 0;
    for (; i < end; i++) {
      rest = rest << 8 | buf[i] & 0xff;
    }
    h = mix(mix(h ^ rest));
    return (int) (h ^ h >>> 32);
  }

  /** Folds the 128 bits of a product, so that each bit of the input reaches every bit. */
  private static long mix(long x) {
    return Math.unsignedMultiplyHigh(x, FACTOR) ^ x * FACTOR;
  }
}
