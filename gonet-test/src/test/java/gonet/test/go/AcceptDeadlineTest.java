package gonet.test.go;

import static gonet.test.go.Failures.assertClosed;
import static gonet.test.go.Failures.assertShape;
import static gonet.test.go.Failures.assertTimeout;
import static gonet.test.go.Failures.assertTimesOut;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Listener;
import gonet.Net;
import gonet.NetClosedException;
import gonet.NetTimeoutException;
import gonet.test.Job;
import gonet.test.Proves;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Deadlines of accept. Go: net/timeout_test.go, TestAcceptTimeout and its like. */
@Proves("listener-deadline")
class AcceptDeadlineTest extends BothCallers {
  private static final Duration SHORT = Duration.ofMillis(10);
  private static final Duration A_WHILE = Duration.ofMillis(100);

  private Listener listener;

  @BeforeEach
  void listen() throws IOException {
    listener = Net.listen("tcp", LOOPBACK);
  }

  @AfterEach
  void unlisten() {
    listener.close();
  }

  @Test
  void aPastDeadlineFailsAcceptThoughAConnectionIsThere() throws Exception {
    try (Conn dialled = Net.dial("tcp", listener.addr().toString())) {
      listener.setDeadline(Instant.now().minusSeconds(5));
      for (int i = 0; i < 2; i++) {
        NetTimeoutException e = assertTimesOut(listener::accept);
        assertShape("accept", "tcp", e);
        assertEquals("accept tcp " + listener.addr() + ": i/o timeout", e.getMessage());
      }
      listener.setDeadline(null);
      try (Conn accepted = listener.accept()) {
        assertEquals(dialled.localAddr(), accepted.remoteAddr());
      }
    }
  }

  @Test
  @Proves("conn-deadline-read-back")
  void deadlineAndTimeoutReadBack() throws Exception {
    assertNull(listener.deadline());
    assertNull(listener.timeout());
    Instant when = Instant.now().plusSeconds(3600);
    listener.setDeadline(when);
    listener.setTimeout(A_WHILE);
    Instant told = listener.deadline();
    assertTrue(
        told != null && Duration.between(when, told).abs().toSeconds() < 10, () -> "told " + told);
    assertEquals(A_WHILE, listener.timeout());
    listener.setDeadline(told);
    listener.setDeadline(null);
    listener.setTimeout(null);
    assertNull(listener.deadline());
    assertNull(listener.timeout());
  }

  @Test
  void aDeadlineHoldsForTheAcceptsBehindASuccessfulOne() throws Exception {
    try (Conn dialled = Net.dial("tcp", listener.addr().toString())) {
      listener.setDeadline(Instant.now().plus(A_WHILE));
      long start = System.nanoTime();
      try (Conn accepted = listener.accept()) {
        assertEquals(dialled.localAddr(), accepted.remoteAddr());
        assertTimesOut(listener::accept);
        assertTrue(System.nanoTime() - start >= A_WHILE.minusMillis(1).toNanos());
        assertTimesOut(listener::accept);
      }
    }
  }

  @Test
  void aDeadlineSetAfterOneWasTakenOffEndsAWaitingAccept() throws Exception {
    Job<Conn> acceptor = crew.compute("acceptor", listener::accept).awaitParked();
    listener.setDeadline(null);
    listener.setDeadline(Instant.now().plus(SHORT));
    assertTimeout(acceptor.failure(NetTimeoutException.class));
  }

  @Test
  void aDeadlineTakenOffEndsNoAcceptAndCloseDoes() throws Exception {
    listener.setDeadline(Instant.EPOCH);
    listener.setDeadline(null);
    Job<Conn> acceptor = crew.compute("acceptor", listener::accept);
    acceptor.awaitParked().staysFor(A_WHILE);
    listener.close();
    assertClosed(acceptor.failure(NetClosedException.class));
  }
}
