package gonet.internal.poll;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/** The answers of one system call, in order, and then one answer for ever. Thread-safe. */
final class Script {
  private final ConcurrentLinkedQueue<Integer> answers = new ConcurrentLinkedQueue<>();
  private final AtomicInteger calls = new AtomicInteger();
  private volatile IntUnaryOperator otherwise;
  private volatile @Nullable Runnable during;

  /**
   * @param otherwise from what is asked for to the answer, once the script is at its end
   */
  Script(IntUnaryOperator otherwise) {
    this.otherwise = otherwise;
  }

  Script then(int... more) {
    for (int answer : more) {
      answers.add(answer);
    }
    return this;
  }

  void always(int answer) {
    otherwise = asked -> answer;
  }

  /** Runs once, inside the next call, before it answers. */
  void during(Runnable what) {
    during = what;
  }

  int calls() {
    return calls.get();
  }

  int next(int asked) {
    Runnable what = during;
    if (what != null) {
      during = null;
      what.run();
    }
    Integer answer = answers.poll();
    int result = answer != null ? answer : otherwise.applyAsInt(asked);
    calls.incrementAndGet(); // last, so that whoever saw the count knows the script was consulted
    return result;
  }
}
