package gonet.internal.nio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import gonet.support.Proves;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A thread that stands still while it wakes a select keeps neither the poller nor another waker.
 */
@Timeout(180)
@Proves("server-prompt")
class WakeupTest {
  private static final long FOR_EVER = -1;
  private static final long A_SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final long A_MOMENT = TimeUnit.MILLISECONDS.toNanos(1);

  private final Wakeup wakeup = new Wakeup();
  private final AtomicInteger woken = new AtomicInteger();
  private final Runnable wake = woken::incrementAndGet;

  private static void mustNotWake() {
    throw new AssertionError("a second thread within the selector's method");
  }

  @Test
  void aSelectNobodyWakesBlocksAsLongAsItWants() {
    assertEquals(FOR_EVER, wakeup.begin(FOR_EVER));
    wakeup.end();
    assertEquals(A_SECOND, wakeup.begin(A_SECOND));
  }

  @Test
  void aSelectThatBlocksIsWokenOnce() {
    wakeup.begin(FOR_EVER);
    wakeup.endSelect(wake);
    wakeup.endSelect(wake);
    wakeup.endThisOrNext(wake);
    assertEquals(1, woken.get());
    wakeup.end();
    assertEquals(FOR_EVER, wakeup.begin(FOR_EVER));
    wakeup.endThisOrNext(wake);
    assertEquals(2, woken.get());
  }

  @Test
  void whereNobodySelectsTheNextDoesNotBlockIfItWasMeant() {
    wakeup.endSelect(wake);
    assertEquals(FOR_EVER, wakeup.begin(FOR_EVER));
    wakeup.end();
    wakeup.endThisOrNext(wake);
    assertEquals(0, wakeup.begin(FOR_EVER));
    wakeup.end();
    assertEquals(FOR_EVER, wakeup.begin(FOR_EVER));
    assertEquals(0, woken.get());
  }

  @Test
  void nobodyComesBehindAThreadThatWakes() {
    wakeup.begin(FOR_EVER);
    wakeup.endSelect(
        () -> {
          wakeup.endSelect(WakeupTest::mustNotWake);
          wakeup.endThisOrNext(WakeupTest::mustNotWake);
        });
  }

  @Test
  void noSelectBlocksForLongWhileAThreadThatWakesStandsStill() {
    wakeup.begin(FOR_EVER);
    wakeup.endSelect(
        () -> {
          wakeup.end(); // by an edge, say
          for (int i = 0; i < 3; i++) {
            assertEquals(A_MOMENT, wakeup.begin(FOR_EVER));
            wakeup.end();
            assertEquals(A_MOMENT, wakeup.begin(A_SECOND));
            wakeup.end();
            assertEquals(1, wakeup.begin(1));
            wakeup.end();
          }
          woken.incrementAndGet();
        });
    assertEquals(1, woken.get());
    assertEquals(
        0, wakeup.begin(FOR_EVER), "it may have woken the one before, or no select at all");
    wakeup.end();
    assertEquals(FOR_EVER, wakeup.begin(FOR_EVER));
  }

  @Test
  void anErrorLeavesTheWakeToTheNextThread() {
    wakeup.begin(FOR_EVER);
    assertThrows(
        StackOverflowError.class,
        () ->
            wakeup.endSelect(
                () -> {
                  throw new StackOverflowError();
                }));
    wakeup.endSelect(wake);
    assertEquals(1, woken.get());
  }

  @Test
  void anErrorBehindTheEndOfASelectDoesNoHarm() {
    wakeup.begin(FOR_EVER);
    assertThrows(
        StackOverflowError.class,
        () ->
            wakeup.endSelect(
                () -> {
                  wakeup.end();
                  throw new StackOverflowError();
                }));
    assertEquals(FOR_EVER, wakeup.begin(FOR_EVER));
    wakeup.endSelect(wake);
    assertEquals(1, woken.get(), "the select that blocks now is woken");
  }
}
