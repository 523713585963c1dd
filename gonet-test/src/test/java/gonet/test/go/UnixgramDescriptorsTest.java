package gonet.test.go;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Datagram;
import gonet.DatagramBatch;
import gonet.Dialer;
import gonet.ListenConfig;
import gonet.Listener;
import gonet.Net;
import gonet.NetAddressException;
import gonet.NetSocket;
import gonet.NetSocketException;
import gonet.NetTimeoutException;
import gonet.TcpConn;
import gonet.TcpListener;
import gonet.UnixAddr;
import gonet.UnixConn;
import gonet.UnixgramConn;
import gonet.internal.sys.Linux;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import gonet.test.machine.ProcFd;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Descriptors beside datagrams: SCM_RIGHTS. The leak check sees whatever nobody closed. */
@LeakCheck
@Timeout(180)
@OverEpoll
@Proves("unix-descriptors")
class UnixgramDescriptorsTest {
  private UnixgramConn server;

  /** Has a name, and the server as its peer. */
  private UnixgramConn client;

  @BeforeEach
  void open() throws IOException {
    server = ListenConfig.defaults().listenUnixgram("");
    client =
        Dialer.defaults()
            .withLocalAddr(UnixAddr.of("unixgram", ""))
            .dialUnixgram(server.localAddr().name());
  }

  @AfterEach
  void close() {
    client.close();
    server.close();
  }

  @Test
  void aListenerAndAConnectionGoWithADatagramAndWorkOnTheOtherSide() throws Exception {
    Datagram d = Datagram.allocate(100);
    byte[] buf = new byte[1];
    try (TcpListener tcp = ListenConfig.defaults().listenTcp("tcp", "127.0.0.1:0");
        TcpConn dialled = Dialer.defaults().dialTcp("tcp", tcp.addr().toString());
        TcpConn accepted = tcp.accept()) {
      client.sendDescriptors("take".getBytes(US_ASCII), tcp, accepted);
      try (UnixConn.Received received = server.receive(d, 2)) {
        assertEquals(4, received.bytes());
        assertEquals("take", US_ASCII.decode(d.data().duplicate()).toString());
        assertEquals(client.localAddr(), d.addr());
        assertEquals(2, received.descriptors().size());
        assertFalse(received.truncated());
        for (int number : received.descriptors()) {
          assertTrue((ProcFd.flags(number) & Linux.O_CLOEXEC) != 0);
        }
        try (Listener sameListener = Net.fileListener(received.descriptors().get(0));
            Conn sameConn = Net.fileConn(received.descriptors().get(1))) {
          assertEquals(tcp.addr(), sameListener.addr());
          sameConn.write(new byte[] {5});
          assertEquals(1, dialled.read(buf));
        }
      }
    }
  }

  /** To whoever asked, by the address that came with the question. */
  @Test
  void anUnconnectedSocketSendsThemToAnAddress() throws Exception {
    UnixAddr to = client.localAddr();
    Datagram d = Datagram.allocate(100);
    server.sendDescriptors(new byte[0], to, (NetSocket) server);
    try (UnixConn.Received received = client.receive(d, 1)) {
      assertEquals(0, received.bytes());
      assertEquals(1, received.descriptors().size());
      server.sendDescriptors(new byte[3], to, received.descriptors().getFirst());
    }
    try (UnixConn.Received received = client.receive(d, 1)) {
      assertEquals(3, received.bytes());
      assertEquals(1, received.descriptors().size());
    }
    assertThrows(
        NetSocketException.class,
        () -> client.sendDescriptors(new byte[1], to, (NetSocket) server));
    assertEquals(
        "ENOTCONN",
        assertThrows(
                NetSocketException.class,
                () -> server.sendDescriptors(new byte[1], (NetSocket) server))
            .errno());
    assertThrows(
        NetAddressException.class,
        () -> server.sendDescriptors(new byte[1], UnixAddr.of("unix", "/x"), (NetSocket) server));
  }

  @Test
  void aReceiverThatDoesNotWantThemGetsTheBytesAndNoDescriptor() throws Exception {
    long before = openHere();
    Datagram d = Datagram.allocate(10);
    client.sendDescriptors(new byte[3], (NetSocket) client);
    assertEquals(3, server.read(new byte[10]));
    client.sendDescriptors(new byte[4], (NetSocket) client);
    server.receive(ByteBuffer.allocate(10));
    client.sendDescriptors(new byte[5], (NetSocket) client);
    server.receive(d);
    assertEquals(5, d.data().remaining());
    client.sendDescriptors(new byte[6], (NetSocket) client);
    assertEquals(1, server.receive(DatagramBatch.allocate(2, 10)));
    client.sendDescriptors(new byte[7], (NetSocket) client, client);
    try (UnixConn.Received received = server.receive(d, 0)) {
      assertEquals(7, received.bytes());
      assertEquals(0, received.descriptors().size());
      assertTrue(received.truncated());
    }
    client.sendDescriptors(new byte[8], (NetSocket) client, client, client);
    try (UnixConn.Received received = server.receive(d, 1)) {
      assertEquals(1, received.descriptors().size());
      assertTrue(received.truncated());
    }
    assertEquals(before, openHere());
  }

  /** What is known of a datagram is known of one with descriptors, too. */
  @Test
  void aDatagramThatIsTooLongTellsSoAndItsDescriptorsComeAllTheSame() throws Exception {
    Datagram wrapped = Datagram.wrap(ByteBuffer.allocate(4));
    client.sendDescriptors(new byte[] {1, 2, 3, 4, 5, 6}, (NetSocket) client);
    try (UnixConn.Received received = server.receive(wrapped, 1)) {
      assertEquals(4, received.bytes());
      assertEquals(1, received.descriptors().size());
      assertTrue(wrapped.truncated());
      assertEquals(6, wrapped.wireLength());
      assertEquals(4, wrapped.data().get(3));
    }
    client.write(new byte[] {9});
    try (UnixConn.Received received = server.receive(wrapped, 1)) {
      assertEquals(1, received.bytes());
      assertEquals(9, wrapped.data().get(0));
      assertEquals(0, received.descriptors().size());
      assertFalse(received.truncated());
    }
  }

  @Test
  void limitsAreHeldAndNothingIsSentThen() throws Exception {
    byte[] one = new byte[1];
    Datagram d = Datagram.allocate(10);
    assertThrows(IllegalArgumentException.class, () -> client.sendDescriptors(one, new int[0]));
    assertThrows(IllegalArgumentException.class, () -> client.sendDescriptors(one, new int[254]));
    assertThrows(IllegalArgumentException.class, () -> server.receive(d, -1));
    assertThrows(IllegalArgumentException.class, () -> server.receive(d, 254));
    NetSocketException e =
        assertThrows(NetSocketException.class, () -> client.sendDescriptors(one, 1_000_000));
    assertEquals("EBADF", e.errno());
    assertTrue(e.getMessage().startsWith("write unixgram "), e.getMessage());
    server.setReadTimeout(Duration.ofMillis(20));
    assertThrows(NetTimeoutException.class, () -> server.receive(d, 1));
    NetSocket[] many = new NetSocket[253];
    Arrays.fill(many, client);
    client.sendDescriptors(one, many); // and the failures have not spoiled it
    server.setReadTimeout(null);
    try (UnixConn.Received received = server.receive(d, 253)) {
      assertEquals(253, received.descriptors().stream().distinct().count());
    }
  }

  /** As every send to a queue that is full. */
  @Test
  void whereTheQueueIsFullASendWaitsUntilItsTimeIsOver() throws Exception {
    client.setWriteTimeout(Duration.ofMillis(50));
    assertThrows(
        NetTimeoutException.class,
        () -> {
          for (; ; ) {
            client.sendDescriptors(new byte[1], (NetSocket) client);
          }
        });
    Datagram d = Datagram.allocate(1);
    try (UnixConn.Received received = server.receive(d, 1)) {
      assertEquals(1, received.descriptors().size());
    }
    client.sendDescriptors(new byte[1], (NetSocket) client);
  }

  private static long openHere() throws IOException {
    try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
      return all.count();
    }
  }
}
