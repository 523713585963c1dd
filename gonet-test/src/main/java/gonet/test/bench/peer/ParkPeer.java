package gonet.test.bench.peer;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * No server, but what every server on virtual threads is built on: two of them that park and unpark
 * each other without end. Its statistics tell how often, so that the rig can tell what the JDK
 * allocates for it.
 */
public final class ParkPeer {
  private static volatile boolean firstsTurn = true;
  private static volatile long turns;
  private static volatile @Nullable Thread first;
  private static volatile @Nullable Thread second;

  private ParkPeer() {}

  /** Runs until its standard input ends. */
  public static void main(String[] args) throws InterruptedException {
    Thread one = Thread.ofVirtual().unstarted(() -> turns(true));
    Thread two = Thread.ofVirtual().unstarted(() -> turns(false));
    first = one;
    second = two;
    one.start();
    two.start();
    Peer.listening(0, () -> "backend=jdk lane=park turns=" + turns);
    one.join();
  }

  private static void turns(boolean isFirst) {
    for (; ; ) {
      while (firstsTurn != isFirst) {
        LockSupport.park();
      }
      countOne();
      firstsTurn = !isFirst;
      LockSupport.unpark(isFirst ? second : first);
    }
  }

  /** Only by the thread whose turn it is. */
  @SuppressWarnings("NonAtomicVolatileUpdate")
  private static void countOne() {
    turns++;
  }
}
