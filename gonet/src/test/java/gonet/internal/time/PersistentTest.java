package gonet.internal.time;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A loop goes on whatever it throws, and ends when it says so. */
@Timeout(180)
class PersistentTest {
  @Test
  void aLoopThatThrowsIsEnteredAgainUntilItReturns() {
    AtomicInteger entered = new AtomicInteger();
    new Persistent(
            () -> {
              switch (entered.incrementAndGet()) {
                case 1 -> throw new IllegalStateException("made for this test");
                case 2 -> throw new OutOfMemoryError("made for this test");
                case 3 -> throw new StackOverflowError("made for this test");
                default -> {}
              }
            })
        .run();
    assertEquals(4, entered.get());
  }
}
