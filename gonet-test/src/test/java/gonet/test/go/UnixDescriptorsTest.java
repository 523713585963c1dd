package gonet.test.go;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Dialer;
import gonet.ListenConfig;
import gonet.Listener;
import gonet.Net;
import gonet.NetSocket;
import gonet.NetSocketException;
import gonet.NetTimeoutException;
import gonet.TcpConn;
import gonet.TcpListener;
import gonet.UnixConn;
import gonet.UnixListener;
import gonet.internal.sys.Linux;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import gonet.test.machine.ProcFd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Descriptors and credentials beside the bytes: SCM_RIGHTS and SO_PEERCRED. Go: {@code
 * TestUnixConnReadMsgUnixSCMRightsCloseOnExec}. The leak check sees whatever nobody closed.
 */
@LeakCheck
@Timeout(180)
@OverEpoll
@Proves("unix-descriptors")
class UnixDescriptorsTest {
  private Path dir;
  private UnixListener listener;
  private UnixConn left;
  private UnixConn right;

  @BeforeEach
  void connect() throws IOException {
    dir = Files.createTempDirectory("gonet");
    connect("unix");
  }

  private void connect(String network) throws IOException {
    listener = ListenConfig.defaults().listenUnix(network, dir.resolve("s").toString());
    left = Dialer.defaults().dialUnix(network, listener.addr().name());
    right = listener.accept();
  }

  @AfterEach
  void close() throws IOException {
    left.close();
    right.close();
    listener.close();
    Files.delete(dir);
  }

  @ParameterizedTest
  @ValueSource(strings = {"unix", "unixpacket"})
  void aListenerAndAConnectionGoToTheOtherSideAndWorkThere(String network) throws Exception {
    close();
    dir = Files.createTempDirectory("gonet");
    connect(network);
    byte[] buf = new byte[100];
    try (TcpListener tcp = ListenConfig.defaults().listenTcp("tcp", "127.0.0.1:0");
        TcpConn client = Dialer.defaults().dialTcp("tcp", tcp.addr().toString());
        TcpConn server = tcp.accept()) {
      left.sendDescriptors("take".getBytes(US_ASCII), tcp, server);
      try (UnixConn.Received received = right.receive(buf, 10, 50, 2)) {
        assertEquals(4, received.bytes());
        assertEquals("take", new String(buf, 10, 4, US_ASCII));
        assertEquals(2, received.descriptors().size());
        assertFalse(received.truncated());
        for (int number : received.descriptors()) {
          assertTrue(closedOnExec(number));
        }
        try (Listener sameListener = Net.fileListener(received.descriptors().get(0));
            Conn sameConn = Net.fileConn(received.descriptors().get(1))) {
          assertEquals(tcp.addr(), sameListener.addr());
          sameConn.write(new byte[] {5});
          assertEquals(1, client.read(buf));
          try (Conn another = Net.dial("tcp", tcp.addr().toString());
              Conn accepted = sameListener.accept()) {
            assertEquals(another.localAddr(), accepted.remoteAddr());
          }
        }
      }
    }
  }

  /** Go: TestFileListener, TestFileConn. The path is the original's. */
  @ParameterizedTest
  @ValueSource(strings = {"unix", "unixpacket"})
  @Proves("adopt")
  void unixSocketsAreAdoptedToo(String network) throws Exception {
    close();
    dir = Files.createTempDirectory("gonet");
    connect(network);
    left.sendDescriptors(new byte[1], listener, left);
    try (UnixConn.Received received = right.receive(new byte[1], 0, 1, 2);
        Conn sameConn = Net.fileConn(received.descriptors().get(1))) {
      try (Listener sameListener = Net.fileListener(received.descriptors().get(0))) {
        assertEquals(listener.addr(), sameListener.addr());
        assertEquals(left.remoteAddr(), sameConn.remoteAddr());
        sameConn.write(new byte[] {1, 2});
        assertEquals(2, right.read(new byte[5]));
        try (Conn client = Net.dial(network, listener.addr().name());
            Conn server = sameListener.accept()) {
          client.write(new byte[] {3});
          assertEquals(1, server.read(new byte[5]));
        }
      }
      assertTrue(Files.exists(Path.of(listener.addr().name())));
    }
  }

  @Test
  void aReceiverThatDoesNotWantThemGetsTheBytesAndNoDescriptor() throws Exception {
    long before = openHere();
    byte[] buf = new byte[10];
    left.sendDescriptors(new byte[3], (NetSocket) left);
    assertEquals(3, right.read(buf));
    left.sendDescriptors(new byte[4], (NetSocket) left, left);
    try (UnixConn.Received received = right.receive(buf, 0, 10, 0)) {
      assertEquals(4, received.bytes());
      assertEquals(0, received.descriptors().size());
      assertTrue(received.truncated());
    }
    left.sendDescriptors(new byte[5], (NetSocket) left, left, left);
    try (UnixConn.Received received = right.receive(buf, 0, 10, 1)) {
      assertEquals(5, received.bytes());
      assertEquals(1, received.descriptors().size());
      assertTrue(received.truncated());
    }
    assertEquals(before, openHere());
  }

  /** A read that took both would give the descriptors of the one with the bytes of the other. */
  @Test
  void aReadOfAStreamStopsBehindBytesThatHadDescriptors() throws Exception {
    left.sendDescriptors(new byte[] {1}, (NetSocket) left);
    left.sendDescriptors(new byte[] {2}, (NetSocket) left, left);
    left.write(new byte[] {3});
    byte[] buf = new byte[10];
    for (int count = 1; count <= 2; count++) {
      try (UnixConn.Received received = right.receive(buf, 0, 10, 10)) {
        assertEquals(1, received.bytes());
        assertEquals(count, buf[0]);
        assertEquals(count, received.descriptors().size());
      }
    }
    assertEquals(1, right.read(buf));
    assertEquals(3, buf[0]);
  }

  @Test
  void theRestOfALongWriteFollowsItsDescriptors() throws Exception {
    byte[] data = new byte[3 << 20];
    Arrays.fill(data, (byte) 7);
    Thread writer =
        Net.go(
            () -> {
              left.sendDescriptors(data, (NetSocket) left);
              left.closeWrite();
            });
    int count = 0;
    int bytes = 0;
    byte[] buf = new byte[100_000];
    for (boolean end = false; !end; ) {
      try (UnixConn.Received received = right.receive(buf, 0, buf.length, 5)) {
        count += received.descriptors().size();
        end = received.bytes() < 0;
        bytes += Math.max(0, received.bytes());
      }
    }
    assertEquals(1, count);
    assertEquals(data.length, bytes);
    writer.join();
  }

  @Test
  void limitsAreHeldAndNothingIsSentThen() throws Exception {
    byte[] one = new byte[1];
    assertThrows(IllegalArgumentException.class, () -> left.sendDescriptors(new byte[0], 1));
    assertThrows(IllegalArgumentException.class, () -> left.sendDescriptors(one, new int[0]));
    assertThrows(IllegalArgumentException.class, () -> left.sendDescriptors(one, new int[254]));
    assertThrows(IllegalArgumentException.class, () -> right.receive(one, 0, 0, 1));
    assertThrows(IllegalArgumentException.class, () -> right.receive(one, 0, 1, -1));
    assertThrows(IllegalArgumentException.class, () -> right.receive(one, 0, 1, 254));
    assertThrows(IndexOutOfBoundsException.class, () -> right.receive(one, 1, 1, 1));
    NetSocketException e =
        assertThrows(NetSocketException.class, () -> left.sendDescriptors(one, 1_000_000));
    assertEquals("EBADF", e.errno());
    right.setReadTimeout(Duration.ofMillis(20));
    assertThrows(NetTimeoutException.class, () -> right.receive(one, 0, 1, 1));
    left.write(one); // and the failures have not spoiled it
    right.setReadTimeout(null);
    assertEquals(1, right.read(one));
    left.closeWrite();
    try (UnixConn.Received received = right.receive(one, 0, 1, 1)) {
      assertEquals(-1, received.bytes());
    }
  }

  @Test
  void asManyGoAsAMessageCarries() throws Exception {
    NetSocket[] many = new NetSocket[253];
    Arrays.fill(many, left);
    left.sendDescriptors(new byte[1], many);
    try (UnixConn.Received received = right.receive(new byte[1], 0, 1, 253)) {
      assertEquals(253, received.descriptors().stream().distinct().count());
    }
  }

  @Test
  void thePeerIsThisProcessAndItsUser() throws Exception {
    UnixConn.PeerCredentials peer = right.peerCredentials();
    assertEquals(ProcessHandle.current().pid(), peer.pid());
    assertEquals(Files.getAttribute(dir, "unix:uid"), (int) peer.uid());
    assertEquals(peer, left.peerCredentials());
  }

  private static long openHere() throws IOException {
    try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
      return all.count();
    }
  }

  private static boolean closedOnExec(int number) throws IOException {
    return (ProcFd.flags(number) & Linux.O_CLOEXEC) != 0;
  }
}
