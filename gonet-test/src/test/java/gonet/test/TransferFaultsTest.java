package gonet.test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gonet.Conn;
import gonet.Listener;
import gonet.Net;
import gonet.NetSocketException;
import gonet.Transfer;
import gonet.internal.backend.Errno;
import gonet.test.Faults.Call;
import java.io.IOException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Pipes that cannot be had and splices that fail: the bytes arrive all the same. */
@LeakCheck
@Timeout(180)
@Proves("jvm-splice")
class TransferFaultsTest {
  private static final int SIZE = 4 << 20;

  private Faults faults = Faults.begin();
  private final Crew crew = new Crew(Callers.VIRTUAL);
  private Conn client;
  private Conn from;
  private Conn to;
  private Conn server;

  @BeforeEach
  void connect() throws IOException {
    try (Listener listener = Net.listen("tcp", "127.0.0.1:0")) {
      assumeTrue(Net.stats().backend().equals("epoll"), "only the epoll backend has splice");
      client = Net.dial("tcp", listener.addr().toString());
      from = listener.accept();
      to = Net.dial("tcp", listener.addr().toString());
      server = listener.accept();
    }
  }

  @AfterEach
  void disconnect() throws Exception {
    faults.close();
    closeAll();
    crew.end();
  }

  private void closeAll() {
    for (Conn conn : new Conn[] {client, from, to, server}) {
      if (conn != null) {
        conn.close();
      }
    }
  }

  private void assertCarries() throws Exception {
    byte[] data = Traffic.random(SIZE, 17);
    Job<Long> transfer =
        crew.compute(
            "transfer",
            () -> {
              long n = Transfer.between(from, to).run();
              to.closeWrite();
              return n;
            });
    crew.start(
        "sends",
        () -> {
          client.write(data);
          client.closeWrite();
        });
    assertArrayEquals(data, server.readAll());
    assertEquals(SIZE, transfer.result());
  }

  @Test
  void aLotGoesFromSocketToSocket() throws Exception {
    assertCarries();
    assertTrue(faults.calls(Call.SPLICE_INTO) > 0);
    assertTrue(faults.calls(Call.SPLICE_FROM) > 0);
  }

  @Test
  @Proves("tcp-write-to")
  void withoutDescriptorsForAPipeItIsCopied() throws Exception {
    faults.failEvery(Call.PIPE, 1, Errno.EMFILE);
    assertCarries();
    assertEquals(0, faults.calls(Call.SPLICE_INTO));
    faults.close();
    faults = Faults.begin();
    // And soon after there are some again it is spliced.
    Awaitility.await()
        .until(
            () -> {
              closeAll();
              connect();
              assertCarries();
              return faults.calls(Call.SPLICE_FROM) > 0;
            });
  }

  @ParameterizedTest
  @EnumSource(
      value = Call.class,
      names = {"SPLICE_INTO", "SPLICE_FROM", "PROBE"})
  void stormsOfEagainLoseNoWakeUp(Call call) throws Exception {
    faults.failEvery(call, 2, Errno.EAGAIN);
    assertCarries();
    assertTrue(faults.calls(Call.SPLICE_FROM) > 0);
  }

  @ParameterizedTest
  @EnumSource(
      value = Call.class,
      names = {"SPLICE_INTO", "SPLICE_FROM"})
  void callsInterruptedBySignalsAreMadeAgain(Call call) throws Exception {
    faults.failEvery(call, 2, Errno.EINTR);
    assertCarries();
    assertTrue(faults.injected(call) > 0);
  }

  @Test
  void shortCallsLoseNoByte() throws Exception {
    faults.shortReads(30_001).shortWrites(7_001);
    assertCarries();
    assertTrue(faults.calls(Call.SPLICE_FROM) > 100);
  }

  @ParameterizedTest
  @EnumSource(
      value = Call.class,
      names = {"SPLICE_INTO", "SPLICE_FROM"})
  void aFailureIsThatOfItsSide(Call call) throws Exception {
    faults.failEvery(call, 3, Errno.ETIMEDOUT);
    crew.extra("sends", () -> client.write(Traffic.random(SIZE, 18)));
    crew.extra(
        "receives",
        () -> {
          byte[] buf = new byte[1 << 16];
          while (server.read(buf) >= 0) {
            // On and on.
          }
        });
    Job<Long> transfer = crew.compute("transfer", () -> Transfer.between(from, to).run());
    NetSocketException e = transfer.failure(NetSocketException.class);
    assertEquals(call == Call.SPLICE_INTO ? "read" : "write", e.op());
    assertEquals("splice", e.syscall());
    assertEquals("ETIMEDOUT", e.errno());
  }

  @Test
  void aKernelThatDoesNotSpliceIsAskedOnce() throws Exception {
    faults.failEvery(Call.SPLICE_INTO, 1, Errno.EINVAL);
    assertCarries();
    assertEquals(1, faults.calls(Call.SPLICE_INTO));
    assertEquals(0, faults.calls(Call.SPLICE_FROM));
  }
}
