package gonet.test.hard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Listener;
import gonet.Net;
import gonet.NetClosedException;
import gonet.NetConnectException;
import gonet.test.Callers;
import gonet.test.Crew;
import gonet.test.Job;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import gonet.test.machine.Loopback;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The kernel's close(2) wakes nobody who waits for a connection; gonet's does. */
@LeakCheck
@Proves("node-listen-abort")
class ListenerCloseTest {
  private static final int ACCEPTORS = 50;

  /** One round may be unlucky with the scheduler of a busy machine; the usual one counts. */
  private static final int ROUNDS = 9;

  @ParameterizedTest
  @MethodSource("gonet.test.Callers#kinds")
  void oneCloseEndsEveryWaitingAcceptWithinATenthOfASecond(Callers callers) throws Exception {
    List<Duration> took = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      Listener listener = Net.listen("tcp", Loopback.ownAnyPort());
      Crew crew = new Crew(callers);
      List<Job<?>> acceptors = new ArrayList<>();
      for (int i = 0; i < ACCEPTORS; i++) {
        acceptors.add(crew.compute("accept", listener::accept));
      }
      acceptors.forEach(Job::awaitParked);
      long begin = System.nanoTime();
      // On a thread of its own: a close that waits for ever is not ended by an interrupt either.
      Job<Void> closer = crew.start("close", listener::close);
      for (Job<?> acceptor : acceptors) {
        NetClosedException e = acceptor.failure(NetClosedException.class);
        assertEquals(
            "accept tcp " + listener.addr() + ": use of closed network connection", e.getMessage());
      }
      closer.result();
      took.add(Duration.ofNanos(System.nanoTime() - begin));
      assertThrows(NetClosedException.class, listener::accept);
      assertThrows(
          NetConnectException.class, () -> Net.dial("tcp", listener.addr().toString()).close());
    }
    Collections.sort(took);
    assertTrue(took.get(ROUNDS / 2).toMillis() < 100, took::toString);
  }
}
