package gonet.internal.poll;

import gonet.internal.time.Clock;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Group;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What every read and write pays for its lock and its reference: alone, and with a reader beside a
 * writer, which share the word but not the lock. Beside it a lock of the JDK that guards the same.
 */
@State(Scope.Group)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class FDMutexBenchmark {
  private final FDMutex mutex = new FDMutex();
  private final ReentrantLock lock = new ReentrantLock();

  private boolean use(boolean read) {
    FDMutex.Outcome outcome = mutex.lock(read, Clock.NONE);
    if (outcome != FDMutex.Outcome.LOCKED) {
      throw new AssertionError(outcome);
    }
    return mutex.unlock(read);
  }

  @Benchmark
  @Group("alone")
  public boolean aloneRead() {
    return use(true);
  }

  @Benchmark
  @Group("beside")
  public boolean besideRead() {
    return use(true);
  }

  @Benchmark
  @Group("beside")
  public boolean besideWrite() {
    return use(false);
  }

  @Benchmark
  @Group("reentrantLock")
  public int reentrantLock() {
    lock.lock();
    try {
      return lock.getHoldCount();
    } finally {
      lock.unlock();
    }
  }
}
