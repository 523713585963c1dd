package gonet.internal.poll;

import gonet.internal.time.Clock;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Two virtual threads wake each other in turn: through slots, as the poller wakes a reader, and
 * with nothing but park and unpark, which is what the JDK charges for it. The difference is gonet's
 * own.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class HandOffBenchmark {
  private static final int TURNS = 1000;

  /** Whose turn it is: what the kernel knows, for the threads with slots. */
  private volatile int turn;

  private volatile Thread other;

  @Benchmark
  @OperationsPerInvocation(2 * TURNS)
  public void slots() throws InterruptedException {
    turn = 0;
    ParkSlot here = new PollDesc(IdleLane.LANE, null).read;
    ParkSlot there = new PollDesc(IdleLane.LANE, null).read;
    Thread first = Thread.ofVirtual().start(() -> slots(0, here, there));
    Thread second = Thread.ofVirtual().start(() -> slots(1, there, here));
    first.join();
    second.join();
  }

  private void slots(int own, ParkSlot ownSlot, ParkSlot otherSlot) {
    for (int i = 0; i < TURNS; i++) {
      awaitTurn(own, ownSlot);
      turn = 1 - own;
      otherSlot.ready();
    }
  }

  /** What a read does; looking at the turn is its system call. */
  private void awaitTurn(int own, ParkSlot slot) {
    for (; ; ) {
      if (slot.mustTry()) {
        slot.beginTry();
        if (turn == own) {
          return;
        }
        if (!slot.sawEmpty()) {
          continue; // an edge came
        }
      }
      slot.await(Clock.NONE);
    }
  }

  @Benchmark
  @OperationsPerInvocation(2 * TURNS)
  public void parkAndUnpark() throws InterruptedException {
    turn = 0;
    Thread first = Thread.ofVirtual().unstarted(() -> turns(0));
    Thread second = Thread.ofVirtual().unstarted(() -> turns(1));
    other = second;
    first.start();
    second.start();
    first.join();
    second.join();
  }

  private void turns(int own) {
    for (int i = 0; i < TURNS; i++) {
      while (turn != own) {
        LockSupport.park();
      }
      Thread next = other;
      other = Thread.currentThread();
      turn = 1 - own;
      LockSupport.unpark(next);
    }
  }
}
