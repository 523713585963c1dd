package gonet.test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gonet.Conn;
import gonet.Dialer;
import gonet.ForwardingConn;
import gonet.ForwardingListener;
import gonet.KeepAlive;
import gonet.ListenConfig;
import gonet.Listener;
import gonet.Net;
import gonet.NetClosedException;
import gonet.NetSocket;
import gonet.NetTimeoutException;
import gonet.Pipe;
import gonet.TcpConn;
import gonet.TcpInfo;
import gonet.TcpListener;
import gonet.TcpSocketOptions;
import gonet.live.MinRate;
import java.io.IOException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import jdk.net.ExtendedSocketOptions;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;

/** Socket options through the API, and what the kernel tells of a connection. tcp(7), socket(7). */
@LeakCheck
@Timeout(180)
class OptionsTest {
  private static final ListenConfig LISTEN =
      ListenConfig.defaults()
          .withTrafficClass(0x20)
          .withKeepAlive(KeepAlive.of(Duration.ofSeconds(7), Duration.ofSeconds(8), 3));

  private TcpListener listener;
  private TcpConn dialled;
  private TcpConn accepted;

  private static boolean epoll() {
    return Net.stats().backend().equals("epoll");
  }

  @BeforeEach
  void connect() throws IOException {
    listener = LISTEN.listenTcp("tcp4", "127.0.0.1:0");
    dialled = Dialer.defaults().withTrafficClass(0x40).dialTcp("tcp4", listener.addr().toString());
    accepted = listener.accept();
  }

  @AfterEach
  void close() {
    accepted.close();
    dialled.close();
    listener.close();
  }

  private <T> void assertReadsBack(SocketOption<T> name, T value) throws IOException {
    for (TcpConn conn : List.of(dialled, accepted)) {
      conn.setOption(name, value);
      assertEquals(value, conn.getOption(name), name::name);
    }
  }

  @Test
  @Proves("jvm-options")
  void anOptionOfTheJdkReadsBackAsItWasSet() throws IOException {
    assertReadsBack(StandardSocketOptions.TCP_NODELAY, false);
    assertReadsBack(StandardSocketOptions.TCP_NODELAY, true);
    assertReadsBack(StandardSocketOptions.SO_KEEPALIVE, false);
    assertReadsBack(StandardSocketOptions.SO_KEEPALIVE, true);
    assertReadsBack(StandardSocketOptions.SO_LINGER, 5);
    assertReadsBack(StandardSocketOptions.SO_LINGER, -1);
    assertReadsBack(StandardSocketOptions.IP_TOS, 0x10);
    assertReadsBack(ExtendedSocketOptions.TCP_KEEPIDLE, 11);
    assertReadsBack(ExtendedSocketOptions.TCP_KEEPINTERVAL, 12);
    assertReadsBack(ExtendedSocketOptions.TCP_KEEPCOUNT, 13);
    assertReadsBack(StandardSocketOptions.SO_RCVBUF, 8 * 1024);
    assertReadsBack(StandardSocketOptions.SO_SNDBUF, 8 * 1024);
  }

  @Test
  @Proves("node-tos")
  void anOptionAndItsMethodAreOne() throws IOException {
    dialled.setOption(StandardSocketOptions.TCP_NODELAY, false);
    assertFalse(dialled.noDelay());
    dialled.setTrafficClass(0x10);
    assertEquals(0x10, dialled.getOption(StandardSocketOptions.IP_TOS));
    dialled.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, 11);
    assertEquals(Duration.ofSeconds(11), dialled.keepAlive().idle());
  }

  @Test
  @Proves("tcp-buffers")
  void whatAMethodReadsCanBeSetAgainAndChangesNothing() throws IOException {
    for (TcpConn conn : List.of(dialled, accepted)) {
      conn.setReadBuffer(8 * 1024);
      conn.setWriteBuffer(9 * 1024);
      for (int i = 0; i < 3; i++) {
        assertEquals(8 * 1024, conn.readBuffer());
        assertEquals(9 * 1024, conn.writeBuffer());
        conn.setReadBuffer(conn.readBuffer());
        conn.setWriteBuffer(conn.writeBuffer());
        conn.setLinger(conn.linger());
        conn.setNoDelay(conn.noDelay());
        conn.setTrafficClass(conn.trafficClass());
        KeepAlive keepAlive = conn.keepAlive();
        conn.setKeepAlive(keepAlive);
        assertEquals(keepAlive, conn.keepAlive());
      }
      assertNull(conn.linger());
      assertTrue(conn.noDelay());
    }
    assertEquals(0x20, accepted.trafficClass());
    assertEquals(0x40, dialled.trafficClass());
  }

  @Test
  @Proves("tcp-linger")
  void lingerIsNoneOrATimeInWholeSeconds() throws IOException {
    assertNull(dialled.linger());
    dialled.setLinger(Duration.ofMillis(1500));
    assertEquals(Duration.ofSeconds(2), dialled.linger());
    dialled.setLinger(Duration.ofSeconds(65535));
    assertEquals(Duration.ofSeconds(65535), dialled.linger());
    dialled.setLinger(Duration.ZERO);
    assertEquals(Duration.ZERO, dialled.linger());
    assertEquals(0, dialled.getOption(StandardSocketOptions.SO_LINGER));
    dialled.setLinger(null);
    assertNull(dialled.linger());
    for (Duration bad : new Duration[] {Duration.ofSeconds(65536), Duration.ofSeconds(-1)}) {
      assertNames("linger is " + bad, () -> dialled.setLinger(bad));
    }
  }

  @Test
  void theKernelTellsWhetherItAcknowledgesAtOnce() throws IOException {
    if (epoll()) {
      dialled.setQuickAck(true);
      assertTrue(dialled.quickAck());
      dialled.setQuickAck(false);
      assertFalse(dialled.quickAck());
    }
  }

  // ---- listeners -------------------------------------------------------------------------------

  @Test
  @Proves({"listener-options", "jvm-tcp-options"})
  void aListenerHasOptionsToo() throws IOException {
    listener
        .setOption(StandardSocketOptions.SO_RCVBUF, 8 * 1024)
        .setOption(StandardSocketOptions.TCP_NODELAY, false);
    assertEquals(8 * 1024, listener.getOption(StandardSocketOptions.SO_RCVBUF));
    assertEquals(false, listener.getOption(StandardSocketOptions.TCP_NODELAY));
    for (SocketOption<?> name : listener.supportedOptions()) {
      if (epoll()) {
        assertEquals(name.type(), listener.getOption(name).getClass(), name::name);
      }
    }
    if (epoll()) {
      listener.setOption(TcpSocketOptions.TCP_FASTOPEN, 16);
      assertEquals(16, listener.getOption(TcpSocketOptions.TCP_FASTOPEN));
      listener.setOption(TcpSocketOptions.TCP_DEFER_ACCEPT, 1);
      assertEquals(1, listener.getOption(TcpSocketOptions.TCP_DEFER_ACCEPT));
    } else {
      assertThrows(
          UnsupportedOperationException.class,
          () -> listener.setOption(TcpSocketOptions.TCP_FASTOPEN, 16));
    }
    assertNames("IP_TOS is 256", () -> listener.setOption(StandardSocketOptions.IP_TOS, 256));
    listener.close();
    assertThrows(
        NetClosedException.class, () -> listener.getOption(StandardSocketOptions.SO_RCVBUF));
    assertThrows(NetClosedException.class, listener::supportedOptions);
  }

  @Test
  @Proves("listener-options")
  void whatAListenerIsToldLaterHoldsForConnectionsThatComeInLater() throws IOException {
    assertTrue(accepted.noDelay());
    listener
        .setOption(StandardSocketOptions.TCP_NODELAY, false)
        .setOption(StandardSocketOptions.SO_LINGER, 5);
    try (TcpConn out = Dialer.defaults().dialTcp("tcp4", listener.addr().toString());
        TcpConn in = listener.accept()) {
      assertFalse(out.isClosed());
      assertFalse(in.noDelay());
      assertEquals(Duration.ofSeconds(5), in.linger());
    }
    assertTrue(accepted.noDelay());
  }

  @Test
  void theOptionsOfTheSocketAreFoundBeneathLayers() throws IOException {
    Conn layered = MinRate.of(1, Duration.ofDays(1)).over(new ForwardingConn(dialled) {});
    NetSocket socket = layered.find(NetSocket.class);
    assertEquals(dialled, socket);
    Listener over = new ForwardingListener(listener) {};
    assertEquals(listener, over.find(NetSocket.class));
    Pipe pipe = Net.pipe();
    assertNull(pipe.first().find(NetSocket.class));
    pipe.close();
  }

  @Test
  void nullIsTheSystemsValueForEverySetting() throws IOException {
    ListenConfig listens =
        ListenConfig.defaults()
            .withBacklog(5)
            .withReadBuffer(8192)
            .withWriteBuffer(8192)
            .withTrafficClass(4)
            .withUserTimeout(Duration.ofSeconds(1))
            .withBacklog(null)
            .withReadBuffer(null)
            .withWriteBuffer(null)
            .withTrafficClass(null)
            .withUserTimeout(null);
    assertEquals(ListenConfig.defaults().toString(), listens.toString());
    Dialer dials =
        Dialer.defaults()
            .withReadBuffer(8192)
            .withWriteBuffer(8192)
            .withTrafficClass(4)
            .withUserTimeout(Duration.ofSeconds(1))
            .withReadBuffer(null)
            .withWriteBuffer(null)
            .withTrafficClass(null)
            .withUserTimeout(null);
    assertEquals(Dialer.defaults().toString(), dials.toString());
    try (TcpListener l = listens.listenTcp("tcp4", "127.0.0.1:0");
        TcpConn out = dials.dialTcp("tcp4", l.addr().toString());
        TcpConn in = l.accept()) {
      assertEquals(0, out.trafficClass());
      assertEquals(0, in.trafficClass());
    }
  }

  // ---- what only Linux has ---------------------------------------------------------------------

  @Test
  @Proves({"node-cork", "jvm-tcp-options"})
  void optionsThatOnlyLinuxHasAreThereOrRefusedAsTheBackendSays() throws IOException {
    if (epoll()) {
      assertReadsBack(TcpSocketOptions.TCP_CORK, true);
      assertReadsBack(TcpSocketOptions.TCP_CORK, false);
      assertReadsBack(TcpSocketOptions.TCP_NOTSENT_LOWAT, 16 * 1024);
      assertReadsBack(TcpSocketOptions.TCP_USER_TIMEOUT, 2500);
      assertEquals(Duration.ofMillis(2500), dialled.userTimeout());
      dialled.setUserTimeout(null);
      assertEquals(0, dialled.getOption(TcpSocketOptions.TCP_USER_TIMEOUT));
      assertNull(dialled.userTimeout());
      dialled.setQuickAck(true); // the kernel changes it as it likes, so there is nothing to read
    } else {
      assertFalse(dialled.supportedOptions().contains(TcpSocketOptions.TCP_CORK));
      assertThrows(
          UnsupportedOperationException.class,
          () -> dialled.setOption(TcpSocketOptions.TCP_CORK, true));
      assertThrows(
          UnsupportedOperationException.class, () -> dialled.setUserTimeout(Duration.ofSeconds(1)));
      assertThrows(UnsupportedOperationException.class, () -> dialled.info());
    }
  }

  @Test
  @Proves("jvm-options")
  void everySupportedOptionCanBeRead() throws IOException {
    assertTrue(dialled.supportedOptions().contains(StandardSocketOptions.TCP_NODELAY));
    for (SocketOption<?> name : dialled.supportedOptions()) {
      Object value = dialled.getOption(name);
      assertEquals(name.type(), value.getClass(), name::name);
    }
  }

  @Test
  void aValueOutOfRangeAndAnOptionOfAnotherProtocolAreRefusedByName() {
    for (int bad : new int[] {-1, 256}) {
      assertNames("traffic class is " + bad, () -> dialled.setTrafficClass(bad));
      assertNames("IP_TOS is " + bad, () -> dialled.setOption(StandardSocketOptions.IP_TOS, bad));
    }
    assertNames("read buffer is 0", () -> dialled.setReadBuffer(0));
    assertNames("write buffer is -1", () -> dialled.setWriteBuffer(-1));
    var e =
        assertThrows(
            UnsupportedOperationException.class,
            () -> dialled.setOption(StandardSocketOptions.IP_MULTICAST_TTL, 1));
    assertTrue(e.getMessage().contains("IP_MULTICAST_TTL"), e.getMessage());
  }

  private static void assertNames(String what, Executable call) {
    var e = assertThrows(IllegalArgumentException.class, call);
    assertTrue(e.getMessage().startsWith(what), e.getMessage());
  }

  @Test
  @Proves({"node-options", "B46"})
  void connectionsHaveTheOptionsOfTheirListenerOrDialer() throws IOException {
    assertEquals(0x20, accepted.trafficClass());
    assertEquals(0x40, dialled.trafficClass());
    assertEquals(Duration.ofSeconds(7), accepted.keepAlive().idle());
  }

  @Test
  @Proves({"node-buffers", "node-options", "B46"})
  void theBuffersOfAListenerOrDialerAreThoseOfItsConnections() throws IOException {
    try (TcpListener l =
            ListenConfig.defaults()
                .withReadBuffer(8 * 1024)
                .withWriteBuffer(9 * 1024)
                .listenTcp("tcp4", "127.0.0.1:0");
        TcpConn out =
            Dialer.defaults()
                .withReadBuffer(10 * 1024)
                .withWriteBuffer(11 * 1024)
                .dialTcp("tcp4", l.addr());
        TcpConn in = l.accept()) {
      assertEquals(8 * 1024, in.readBuffer());
      assertEquals(9 * 1024, in.writeBuffer());
      assertEquals(10 * 1024, out.readBuffer());
      assertEquals(11 * 1024, out.writeBuffer());
    }
  }

  @Test
  @Proves({"jvm-user-timeout", "B46"})
  void theUserTimeoutOfAListenerOrDialerHoldsForItsConnections() throws IOException {
    assumeTrue(epoll(), "the nio backend has no user timeout");
    Duration patience = Duration.ofMillis(4321);
    try (TcpListener l =
            ListenConfig.defaults().withUserTimeout(patience).listenTcp("tcp", "127.0.0.1:0");
        TcpConn out =
            Dialer.defaults().withUserTimeout(patience).dialTcp("tcp", l.addr().toString());
        TcpConn in = l.accept()) {
      assertEquals(patience, out.userTimeout());
      assertEquals(patience, in.userTimeout());
    }
  }

  @Test
  @Proves({"node-bytes", "node-state", "S17", "B28", "B52"})
  void theKernelTellsStateAndBytesOfBothEnds() throws IOException {
    assumeTrue(epoll(), "the nio backend has no TCP_INFO");
    assertEquals(TcpInfo.State.ESTABLISHED, dialled.info().state());
    dialled.write(new byte[1000]);
    await("the bytes at the other end", () -> accepted.availableBytes() == 1000);
    await("their acknowledgement", () -> dialled.unsentBytes() == 0);
    assertEquals(1000, accepted.info().bytesReceived());
    assertEquals(1001, dialled.info().bytesAcked()); // SYN counts, as it has a sequence number
    assertEquals(1000, dialled.info().bytesSent());
    dialled.closeWrite();
    await("the end", () -> accepted.info().state() == TcpInfo.State.CLOSE_WAIT);
    await("its acknowledgement", () -> dialled.info().state() == TcpInfo.State.FIN_WAIT2);
  }

  @Test
  @Proves("A6")
  void whatNobodyTakesIsToldAsUnsent() throws IOException {
    assumeTrue(epoll(), "the nio backend cannot ask for it");
    dialled.setWriteTimeout(Duration.ofMillis(200));
    assertThrows(NetTimeoutException.class, () -> dialled.write(new byte[64 << 20]));
    assertTrue(dialled.unsentBytes() > 0);
  }

  private static void await(String what, Callable<Boolean> condition) {
    Awaitility.await(what)
        .pollInSameThread()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(1))
        .until(condition);
  }

  @Test
  @Proves("A4")
  void connectionsAreAcceptedInTheOrderInWhichTheyWereDialled() throws IOException {
    List<TcpConn> open = new ArrayList<>();
    try {
      for (int i = 0; i < 20; i++) {
        open.add(Dialer.defaults().dialTcp("tcp4", listener.addr().toString()));
      }
      for (int i = 0; i < 20; i++) {
        TcpConn next = listener.accept();
        open.add(next);
        assertEquals(open.get(i).localAddr(), next.remoteAddr());
      }
    } finally {
      open.forEach(TcpConn::close);
    }
  }
}
