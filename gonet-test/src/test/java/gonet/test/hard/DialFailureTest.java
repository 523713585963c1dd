package gonet.test.hard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Dialer;
import gonet.Net;
import gonet.NetConnectException;
import gonet.NetInterruptedException;
import gonet.NetTimeoutException;
import gonet.test.Callers;
import gonet.test.Crew;
import gonet.test.Job;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import gonet.test.machine.Ipv6;
import gonet.test.machine.Loopback.DeadPort;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Nobody answers a dial, or somebody says no. Either way nothing is left open. */
@LeakCheck
class DialFailureTest {
  private static final Duration TIMEOUT = Duration.ofMillis(200);

  /** Longer than the timeout, even on a busy machine. */
  private static final Duration LONG = Duration.ofSeconds(20);

  @ParameterizedTest
  @Proves({"A2", "B14"})
  @CsvSource({"tcp,127.0.0.1", "tcp4,127.0.0.1", "tcp,[::1]", "tcp6,[::1]"})
  void aPortThatNobodyListensOnRefusesTheDialAndTheErrorNamesIt(String network, String host)
      throws Exception {
    Ipv6.assumeFor(network, host);
    try (DeadPort dead = new DeadPort()) {
      String address = host + ":" + dead.number();
      NetConnectException e =
          assertThrows(NetConnectException.class, () -> Net.dial(network, address));
      assertEquals(
          "dial " + network + " " + address + ": connect: connection refused", e.getMessage());
      assertEquals("ECONNREFUSED", e.errno());
      assertEquals(address, String.valueOf(e.addr()));
      assertTrue(ConnectException.class.isInstance(e), "what users of the JDK's sockets catch");
    }
  }

  @ParameterizedTest
  @Proves({"A15", "A30"})
  @MethodSource("gonet.test.Callers#kinds")
  void aServerThatDoesNotAnswerEndsTheDialAtItsTimeout(Callers callers) throws Exception {
    try (BlackHole hole = new BlackHole("127.0.0.1", 0)) {
      Crew crew = new Crew(callers);
      long begin = System.nanoTime();
      Job<Conn> dial =
          crew.compute("dial", () -> Net.dial("tcp", "127.0.0.1:" + hole.port(), TIMEOUT));
      NetTimeoutException e = dial.failure(NetTimeoutException.class);
      Duration took = Duration.ofNanos(System.nanoTime() - begin);
      assertEquals("dial tcp 127.0.0.1:" + hole.port() + ": i/o timeout", e.getMessage());
      assertTrue(SocketTimeoutException.class.isInstance(e), "what users of the JDK catch");
      assertTrue(took.compareTo(TIMEOUT) >= 0, took::toString);
      // The kernel itself gives up after two minutes.
      assertTrue(took.compareTo(LONG) < 0, took::toString);
    }
  }

  @ParameterizedTest
  @MethodSource("gonet.test.Callers#kinds")
  void aServerThatDoesNotAnswerCanBeGivenUpByAnInterrupt(Callers callers) throws Exception {
    try (BlackHole hole = new BlackHole("127.0.0.1", 0)) {
      Crew crew = new Crew(callers);
      Job<Boolean> dial =
          crew.compute(
              "dial",
              () -> {
                assertThrows(
                    NetInterruptedException.class,
                    () -> Net.dial("tcp", "127.0.0.1:" + hole.port()));
                return Thread.currentThread().isInterrupted();
              });
      dial.awaitParked().thread().interrupt();
      assertTrue(dial.result(), "the interrupt status stays set");
    }
  }

  @Test
  void aHundredDialsIntoSilenceAllEndAtTheirTimeouts() throws Exception {
    try (BlackHole hole = new BlackHole("127.0.0.1", 0)) {
      Crew crew = new Crew(Callers.VIRTUAL);
      Dialer dialer = Dialer.defaults().withTimeout(TIMEOUT);
      for (int i = 0; i < 100; i++) {
        crew.start(
            "dial",
            () ->
                assertThrows(
                    NetTimeoutException.class,
                    () -> dialer.dial("tcp", "127.0.0.1:" + hole.port())));
      }
      crew.join();
    }
  }
}
