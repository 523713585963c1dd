package gonet.test.sim;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A thread of a simulation that was started by name. Confined to threads of the simulation. */
public final class Task {
  private final CountDownLatch end = new CountDownLatch(1);
  private final String name;

  Task(String name) {
    this.name = name;
  }

  void ended() {
    end.countDown();
  }

  /**
   * Whether its body has returned or thrown. False for ever once its host or process has ended
   * before.
   */
  public boolean done() {
    return end.getCount() == 0;
  }

  /** Waits until it is done. */
  public void join() throws InterruptedException {
    end.await();
  }

  /** Waits until it is done, or for so long; whether it is done. */
  public boolean join(Duration limit) throws InterruptedException {
    return end.await(limit.toNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  public String toString() {
    return name;
  }
}
