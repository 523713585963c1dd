package gonet.test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Listener;
import gonet.Net;
import gonet.NetFailure;
import gonet.NetSocketException;
import gonet.TcpListener;
import gonet.internal.backend.Errno;
import gonet.test.Faults.Call;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** System calls that fail as they may, and what becomes of the calls above them. */
@LeakCheck
@Timeout(180)
@ParameterizedClass
@MethodSource("gonet.test.Callers#kinds")
class FaultsTest {
  private static final Duration HOUR = Duration.ofHours(1);

  private final Faults faults = Faults.begin();
  private final Crew crew;

  FaultsTest(Callers callers) {
    crew = new Crew(callers);
  }

  @AfterEach
  void endFaultsAndThreads() throws Exception {
    faults.close();
    crew.end();
  }

  @Test
  void callsInterruptedBySignalsAreMadeAgain() throws Exception {
    for (Call call : new Call[] {Call.RECEIVE, Call.SEND, Call.CONNECT}) {
      faults.failEvery(call, call == Call.CONNECT ? 1 : 3, Errno.EINTR);
    }
    assertEchoes();
    assertTrue(faults.injected(Call.RECEIVE) > 0);
    assertTrue(faults.injected(Call.SEND) > 0);
    assertEquals(1, faults.injected(Call.CONNECT));
  }

  @Test
  void stormsOfEagainLoseNoWakeUp() throws Exception {
    faults.failEvery(Call.RECEIVE, 2, Errno.EAGAIN).failEvery(Call.SEND, 2, Errno.EAGAIN);
    assertEchoes();
    assertTrue(faults.injected(Call.RECEIVE) > 10);
    assertTrue(faults.injected(Call.SEND) > 0);
  }

  @Test
  @Proves("A11")
  void shortReadsAndShortWritesLoseNoByte() throws Exception {
    faults.shortReads(1500).shortWrites(700);
    assertEchoes();
    assertTrue(faults.calls(Call.SEND) > 300, () -> faults.calls(Call.SEND) + " sends");
  }

  /** 256 KiB there and back, both at once. */
  private void assertEchoes() throws Exception {
    byte[] data = Traffic.random(1 << 18, 13);
    try (BadPeer peer = BadPeer.listen(new Effect.Echo(), new Effect.Close())) {
      Job<byte[]> echoed =
          crew.compute(
              "client",
              () -> {
                try (Conn conn = Net.dial("tcp", peer.address())) {
                  crew.start(
                      "writer",
                      () -> {
                        for (int off = 0; off < data.length; off += 4096) {
                          conn.write(data, off, 4096);
                        }
                        conn.closeWrite();
                      });
                  byte[] back = new byte[data.length];
                  for (int off = 0; off < back.length; off += 1024) {
                    conn.readFully(back, off, 1024); // small, so that there are many system calls
                  }
                  assertEquals(-1, conn.read(new byte[1]));
                  return back;
                }
              });
      assertArrayEquals(data, echoed.result());
      crew.join();
    }
  }

  @ParameterizedTest
  @Proves("jvm-emfile")
  @ValueSource(ints = {Errno.EMFILE, Errno.ENFILE, Errno.ENOBUFS, Errno.ENOMEM})
  void acceptOutlivesShortageAndPausesLongerEachTime(int errno) throws Exception {
    try (TcpListener listener = (TcpListener) Net.listen("tcp", "127.0.0.1:0");
        BadPeer peer = BadPeer.dial(listener.addr().port(), new Effect.Stall(HOUR))) {
      faults.failNext(Call.ACCEPT, 3, errno);
      long start = System.nanoTime();
      crew.start("acceptor", () -> listener.accept().close()).result();
      assertTrue(System.nanoTime() - start >= Duration.ofMillis(5 + 10 + 20).toNanos());
      assertEquals(3, faults.injected(Call.ACCEPT));
      assertEquals(1, peer.accepted());
    }
  }

  @ParameterizedTest
  @Proves({"B42", "D16"})
  @ValueSource(ints = {Errno.ECONNABORTED, Errno.EPROTO, Errno.EINTR, Errno.EAGAIN})
  void acceptPassesOverConnectionsThatDiedInTheQueue(int errno) throws Exception {
    try (TcpListener listener = (TcpListener) Net.listen("tcp", "127.0.0.1:0");
        BadPeer peer = BadPeer.dial(listener.addr().port(), new Effect.Stall(HOUR))) {
      faults.failNext(Call.ACCEPT, 4, errno);
      crew.start("acceptor", () -> listener.accept().close()).result();
      assertEquals(4, faults.injected(Call.ACCEPT));
      assertEquals(1, peer.accepted());
    }
  }

  @ParameterizedTest
  @Proves({"B39", "D7"})
  @EnumSource(names = {"OPEN", "SET_OPTION", "BIND", "LISTEN", "LOCAL_ADDR"})
  void aListenThatFailsLeavesNothingBehind(Call call) {
    faults.failNext(call, 1, Errno.ENOMEM);
    IOException e = assertThrows(IOException.class, () -> Net.listen("tcp4", "127.0.0.1:0"));
    assertEquals("ENOMEM", assertInstanceOf(NetFailure.class, e).errno(), e.getMessage());
  }

  @ParameterizedTest
  @Proves("D7")
  @EnumSource(names = {"OPEN", "SET_OPTION", "CONNECT", "FINISH_CONNECT", "REGISTER"})
  void aDialThatFailsLeavesNothingBehind(Call call) throws Exception {
    try (BadPeer peer = BadPeer.listen()) {
      // A connect to an address of this host is done at once on some kernels: make it wait.
      faults.failNext(Call.CONNECT, call == Call.CONNECT ? 0 : 1, Errno.EINTR);
      faults.failNext(call, 1, Errno.ENOMEM);
      IOException e = assertThrows(IOException.class, () -> Net.dial("tcp4", peer.address()));
      assertEquals("ENOMEM", assertInstanceOf(NetFailure.class, e).errno(), e.getMessage());
    }
  }

  @Test
  @Proves("D13")
  void aRegistrationRefusedFailsTheReadAndNotTheConnection() throws Exception {
    try (TcpListener listener = (TcpListener) Net.listen("tcp", "127.0.0.1:0");
        BadPeer peer =
            BadPeer.dial(
                listener.addr().port(), new Effect.Read(1), new Effect.SendBytes(new byte[] {8}));
        Conn conn = listener.accept()) {
      faults.failNext(Call.REGISTER, 1, Errno.ENOSPC);
      NetSocketException e = assertThrows(NetSocketException.class, () -> conn.read(new byte[1]));
      assertEquals("ENOSPC", e.errno());
      conn.write(new byte[1]);
      assertEquals(1, conn.read(new byte[1]));
      assertEquals(1, peer.received().length);
    }
  }

  @Test
  void anErrorToldOnceIsReportedByEveryReadAtTheEnd() throws Exception {
    try (BadPeer peer = BadPeer.listen(new Effect.HalfClose());
        Conn conn = Net.dial("tcp", peer.address())) {
      faults.failNext(Call.RECEIVE, 1, Errno.ECONNRESET);
      for (int i = 0; i < 3; i++) {
        NetSocketException e = assertThrows(NetSocketException.class, () -> conn.read(new byte[1]));
        assertEquals("ECONNRESET", e.errno());
      }
    }
  }

  @Test
  void aWriteThatFailsMidwayTellsHowMuchWentOut() throws Exception {
    try (BadPeer peer = BadPeer.listen(new Effect.ReadToEnd());
        Conn conn = Net.dial("tcp", peer.address())) {
      faults.shortWrites(1000);
      conn.write(new byte[1000]);
      faults.failNext(Call.SEND, 1, Errno.ENOBUFS);
      assertEquals(0, bytesOfFailedWrite(conn));
      // The second of its system calls.
      faults.failEvery(Call.SEND, 2, Errno.ENOBUFS);
      assertEquals(1000, bytesOfFailedWrite(conn));
      assertFalse(conn.isClosed());
      peer.awaitReceived(2000);
      assertEquals(2000, peer.received().length);
    }
  }

  private static long bytesOfFailedWrite(Conn conn) {
    NetSocketException e = assertThrows(NetSocketException.class, () -> conn.write(new byte[5000]));
    assertEquals("ENOBUFS", e.errno());
    return e.bytesTransferred();
  }

  @Test
  void aCloseInterruptedByASignalIsNotMadeAgain() throws Exception {
    try (BadPeer peer = BadPeer.listen()) {
      Conn conn = Net.dial("tcp", peer.address());
      faults.failNext(Call.CLOSE, 5, Errno.EINTR);
      conn.close();
      assertEquals(1, faults.calls(Call.CLOSE));
    }
  }

  @Test
  void theSwitchClosedHurtsNobody() throws Exception {
    faults.failEvery(Call.OPEN, 1, Errno.ENOMEM);
    assertThrows(IOException.class, () -> Net.listen("tcp", "127.0.0.1:0"));
    faults.close();
    try (Listener listener = Net.listen("tcp", "127.0.0.1:0")) {
      assertFalse(listener.isClosed());
    }
    assertDoesNotThrow(() -> Faults.begin().close());
  }
}
