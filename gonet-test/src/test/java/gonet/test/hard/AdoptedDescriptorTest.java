package gonet.test.hard;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Dialer;
import gonet.ListenConfig;
import gonet.Listener;
import gonet.Net;
import gonet.NetSocketException;
import gonet.SocketControl;
import gonet.TcpConn;
import gonet.TcpListener;
import gonet.internal.sys.Linux;
import gonet.internal.sys.SocketCalls;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import gonet.test.machine.ProcFd;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.channels.Pipe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/**
 * Sockets that others opened: what is taken over works like gonet's own, and what is none, or one
 * of another kind, is refused with a word about it. Go: {@code TestFileConn}, {@code
 * TestFileListener}.
 */
@LeakCheck
@Timeout(180)
@EnabledIfSystemProperty(
    named = "gonet.backend",
    matches = "epoll",
    disabledReason = "java.nio adopts no descriptors")
@Proves({"adopt", "B40"})
class AdoptedDescriptorTest {
  private static final int SCTP = 132;
  private static final int AF_NETLINK = 16;
  private static final int SOCK_RAW = 3;

  // ---- the right kind --------------------------------------------------------------------------

  @Test
  @Proves("B37")
  void anAdoptedListenerServesOnWhenTheOriginalIsClosed() throws Exception {
    AtomicInteger number = new AtomicInteger();
    TcpListener original = noting(number).listenTcp("tcp", "127.0.0.1:0");
    try (TcpListener adopted = (TcpListener) Net.fileListener(number.get())) {
      original.close();
      assertEquals(original.addr(), adopted.addr());
      try (Conn client = Dialer.defaults().dialTcp("tcp", adopted.addr().toString());
          TcpConn server = adopted.accept()) {
        assertEquals(client.localAddr(), server.remoteAddr());
        echo(client, server);
        assertTrue(server.noDelay());
        assertTrue(server.keepAlive().enabled());
      }
    }
  }

  @Test
  void closingAnAdoptedListenerLeavesTheOriginalListening() throws Exception {
    AtomicInteger number = new AtomicInteger();
    try (TcpListener original = noting(number).listenTcp("tcp", "127.0.0.1:0")) {
      Net.fileListener(number.get()).close();
      try (Conn client = Net.dial("tcp", original.addr().toString());
          Conn server = original.accept()) {
        echo(client, server);
      }
    }
  }

  @Test
  @SuppressWarnings("try") // closed early on purpose
  void anAdoptedConnectionKeepsAddressesAndStreamWhenTheOriginalIsClosed() throws Exception {
    AtomicInteger number = new AtomicInteger();
    try (TcpListener listener = ListenConfig.defaults().listenTcp("tcp", "127.0.0.1:0");
        TcpConn original =
            gonet.Dialer.defaults().withControl(control(number)).dialTcp("tcp", listener.addr());
        TcpConn server = listener.accept();
        TcpConn adopted = (TcpConn) Net.fileConn(number.get())) {
      server.write("be".getBytes(UTF_8));
      assertEquals('b', readByte(original));
      original.close();
      assertEquals(server.remoteAddr(), adopted.localAddr());
      assertEquals(server.localAddr(), adopted.remoteAddr());
      assertEquals('e', readByte(adopted));
      echo(adopted, server);
      adopted.close();
      assertEquals(-1, server.read(new byte[1]));
    }
  }

  /**
   * Who opened the socket may have left it blocking: then a thread must not be stuck in accept4.
   */
  @Test
  void aBlockingSocketBecomesNonBlockingForBothOwners() throws Exception {
    int fd = SocketCalls.socket(Linux.AF_INET, Linux.SOCK_STREAM, Linux.IPPROTO_TCP);
    try {
      assertEquals(0, SocketCalls.listen(fd, 5)); // bound by the kernel, to any address
      assertEquals(0, ProcFd.flags(fd) & Linux.O_NONBLOCK);
      try (Listener adopted = Net.fileListener(fd)) {
        adopted.setDeadline(java.time.Instant.now().plusMillis(50));
        assertThrows(gonet.NetTimeoutException.class, adopted::accept);
        assertEquals(Linux.O_NONBLOCK, ProcFd.flags(fd) & Linux.O_NONBLOCK);
      }
    } finally {
      SocketCalls.close(fd);
    }
  }

  // ---- the wrong kind --------------------------------------------------------------------------

  @Test
  void aNumberThatIsNotOpenIsABadDescriptor() {
    for (int number : new int[] {-1, Integer.MIN_VALUE, 1_000_000, Integer.MAX_VALUE}) {
      refused(number, "EBADF", "fcntl: bad file descriptor", () -> Net.fileConn(number));
      refused(number, "EBADF", "fcntl: bad file descriptor", () -> Net.fileListener(number));
    }
  }

  @Test
  void aFileAndAPipeAreNoSockets(@TempDir Path dir) throws Exception {
    Path file = Files.writeString(dir.resolve("file"), "text");
    String text = "getsockopt: socket operation on non-socket";
    try (FileInputStream open = new FileInputStream(file.toFile())) {
      bothRefuse(ProcFd.of(file.toRealPath().toString()), "ENOTSOCK", text);
      assertEquals('t', open.read());
    }
    Pipe pipe = Pipe.open();
    try {
      bothRefuse(ProcFd.ofKind("pipe:"), "ENOTSOCK", text);
    } finally {
      pipe.source().close();
      pipe.sink().close();
    }
  }

  @Test
  void aSocketOfAnotherFamilyTypeOrProtocolIsRefusedByIt() throws Exception {
    String not = "not a TCP socket: ";
    withSocket(
        AF_NETLINK, SOCK_RAW, 0, fd -> bothRefuse(fd, "EAFNOSUPPORT", not + "address family 16"));
    withSocket(
        Linux.AF_UNIX,
        Linux.SOCK_DGRAM,
        0,
        fd -> bothRefuse(fd, "EPROTOTYPE", not + "type 2 (datagram)"));
    for (int domain : new int[] {Linux.AF_INET, Linux.AF_INET6}) {
      withSocket(
          domain,
          Linux.SOCK_DGRAM,
          0,
          fd -> bothRefuse(fd, "EPROTOTYPE", not + "type 2 (datagram)"));
      withSocket(
          domain,
          Linux.SOCK_STREAM,
          SCTP,
          fd -> bothRefuse(fd, "EPROTONOSUPPORT", not + "protocol 132 (SCTP)"));
    }
  }

  @Test
  void aListenerIsNoConnectionAndAConnectionNoListener() throws Exception {
    AtomicInteger number = new AtomicInteger();
    try (TcpListener listener = noting(number).listenTcp("tcp", "127.0.0.1:0")) {
      int listening = number.get();
      refused(
          listening,
          "EINVAL",
          "a listening socket, not a connection",
          () -> Net.fileConn(listening));
      try (TcpConn client =
              gonet.Dialer.defaults().withControl(control(number)).dialTcp("tcp", listener.addr());
          TcpConn server = listener.accept()) {
        int connected = number.get();
        refused(connected, "EINVAL", "not a listening socket", () -> Net.fileListener(connected));
        echo(client, server);
      }
    }
  }

  @Test
  void aSocketThatIsNeitherConnectedNorListensIsNothingYet() {
    withSocket(
        Linux.AF_INET,
        Linux.SOCK_STREAM,
        0,
        fd -> {
          refused(
              fd,
              "ENOTCONN",
              "getpeername: transport endpoint is not connected",
              () -> Net.fileConn(fd));
          refused(fd, "EINVAL", "not a listening socket", () -> Net.fileListener(fd));
        });
  }

  // ---- helpers ---------------------------------------------------------------------------------

  private static void bothRefuse(int fd, String errno, String text) {
    refused(fd, errno, text, () -> Net.fileConn(fd));
    refused(fd, errno, text, () -> Net.fileListener(fd));
  }

  /** The refusal names the number and what was found, and leaves the descriptor as it was. */
  private static void refused(int fd, String errno, String text, Executable adopt) {
    int flags = ProcFd.flags(fd);
    NetSocketException e = assertThrows(NetSocketException.class, adopt);
    assertEquals("file file+net fd " + fd + ": " + text, e.getMessage());
    assertEquals(errno, e.errno());
    assertEquals("file", e.op());
    assertNull(e.source());
    assertEquals(flags, ProcFd.flags(fd), "flags of the refused descriptor");
  }

  /** Passes a blocking socket, if the kernel has such ones: not every kernel speaks SCTP. */
  private static void withSocket(int domain, int type, int protocol, Consumer<Integer> use) {
    int fd = SocketCalls.socket(domain, type, protocol);
    if (fd >= 0) {
      try {
        use.accept(fd);
      } finally {
        SocketCalls.close(fd);
      }
    } else {
      assertEquals(SCTP, protocol, "socket failed");
    }
  }

  private static ListenConfig noting(AtomicInteger number) {
    return ListenConfig.defaults().withControl(control(number));
  }

  private static SocketControl control(AtomicInteger number) {
    return (network, address, socket) -> number.set(socket.fd());
  }

  private static int readByte(Conn conn) throws IOException {
    byte[] one = new byte[1];
    conn.readFully(one);
    return one[0];
  }

  private static void echo(Conn client, Conn server) throws IOException {
    client.write("hello".getBytes(UTF_8));
    byte[] buf = new byte[5];
    server.readFully(buf);
    server.write(buf);
    buf = new byte[5];
    client.readFully(buf);
    assertEquals("hello", new String(buf, UTF_8));
  }
}
