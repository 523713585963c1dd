package gonet.test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Datagram;
import gonet.DatagramBatch;
import gonet.Dialer;
import gonet.ListenConfig;
import gonet.NetFailure;
import gonet.UdpAddr;
import gonet.UdpConn;
import gonet.internal.backend.Errno;
import gonet.netip.AddrPort;
import gonet.test.Faults.Call;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** System calls of datagrams that fail as they may. */
@LeakCheck
@Timeout(180)
@Proves("udp")
@ParameterizedClass
@MethodSource("gonet.test.Callers#kinds")
class UdpFaultsTest {
  private static final UdpAddr LOOPBACK = UdpAddr.of(AddrPort.parse("127.0.0.1:0"));

  private final Faults faults = Faults.begin();
  private final Crew crew;

  UdpFaultsTest(Callers callers) {
    crew = new Crew(callers);
  }

  @AfterEach
  void endFaultsAndThreads() throws Exception {
    faults.close();
    crew.end();
  }

  private static UdpConn listen() throws IOException {
    return ListenConfig.defaults().listenUdp("udp", LOOPBACK);
  }

  /** Edges come before the caller sees EAGAIN, or when it may be parked already. */
  @ParameterizedTest
  @ValueSource(ints = {Errno.EAGAIN, Errno.EINTR})
  void noDatagramAndNoWakeUpIsLost(int errno) throws Exception {
    faults.failEvery(Call.RECEIVE, 2, errno).failEvery(Call.SEND, 2, errno);
    try (UdpConn server = listen();
        UdpConn client = Dialer.defaults().dialUdp("udp", server.localAddr())) {
      crew.start("client", () -> turns(client));
      Datagram d = Datagram.allocate(100);
      DatagramBatch batch = DatagramBatch.allocate(4, 100);
      for (int i = 0; i < 200; i += 2) {
        server.receive(d);
        assertEquals(i, d.data().getInt(0));
        server.send(d);
        for (int got = 0; got < 4; ) {
          int n = server.receive(batch);
          for (int sent = 0; sent < n; ) {
            sent += server.send(batch, sent, n - sent);
          }
          got += n;
        }
      }
      crew.end();
    }
    assertTrue(faults.injected(Call.RECEIVE) > 100);
    assertTrue(faults.injected(Call.SEND) > 100);
  }

  private static void turns(UdpConn client) throws IOException {
    byte[] buf = new byte[100];
    Datagram d = Datagram.allocate(100);
    DatagramBatch batch = DatagramBatch.allocate(4, 8);
    for (int i = 0; i < 200; i += 2) {
      d.data().clear().putInt(i).flip();
      client.write(d.data());
      assertEquals(4, client.read(buf));
      assertEquals(4, client.send(batch, 0, 4));
      for (int n = 0; n < 4; n++) {
        client.receive(d);
        assertEquals(8, d.data().remaining());
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"OPEN", "BIND", "LOCAL_ADDR"})
  void aListenThatFailsLeavesNothing(Call call) {
    faults.failNext(call, 1, Errno.ENOBUFS);
    IOException e = assertThrows(IOException.class, UdpFaultsTest::listen);
    NetFailure failure = assertInstanceOf(NetFailure.class, e);
    assertEquals("listen", failure.op());
    assertEquals("ENOBUFS", failure.errno());
    assertEquals(1, faults.injected(call));
  }

  @ParameterizedTest
  @EnumSource(names = {"OPEN", "BIND", "CONNECT"})
  void aDialThatFailsLeavesNothing(Call call) throws Exception {
    try (UdpConn server = listen()) {
      faults.failNext(call, 1, Errno.ENETUNREACH);
      Dialer dialer = Dialer.defaults().withLocalAddr(LOOPBACK);
      IOException e =
          assertThrows(IOException.class, () -> dialer.dialUdp("udp", server.localAddr()));
      NetFailure failure = assertInstanceOf(NetFailure.class, e);
      assertEquals("dial", failure.op());
      assertEquals("ENETUNREACH", failure.errno());
    }
  }

  @Test
  void aFailureIsAboutOneDatagramAndIsNotKept() throws Exception {
    try (UdpConn server = listen();
        UdpConn client = Dialer.defaults().dialUdp("udp", server.localAddr())) {
      faults.failNext(Call.SEND, 1, Errno.EPERM);
      assertThrows(IOException.class, () -> client.write(new byte[3]));
      faults.failNext(Call.RECEIVE, 1, Errno.ECONNREFUSED);
      assertThrows(IOException.class, () -> client.read(new byte[3]));
      client.write(new byte[3]);
      assertEquals(3, server.read(new byte[9]));
      server.send(new byte[0], client.localAddr());
      assertEquals(0, client.read(new byte[9]));
    }
  }
}
