package gonet.test.go;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Datagram;
import gonet.DatagramBatch;
import gonet.Dialer;
import gonet.ListenConfig;
import gonet.Net;
import gonet.NetAddressException;
import gonet.NetBindException;
import gonet.NetConnectException;
import gonet.NetFailure;
import gonet.NetInterruptedException;
import gonet.NetSocketException;
import gonet.NetTimeoutException;
import gonet.PacketConn;
import gonet.TcpAddr;
import gonet.TimeLimit;
import gonet.UdpAddr;
import gonet.UdpConn;
import gonet.UnixAddr;
import gonet.UnixgramConn;
import gonet.test.Callers;
import gonet.test.Crew;
import gonet.test.Job;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Go's tests of {@code unixgram}, and what is said of {@link UnixgramConn}. */
@LeakCheck
@Timeout(180)
@OverEpoll
@Proves({"unix", "conn-packet"})
class UnixgramSockTest {
  private static final byte[] HELLO = "hello".getBytes(UTF_8);

  private final Crew crew = new Crew(Callers.VIRTUAL);
  private Path dir;
  private String path;

  @BeforeEach
  void makeDirectory() throws IOException {
    dir = Files.createTempDirectory("gonet");
    path = dir.resolve("s").toString();
  }

  /** Whatever a test has left behind would make this fail. */
  @AfterEach
  void removeDirectory() throws Exception {
    crew.end();
    Files.delete(dir);
  }

  private static UnixgramConn listen(String address) throws IOException {
    return ListenConfig.defaults().listenUnixgram(address);
  }

  private static UnixgramConn dial(UnixgramConn to) throws IOException {
    return Dialer.defaults().dialUnixgram(to.localAddr());
  }

  private static String text(ByteBuffer received) {
    return UTF_8.decode(received.flip()).toString();
  }

  // ---- back and forth --------------------------------------------------------------------------

  /** Go: TestUnixgramServer. */
  @ParameterizedTest
  @ValueSource(strings = {"path", "@"})
  void aServerAnswersWhoeverHasAName(String kind) throws Exception {
    String at = kind.equals("@") ? "@" + dir.getFileName() : path;
    UnixAddr own = UnixAddr.of("unixgram", dir.resolve("c").toString());
    try (PacketConn server = Net.listenPacket("unixgram", at);
        Conn client = Dialer.defaults().withLocalAddr(own).dial("unixgram", at)) {
      assertInstanceOf(UnixgramConn.class, server);
      client.write(HELLO);
      ByteBuffer asked = ByteBuffer.allocate(100);
      assertEquals(own, server.receive(asked));
      assertEquals("hello", text(asked));
      server.send("welcome".getBytes(UTF_8), own);
      byte[] answer = new byte[100];
      assertEquals(7, client.read(answer));
      Datagram d = Datagram.allocate(100);
      client.write(HELLO);
      server.receive(d);
      assertEquals(own, d.addr());
      assertNull(d.addrPort());
      server.send(d);
      assertEquals("hello", new String(answer, 0, client.read(answer), UTF_8));
    } finally {
      Files.delete(Path.of(own.name()));
      Files.deleteIfExists(Path.of(path));
    }
  }

  /**
   * Go: TestUnixgramConnLocalAndRemoteNames, TestUnixgramAutobind, TestReadUnixgramWithUnnamed….
   */
  @Test
  void aSocketTellsItsNameAndItsPeersAndASenderWithoutANameHasNone() throws Exception {
    try (UnixgramConn server = listen("");
        UnixgramConn other = listen("");
        UnixgramConn client = dial(server)) {
      assertTrue(server.localAddr().name().matches("@[0-9a-f]{5}"), server::toString);
      assertNotEquals(server.localAddr(), other.localAddr());
      assertFalse(server.isConnected());
      assertTrue(server.remoteAddr().isUnnamed());
      assertEquals("unixgram " + server.localAddr(), server.toString());
      assertTrue(client.isConnected());
      assertTrue(client.localAddr().isUnnamed());
      assertEquals(server.localAddr(), client.remoteAddr());
      client.write(HELLO);
      assertTrue(server.receive(ByteBuffer.allocate(10)).isUnnamed());
      client.write(HELLO);
      Datagram d = Datagram.allocate(10);
      server.receive(d);
      assertNull(d.addr());
      NetSocketException nobody = assertThrows(NetSocketException.class, () -> server.send(d));
      assertEquals("ENOTCONN", nobody.errno());
      UnixAddr none = UnixAddr.of("unixgram", "");
      assertRefused(
          "write unixgram " + server.localAddr() + "->@: missing address",
          () -> server.send(HELLO, none));
    }
  }

  /** Go: TestUnixgramLinuxAbstractLongName. */
  @Test
  void anAbstractNameMayHave108Bytes() throws Exception {
    String name = "@" + dir.getFileName() + "-";
    String longest = name + "n".repeat(108 - name.length());
    try (UnixgramConn server = listen(longest);
        UnixgramConn client = listen("")) {
      client.send(HELLO, server.localAddr());
      assertEquals(client.localAddr(), server.receive(ByteBuffer.allocate(10)));
      server.send(HELLO, client.localAddr());
      assertEquals(longest, client.receive(ByteBuffer.allocate(10)).name());
    }
  }

  @Test
  void namesThatAreNotAsciiArriveAsTheyAre() throws Exception {
    String name = "@" + dir.getFileName() + "-größe";
    try (UnixgramConn server = listen(name);
        UnixgramConn client = listen("")) {
      Datagram d = Datagram.allocate(10).setAddr(server.localAddr());
      client.send(d);
      client.send(HELLO, server.localAddr());
      server.receive(d);
      server.send(d);
      assertEquals(name, client.receive(ByteBuffer.allocate(10)).name());
    }
  }

  @Test
  void senderAndReceiverMayTakeTurnsInOneObject() throws Exception {
    try (UnixgramConn one = listen("");
        UnixgramConn other = listen("");
        UnixgramConn server = listen("")) {
      Datagram d = Datagram.allocate(10);
      for (UnixgramConn client : new UnixgramConn[] {one, other, one, one, other}) {
        client.send(HELLO, server.localAddr());
        server.receive(d);
        assertEquals(client.localAddr(), d.addr());
      }
    }
  }

  // ---- lengths ---------------------------------------------------------------------------------

  /** Go: TestUnixgramZeroBytePayload, TestUnixgramZeroByteBuffer. */
  @Test
  void anEmptyDatagramIsOneAndReadsAsZero() throws Exception {
    try (UnixgramConn server = listen("");
        UnixgramConn client = dial(server)) {
      client.write(new byte[0]);
      client.write(ByteBuffer.allocateDirect(0));
      client.write(new ByteBuffer[] {ByteBuffer.allocate(0), ByteBuffer.allocate(0)});
      client.send(Datagram.allocate(0));
      client.write(HELLO);
      byte[] buf = new byte[10];
      for (int i = 0; i < 4; i++) {
        assertEquals(0, server.read(buf));
      }
      assertEquals(0, server.read(new byte[0])); // takes nothing
      assertEquals(5, server.read(buf));
    }
  }

  @Test
  void whatDoesNotFitIsLostAndADatagramTells() throws Exception {
    try (UnixgramConn server = listen("");
        UnixgramConn client = dial(server)) {
      Datagram d = Datagram.allocate(2);
      client.write(HELLO);
      server.receive(d);
      assertTrue(d.truncated());
      assertEquals(5, d.wireLength());
      assertEquals("he", UTF_8.decode(d.data()).toString());
      client.write(HELLO);
      assertEquals(2, server.read(new byte[2]));
      server.setReadDeadline(Instant.EPOCH);
      assertThrows(NetTimeoutException.class, () -> server.read(new byte[2]));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"heap", "direct"})
  void aDatagramMayBeLongerThanOneOfUdpAndOneThatIsTooLongIsRefusedWhole(String kind)
      throws Exception {
    int length = 100_000;
    byte[] sent = new byte[length];
    for (int i = 0; i < length; i++) {
      sent[i] = (byte) (i * 31);
    }
    try (UnixgramConn server = listen("");
        UnixgramConn client = listen("")) {
      ByteBuffer out = room(kind, length).put(sent).flip();
      client.send(out, server.localAddr());
      assertFalse(out.hasRemaining());
      ByteBuffer in = room(kind, length + 1);
      assertEquals(client.localAddr(), server.receive(in));
      byte[] received = new byte[in.flip().remaining()];
      in.get(received);
      assertArrayEquals(sent, received);
      ByteBuffer huge = room(kind, 64 * 1024 * 1024 + 1);
      NetSocketException e =
          assertThrows(NetSocketException.class, () -> client.send(huge, server.localAddr()));
      assertEquals("EMSGSIZE", e.errno());
      assertTrue(huge.hasRemaining());
      client.send(HELLO, server.localAddr());
      assertEquals(5, server.read(new byte[10]));
    }
  }

  private static ByteBuffer room(String kind, int bytes) {
    return kind.equals("direct") ? ByteBuffer.allocateDirect(bytes) : ByteBuffer.allocate(bytes);
  }

  // ---- rules -----------------------------------------------------------------------------------

  /** Go: TestUnixgramWrite. */
  @Test
  void aConnectedSocketSendsToItsPeerAloneAndAnUnconnectedOneNeedsAnAddress() throws Exception {
    try (UnixgramConn server = listen("");
        UnixgramConn other = listen("");
        UnixgramConn client = dial(server)) {
      NetSocketException e =
          assertThrows(NetSocketException.class, () -> client.send(HELLO, server.localAddr()));
      assertEquals(
          "write unixgram @->"
              + server.localAddr()
              + ": use of WriteTo with pre-connected connection",
          e.getMessage());
      client.send(Datagram.wrap(ByteBuffer.wrap(HELLO)).setAddr(server.localAddr()));
      Datagram astray = Datagram.wrap(ByteBuffer.wrap(HELLO)).setAddr(other.localAddr());
      assertEquals(
          "EISCONN", assertThrows(NetSocketException.class, () -> client.send(astray)).errno());
      assertEquals(
          "ENOTCONN", assertThrows(NetSocketException.class, () -> server.write(HELLO)).errno());
      assertEquals(5, server.read(new byte[10]));
    }
  }

  @Test
  void anAddressOfAnotherNetworkIsRefusedByName() throws Exception {
    try (UnixgramConn server = listen("@" + dir.getFileName());
        UdpConn udp = ListenConfig.defaults().listenUdp("udp4", "127.0.0.1:0")) {
      String write = "write unixgram " + server.localAddr() + "->";
      UnixAddr stream = UnixAddr.of("unix", "/a");
      assertRefused(
          write + "/a: address /a: address is of network unix, not unixgram",
          () -> server.send(HELLO, stream));
      UdpAddr ip = udp.localAddr();
      assertRefused(
          write + ip + ": address " + ip + ": address is of network udp, not unixgram",
          () -> server.send(HELLO, ip));
      Datagram d = Datagram.allocate(1).setAddr(ip);
      assertRefused(
          "write unixgram "
              + server.localAddr()
              + ": address "
              + ip
              + ": address is of network udp, not unixgram",
          () -> server.send(d));
      Datagram unix = Datagram.allocate(1).setAddr(server.localAddr());
      assertRefused(
          "write udp4 "
              + ip
              + "->"
              + server.localAddr()
              + ": address "
              + server.localAddr()
              + ": address is of network unixgram, not udp",
          () -> udp.send(unix));
      assertRefused(
          "listen unixgram: address /a\\0b: has a NUL in its path",
          () -> Net.listenPacket("unixgram", "/a\0b"));
      assertRefused("dial unixgram: missing address", () -> Net.dial("unixgram", ""));
      assertRefused(
          "listen unixgram: network unixgram: not supported", () -> Net.listen("unixgram", path));
      assertRefused(
          "listen unix: network unix: not supported", () -> Net.listenPacket("unix", path));
      assertRefused(
          "dial unixgram :1->/a: address :1: local address is of network tcp, not unixgram",
          () -> Dialer.defaults().withLocalAddr(TcpAddr.ofPort(1)).dial("unixgram", "/a"));
      UnixAddr grams = UnixAddr.of("unixgram", "/a");
      assertThrows(NetAddressException.class, () -> Dialer.defaults().dialUnix(grams));
      assertThrows(NetAddressException.class, () -> ListenConfig.defaults().listenUnix(grams));
      assertThrows(NetAddressException.class, () -> Dialer.defaults().dialUnixgram(stream));
      assertThrows(NetAddressException.class, () -> ListenConfig.defaults().listenUnixgram(stream));
    }
  }

  private static void assertRefused(String text, Executable attempt) {
    assertEquals(text, assertThrows(NetAddressException.class, attempt).getMessage());
  }

  @Test
  void aSendOrADialToNobodySaysWhyAndTheSocketGoesOn() throws Exception {
    try (UnixgramConn client = listen("");
        UnixgramConn server = listen("")) {
      UnixAddr missing = UnixAddr.of("unixgram", path);
      assertErrno("ENOENT", () -> client.send(HELLO, missing));
      listen(path).close(); // the file stays
      assertErrno("ECONNREFUSED", () -> client.send(HELLO, missing));
      NetConnectException e =
          assertThrows(NetConnectException.class, () -> Net.dial("unixgram", path));
      assertEquals("dial unixgram " + path + ": connect: connection refused", e.getMessage());
      Files.delete(Path.of(path));
      try (var _ = Net.listen("unix", path)) {
        assertErrno("EPROTOTYPE", () -> client.send(HELLO, missing));
      }
      client.send(HELLO, server.localAddr());
      assertEquals(5, server.read(new byte[10]));
      assertErrno("EOPNOTSUPP", client::closeWrite);
      assertErrno("EOPNOTSUPP", client::closeRead);
    }
  }

  private static void assertErrno(String errno, Executable call) {
    NetFailure failure = (NetFailure) assertThrows(IOException.class, call);
    assertEquals(errno, failure.errno());
  }

  // ---- waiting ---------------------------------------------------------------------------------

  @Test
  void aSendWaitsWhileTheQueueIsFullUntilItsTimeIsOver() throws Exception {
    try (UnixgramConn server = listen("");
        UnixgramConn client = dial(server);
        UnixgramConn stranger = listen("")) {
      fill(client);
      stranger.setWriteDeadline(Instant.now().plusMillis(50));
      assertThrows(NetTimeoutException.class, () -> stranger.send(HELLO, server.localAddr()));
      stranger.setWriteDeadline(null);
      Thread.currentThread().interrupt();
      assertThrows(NetInterruptedException.class, () -> stranger.send(HELLO, server.localAddr()));
      assertTrue(Thread.interrupted());
    }
  }

  /**
   * No edge tells a socket without a peer that the queue which others have filled has room again.
   */
  @ParameterizedTest
  @ValueSource(strings = {"one", "batch"})
  void aSendWithoutAPeerGoesOutOnceOthersDatagramsAreReceived(String how) throws Exception {
    try (UnixgramConn server = listen("");
        UnixgramConn filler = dial(server);
        UnixgramConn stranger = listen("")) {
      int full = fill(filler);
      Job<Void> sends =
          crew.start(
              "sends",
              () -> {
                if (how.equals("one")) {
                  stranger.send(HELLO, server.localAddr());
                } else {
                  DatagramBatch batch = DatagramBatch.allocate(2, 1);
                  batch.get(1).setAddr(batch.get(0).setAddr(server.localAddr()));
                  assertEquals(2, stranger.send(batch, 0, 2));
                }
              });
      sends.awaitParked();
      byte[] buf = new byte[10];
      for (int i = 0; i < full + (how.equals("one") ? 1 : 2); i++) {
        server.read(buf);
      }
      var _ = sends.result();
    }
  }

  private static int fill(UnixgramConn client) throws IOException {
    Duration patience = Duration.ofMillis(50);
    for (int sent = 0; ; ) {
      try {
        client.write(HELLO, 0, HELLO.length, TimeLimit.after(patience));
        sent++;
      } catch (NetTimeoutException e) {
        if (patience.toMillis() > 50) {
          return sent;
        }
        patience = Duration.ofSeconds(1); // unless the thread stood aside before its first try
      }
    }
  }

  @Test
  void aCloseEndsWhoeverWaits() throws Exception {
    UnixgramConn server = listen("");
    Job<Void> receives =
        crew.start(
            "receives", () -> Failures.assertClosed(() -> server.receive(Datagram.allocate(1))));
    receives.awaitParked();
    server.close();
    var _ = receives.result();
    Failures.assertClosed(() -> server.send(HELLO, server.localAddr()));
    server.close();
  }

  @Test
  void aBatchGoesOutAndComesInWithItsSenders() throws Exception {
    try (UnixgramConn server = listen("");
        UnixgramConn client = listen("")) {
      DatagramBatch batch = DatagramBatch.allocate(4, 10);
      for (int i = 0; i < 4; i++) {
        batch.get(i).setAddr(server.localAddr()).data().put((byte) i).flip();
      }
      assertEquals(4, client.send(batch, 0, 4));
      DatagramBatch received = DatagramBatch.allocate(8, 10);
      assertEquals(4, server.receive(received));
      for (int i = 0; i < 4; i++) {
        assertEquals(i, received.get(i).data().get(0));
        assertEquals(client.localAddr(), received.get(i).addr());
        assertTrue(received.get(i).sameAddr(received.get(0)));
      }
      assertEquals(4, server.send(received, 0, 4));
      assertEquals(4, client.receive(batch));
    }
  }

  // ---- the path --------------------------------------------------------------------------------

  @Test
  void thePathStaysUnlessTheSocketIsToldOtherwiseAndAStaleOneCanBeTakenOver() throws Exception {
    Path file = Path.of(path);
    listen(path).close();
    assertTrue(Files.exists(file));
    assertThrows(NetBindException.class, () -> listen(path));
    ListenConfig replacing = ListenConfig.defaults().withReplaceStalePath(true);
    try (UnixgramConn server = replacing.listenUnixgram(path);
        UnixgramConn client = dial(server)) {
      assertThrows(NetBindException.class, () -> replacing.listenUnixgram(path)); // it is alive
      client.write(HELLO);
      assertEquals(5, server.read(new byte[10]));
      server.setUnlinkOnClose(true);
    }
    assertFalse(Files.exists(file));
  }

  @Test
  void optionsAreThoseThatUnixSocketsHave() throws Exception {
    try (UnixgramConn server = listen("")) {
      server.setWriteBuffer(20_000);
      assertEquals(20_000, server.writeBuffer());
      assertEquals(20_000, server.getOption(StandardSocketOptions.SO_SNDBUF));
      assertThrows(
          UnsupportedOperationException.class,
          () -> server.setOption(StandardSocketOptions.SO_KEEPALIVE, true));
      assertThrows(IllegalArgumentException.class, () -> server.setReadBuffer(0));
    }
  }
}
