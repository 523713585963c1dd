package gonet.tls;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Bounds how many handshakes of servers are computed at the same time: one for each processor. More
 * would be no faster. But a thousand clients that come at once would be a thousand threads that can
 * run, and a request of somebody else, whose thread is behind them, would wait for all of them; so
 * it waits for one or two. First come, first served.
 *
 * <p>Locks and no semaphore, because a lock is given back at a stack overflow as well.
 */
final class Computing {
  private static final ReentrantLock[] TURNS = turns();
  private static final AtomicInteger NEXT = new AtomicInteger();

  private Computing() {}

  private static ReentrantLock[] turns() {
    ReentrantLock[] turns = new ReentrantLock[Runtime.getRuntime().availableProcessors()];
    for (int i = 0; i < turns.length; i++) {
      turns[i] = new ReentrantLock(true);
    }
    return turns;
  }

  /**
   * Waits for others that compute, and for nobody's peer; as deaf to deadlines and interrupts as a
   * wait for a processor.
   *
   * @return what the caller has to unlock
   */
  static ReentrantLock begin() {
    ReentrantLock turn = TURNS[Math.floorMod(NEXT.getAndIncrement(), TURNS.length)];
    turn.lock();
    return turn;
  }
}
