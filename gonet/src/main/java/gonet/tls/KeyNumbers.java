package gonet.tls;

import java.util.concurrent.atomic.AtomicLong;

/** Numbers for key pairs, apart from the class that programs name first. Any thread. */
final class KeyNumbers {
  private static final AtomicLong COUNT = new AtomicLong();

  private KeyNumbers() {}

  /** One that no other pair of the process has. */
  static long next() {
    return COUNT.incrementAndGet();
  }
}
