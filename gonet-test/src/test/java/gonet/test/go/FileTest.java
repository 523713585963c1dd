package gonet.test.go;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Datagram;
import gonet.Dialer;
import gonet.ListenConfig;
import gonet.Listener;
import gonet.Net;
import gonet.NetClosedException;
import gonet.NetSocket;
import gonet.NetSocketException;
import gonet.PacketConn;
import gonet.SocketDescriptor;
import gonet.UdpConn;
import gonet.UnixgramConn;
import gonet.internal.sys.Linux;
import gonet.internal.sys.SocketCalls;
import gonet.test.Callers;
import gonet.test.Crew;
import gonet.test.Job;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import gonet.test.machine.Ipv6;
import gonet.test.machine.ProcFd;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Go's {@code file_test.go}: descriptors that are handed out, and sockets made of them again. */
@LeakCheck
@Timeout(180)
class FileTest {
  private static final byte[] HELLO = "hello".getBytes(UTF_8);

  private final Crew crew = new Crew(Callers.VIRTUAL);
  private Path dir;

  @BeforeEach
  void makeDirectory() throws IOException {
    dir = Files.createTempDirectory("gonet");
  }

  @AfterEach
  void removeDirectory() throws Exception {
    crew.end();
    Files.deleteIfExists(dir.resolve("s"));
    Files.delete(dir);
  }

  private String address(String network) {
    return network.startsWith("unix") ? dir.resolve("s").toString() : "127.0.0.1:0";
  }

  private static NetSocket socket(Conn conn) {
    return conn.find(NetSocket.class);
  }

  // ---- connections and listeners ---------------------------------------------------------------

  /** Go: TestFileConn, TestFileListener. */
  @ParameterizedTest
  @ValueSource(strings = {"tcp", "unix", "unixpacket"})
  @OverEpoll
  @Proves({"tcp-file", "listener-file", "adopt"})
  @SuppressWarnings("try") // closed early on purpose
  void aDuplicateLivesOnWhenItsSocketIsClosed(String network) throws Exception {
    Listener original = Net.listen(network, address(network));
    Conn client = Net.dial(network, original.addr().toString());
    try (SocketDescriptor d = ((NetSocket) original).duplicateDescriptor();
        SocketDescriptor ofClient = socket(client).duplicateDescriptor()) {
      client.close();
      original.close();
      try (Listener listener = Net.fileListener(d.number());
          Conn server = listener.accept();
          Conn adopted = Net.fileConn(ofClient.number())) {
        assertEquals(original.addr().toString(), listener.addr().toString());
        assertEquals(client.remoteAddr(), adopted.remoteAddr());
        adopted.write(HELLO);
        byte[] buf = new byte[10];
        assertEquals(5, server.read(buf));
        ofClient.close();
        adopted.close();
        assertEquals(-1, server.read(buf)); // the last of the three is closed
      }
    }
  }

  @Test
  @OverEpoll
  @Proves({"tcp-file", "listener-file"})
  void aDuplicateIsClosedOnExecAndDoesNotBlockAndClosesOnce() throws Exception {
    try (Listener listener = Net.listen("tcp", "127.0.0.1:0")) {
      SocketDescriptor d = ((NetSocket) listener).duplicateDescriptor();
      int flags = ProcFd.flags(d.number());
      assertTrue((flags & Linux.O_CLOEXEC) != 0 && (flags & Linux.O_NONBLOCK) != 0, "" + flags);
      assertEquals("descriptor " + d.number(), d.toString());
      d.close();
      assertEquals(-1, ProcFd.flags(d.number()));
      d.close();
      assertThrows(IllegalStateException.class, d::detach);
      SocketDescriptor other = ((NetSocket) listener).duplicateDescriptor();
      int number = other.detach();
      other.close();
      assertTrue(ProcFd.flags(number) >= 0);
      assertEquals(0, SocketCalls.close(number));
    }
  }

  /** Go: TestFileError, TestFileCloseRace. */
  @Test
  @OverEpoll
  @Proves({"tcp-file", "listener-file"})
  void aClosedSocketGivesNoneAndARaceWithCloseGivesOneOrNone() throws Exception {
    Listener listener = Net.listen("tcp", "127.0.0.1:0");
    String at = listener.addr().toString();
    for (int i = 0; i < 100; i++) {
      Conn client = Net.dial("tcp", at);
      Job<Void> closes = crew.start("closes", client::close);
      try (SocketDescriptor d = socket(client).duplicateDescriptor()) {
        assertTrue(ProcFd.flags(d.number()) >= 0);
      } catch (NetClosedException e) {
        assertTrue(e.getMessage().endsWith("use of closed network connection"), e.getMessage());
      }
      var _ = closes.result();
      assertThrows(NetClosedException.class, () -> socket(client).duplicateDescriptor());
    }
    listener.close();
    NetClosedException e =
        assertThrows(NetClosedException.class, ((NetSocket) listener)::duplicateDescriptor);
    assertEquals("file tcp " + at + ": use of closed network connection", e.getMessage());
  }

  // ---- datagrams -------------------------------------------------------------------------------

  /** Go: TestFilePacketConn. */
  @ParameterizedTest
  @ValueSource(strings = {"udp", "udp4", "udp6", "unixgram"})
  @OverEpoll
  @Proves("file-packet")
  @SuppressWarnings("try") // closed early on purpose
  void aSocketForDatagramsIsAdoptedWithItsAddresses(String network) throws Exception {
    Ipv6.assumeFor(network, network.equals("udp6") ? "::1" : "");
    String at = network.equals("udp6") ? "[::1]:0" : address(network);
    PacketConn original = Net.listenPacket(network, at);
    Function<PacketConn, NetSocket> socket = NetSocket.class::cast;
    try (SocketDescriptor d = socket.apply(original).duplicateDescriptor();
        PacketConn server = Net.filePacketConn(d.number());
        Conn client = Net.dial(network, original.localAddr().toString());
        SocketDescriptor ofClient = socket(client).duplicateDescriptor();
        PacketConn adopted = Net.filePacketConn(ofClient.number())) {
      original.close();
      client.close();
      assertEquals(original.localAddr(), server.localAddr());
      assertEquals(network.equals("unixgram"), adopted instanceof UnixgramConn);
      Conn connected = (Conn) adopted;
      assertEquals(original.localAddr(), connected.remoteAddr());
      connected.write(HELLO);
      ByteBuffer buf = ByteBuffer.allocate(10);
      server.receive(buf);
      assertEquals(5, buf.position());
      if (!network.equals("unixgram")) { // where the client has no name
        server.send(HELLO, connected.localAddr());
        assertEquals(5, connected.read(new byte[10]));
      }
    }
  }

  @Test
  @OverEpoll
  @Proves("file-packet")
  void whatComesBesideADatagramComesToAnAdoptedSocketToo() throws Exception {
    try (UdpConn original = ListenConfig.defaults().listenUdp("udp4", "127.0.0.1:0");
        UdpConn client = Dialer.defaults().dialUdp("udp4", original.localAddr())) {
      original.setReceiveHopLimit(true);
      try (SocketDescriptor d = original.duplicateDescriptor();
          PacketConn adopted = Net.filePacketConn(d.number())) {
        client.write(HELLO);
        Datagram received = Datagram.allocate(10);
        adopted.receive(received);
        assertTrue(received.hopLimit() > 0);
      }
    }
  }

  @Test
  @OverEpoll
  @Proves("file-packet")
  void whatIsNoSocketForDatagramsIsRefusedByNumber() throws Exception {
    refuses(-1, "EBADF", "fcntl: bad file descriptor");
    try (Listener listener = Net.listen("tcp", "127.0.0.1:0");
        SocketDescriptor d = ((NetSocket) listener).duplicateDescriptor()) {
      refuses(d.number(), "EPROTOTYPE", "not a socket for datagrams: type 1 (stream)");
    }
    Path file = Files.createFile(dir.resolve("s"));
    try (var _ = Files.newInputStream(file)) {
      refuses(ProcFd.of(file.toString()), "ENOTSOCK", "getsockopt: socket operation on non-socket");
    }
  }

  private static void refuses(int fd, String errno, String why) {
    NetSocketException e = assertThrows(NetSocketException.class, () -> Net.filePacketConn(fd));
    assertEquals("file file+net fd " + fd + ": " + why, e.getMessage());
    assertEquals(errno, e.errno());
  }

  // ---- where there are none --------------------------------------------------------------------

  @Test
  @EnabledIfSystemProperty(
      named = "gonet.backend",
      matches = "nio",
      disabledReason = "the other backend has descriptors")
  @Proves({"tcp-file", "listener-file", "tcp-raw", "file-packet"})
  void theJdkHidesDescriptorsAndThatIsSaid() throws Exception {
    try (Listener listener = Net.listen("tcp", "127.0.0.1:0");
        Conn client = Net.dial("tcp", listener.addr().toString());
        Conn server = listener.accept()) {
      for (NetSocket socket : new NetSocket[] {socket(client), (NetSocket) listener}) {
        assertThrows(UnsupportedOperationException.class, socket::duplicateDescriptor);
        assertThrows(UnsupportedOperationException.class, socket::rawConn);
      }
      assertThrows(UnsupportedOperationException.class, () -> Net.filePacketConn(0));
      client.write(HELLO);
      assertFalse(server.isClosed());
      assertEquals(5, server.read(new byte[10]));
    }
  }
}
