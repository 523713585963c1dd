package gonet.server;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.Phaser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An interrupt that is meant for a work stays within that work. */
@Timeout(180)
class PresenceTest {
  private static final int ROUNDS = 20_000;

  @Test
  void aWorkThatEndsWhileTheClientLeavesKeepsNoInterrupt() throws Exception {
    Presence[] presences = new Presence[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
      presences[i] = new Presence();
    }
    Phaser both = new Phaser(2);
    Thread poller =
        new Thread(
            () -> {
              for (Presence presence : presences) {
                both.arriveAndAwaitAdvance();
                presence.run();
              }
            });
    poller.start();
    for (Presence presence : presences) {
      both.arriveAndAwaitAdvance();
      presence.end(presence.begin());
      assertFalse(Thread.interrupted());
    }
    poller.join();
  }

  @Test
  void anInterruptOfSomebodyElseStays() {
    Presence presence = new Presence();
    Presence.Work work = presence.begin();
    Thread.currentThread().interrupt();
    presence.end(work);
    assertTrue(Thread.interrupted());
  }

  @Test
  void aWorkThatIsOverIsLeftAlone() {
    Presence presence = new Presence();
    presence.end(presence.begin());
    presence.run();
    assertFalse(Thread.interrupted());
  }

  @Test
  void aWorkThatBeginsBehindTheEndIsInterruptedWithinItself() {
    Presence presence = new Presence();
    presence.run();
    Presence.Work work = presence.begin();
    assertTrue(Thread.currentThread().isInterrupted());
    presence.end(work);
    assertFalse(Thread.interrupted());
  }
}
