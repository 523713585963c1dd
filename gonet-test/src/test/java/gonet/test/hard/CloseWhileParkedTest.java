package gonet.test.hard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Dialer;
import gonet.ListenConfig;
import gonet.NetClosedException;
import gonet.NetInterruptedException;
import gonet.NetTimeoutException;
import gonet.TcpConn;
import gonet.TcpListener;
import gonet.test.Callers;
import gonet.test.Crew;
import gonet.test.Job;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * close(2) wakes nobody who waits for the descriptor's events, and frees the number at once for the
 * next socket: whoever still meant the old one would act on that. So close wakes them, waits until
 * they have left, and only then gives the number back.
 */
@LeakCheck
@Proves("conn-close")
class CloseWhileParkedTest {
  private static final int ROUNDS = 100;

  @ParameterizedTest
  @MethodSource("gonet.test.Callers#kinds")
  void closeEndsTheReadsThatWait(Callers callers) throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      try (TcpPair pair = TcpPair.connect()) {
        List<Job<?>> jobs = three(callers, () -> pair.client().read(new byte[8]));
        pair.client().close();
        assertAllClosed(jobs);
        assertEquals(-1, pair.server().read(new byte[1]));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("gonet.test.Callers#kinds")
  void closeEndsTheWritesThatWait(Callers callers) throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      try (TcpPair pair = TcpPair.withSmallBuffers()) {
        byte[] lots = new byte[200_000];
        List<Job<?>> jobs =
            three(
                callers,
                () -> {
                  pair.client().write(lots);
                  return 0;
                });
        pair.client().close();
        assertAllClosed(jobs);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("gonet.test.Callers#kinds")
  void closeEndsTheAcceptsThatWait(Callers callers) throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      TcpListener listener = ListenConfig.defaults().listenTcp("tcp", "127.0.0.1:0");
      List<Job<?>> jobs = three(callers, listener::accept);
      listener.close();
      assertAllClosed(jobs);
      // The port is free.
      ListenConfig.defaults().listenTcp("tcp", listener.addr()).close();
    }
  }

  /** A dial has no connection to close yet; what ends it is an interrupt. */
  @ParameterizedTest
  @MethodSource("gonet.test.Callers#kinds")
  void anInterruptEndsTheDialsThatWait(Callers callers) throws Exception {
    List<Conn> queued = new ArrayList<>();
    try (TcpListener full =
        ListenConfig.defaults().withBacklog(0).listenTcp("tcp", "127.0.0.1:0")) {
      // Connections nobody accepts, until the kernel drops further SYNs.
      Dialer impatient = Dialer.defaults().withTimeout(Duration.ofSeconds(1));
      assertThrows(
          NetTimeoutException.class,
          () -> {
            for (; ; ) {
              queued.add(impatient.dialTcp("tcp", full.addr()));
            }
          });
      for (int round = 0; round < ROUNDS; round++) {
        List<Job<?>> jobs = three(callers, () -> Dialer.defaults().dialTcp("tcp", full.addr()));
        for (Job<?> job : jobs) {
          job.thread().interrupt();
        }
        for (Job<?> job : jobs) {
          job.failure(NetInterruptedException.class);
        }
      }
    } finally {
      queued.forEach(Conn::close);
    }
  }

  /** The close comes at any moment of the call, not only when it is parked. */
  @Test
  void closeAtARandomMomentNeverHangsAndNeverShowsAnotherFailure() throws Exception {
    Crew crew = new Crew(Callers.VIRTUAL);
    for (int round = 0; round < 2000; round++) {
      try (TcpPair pair = TcpPair.connect()) {
        TcpConn conn = pair.client();
        Job<?> reader =
            crew.compute(
                "reader",
                () -> {
                  byte[] buf = new byte[16];
                  for (; ; ) {
                    assertTrue(conn.read(buf) > 0, "an end that nobody sent");
                  }
                });
        Job<?> writer =
            crew.start(
                "writer",
                () -> {
                  for (; ; ) {
                    conn.write(new byte[16]);
                  }
                });
        pair.server().write(new byte[16]);
        for (int i = 0; i < round % 50; i++) {
          pair.server().write(new byte[16]);
        }
        conn.close();
        reader.failure(NetClosedException.class);
        writer.failure(NetClosedException.class);
      }
    }
  }

  /** One that waits in the kernel's queue, and two that wait for their turn. */
  private static List<Job<?>> three(Callers callers, java.util.concurrent.Callable<?> call) {
    Crew crew = new Crew(callers);
    List<Job<?>> jobs = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      jobs.add(crew.compute("waiter " + i, call));
    }
    jobs.forEach(Job::awaitParked);
    return jobs;
  }

  private static void assertAllClosed(List<Job<?>> jobs) throws Exception {
    for (Job<?> job : jobs) {
      job.failure(NetClosedException.class);
    }
  }
}
