package gonet.test.go;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Dialer;
import gonet.ListenConfig;
import gonet.Listener;
import gonet.Net;
import gonet.NetAddressException;
import gonet.NetBindException;
import gonet.NetClosedException;
import gonet.NetConnectException;
import gonet.NetFailure;
import gonet.NetInterruptedException;
import gonet.NetSocketException;
import gonet.NetTimeoutException;
import gonet.TcpAddr;
import gonet.UnixAddr;
import gonet.UnixConn;
import gonet.UnixListener;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Go's {@code unixsock_test.go}, and what gonet adds: names, paths, errors. */
@LeakCheck
@Timeout(180)
class UnixSockTest {
  private Path dir;
  private String path;

  @BeforeEach
  void makeDirectory() throws IOException {
    dir = Files.createTempDirectory("gonet"); // not @TempDir, whose names are long
    path = dir.resolve("s").toString();
  }

  /** Whatever a test has left behind would make this fail. */
  @AfterEach
  void removeDirectory() throws IOException {
    Files.delete(dir);
  }

  // ---- names -----------------------------------------------------------------------------------

  /** Go: TestUnixConnLocalAndRemoteNames. */
  @Test
  @Proves({"unix", "unix-listener"})
  void bothEndsTellTheirNamesAndTheDiallingOneHasNoneUnlessItWasGivenOne() throws Exception {
    try (UnixListener listener = ListenConfig.defaults().listenUnix("unix", path)) {
      assertEquals(UnixAddr.of("unix", path), listener.addr());
      try (UnixConn client = Dialer.defaults().dialUnix("unix", path);
          UnixConn server = listener.accept()) {
        assertTrue(client.localAddr().isUnnamed());
        assertEquals("unix @->" + path, client.toString());
        assertEquals(listener.addr(), client.remoteAddr());
        assertEquals(listener.addr(), server.localAddr());
        assertTrue(server.remoteAddr().isUnnamed());
        echo(client, server);
      }
      UnixAddr own = UnixAddr.of("unix", dir.resolve("c").toString());
      try (Conn client = Dialer.defaults().withLocalAddr(own).dial("unix", path);
          UnixConn server = listener.accept()) {
        assertEquals(own, client.localAddr());
        assertEquals(own, server.remoteAddr());
        echo(client, server);
      } finally {
        Files.delete(Path.of(own.name()));
      }
    }
  }

  @Test
  void aSocketAddressOfTheJdkMeansUnix() throws Exception {
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(path);
    try (Listener listener = Net.listen(address);
        Conn client = Net.dial(address);
        Conn server = listener.accept()) {
      assertEquals("unix", listener.addr().network());
      assertSame(client, client.find(UnixConn.class));
      echo(client, server);
    }
  }

  @Test
  @OverEpoll
  @Proves({"unix-listener", "node-path-abstract"})
  void anAbstractNameMayHave108BytesAndLeavesNoFile() throws Exception {
    for (String network : new String[] {"unix", "unixpacket"}) {
      String name = "@" + dir.getFileName() + "-";
      String longest = name + "n".repeat(108 - name.length());
      try (Listener listener = Net.listen(network, longest);
          Conn client = Net.dial(network, longest);
          Conn server = listener.accept()) {
        assertEquals(longest, listener.addr().toString());
        assertEquals(longest, client.remoteAddr().toString());
        echo(client, server);
        assertInUse(network, longest);
      }
      Net.listen(network, longest).close(); // the name is free again
    }
  }

  /** Go: TestUnixAutobindClose. */
  @Test
  @OverEpoll
  @Proves("unix-listener")
  void noNameMeansAFreeOneOfTheKernelsChoice() throws Exception {
    try (Listener one = Net.listen("unix", "");
        Listener other = Net.listen("unix", "")) {
      assertNotEquals(one.addr(), other.addr());
      assertTrue(one.addr().toString().matches("@[0-9a-f]{5}"), one.addr()::toString);
      try (Conn client = Net.dial("unix", one.addr().toString());
          Conn server = one.accept()) {
        echo(client, server);
      }
    }
  }

  // ---- the path --------------------------------------------------------------------------------

  /** Go: TestUnixUnlink. */
  @Test
  @Proves({"unix-listener", "node-path-removed"})
  void theFirstCloseRemovesThePathThatTheListenerMadeAndNoLaterOne() throws Exception {
    Listener listener = Net.listen("unix", path);
    assertTrue(Files.exists(Path.of(path)));
    listener.close();
    assertFalse(Files.exists(Path.of(path)));
    Files.createFile(Path.of(path));
    listener.close();
    Files.delete(Path.of(path)); // which fails if it is gone
  }

  @Test
  @Proves("unix-listener")
  void aPathIsKeptWhereTheListenerIsToldSo() throws Exception {
    UnixListener listener = ListenConfig.defaults().listenUnix("unix", path);
    listener.setUnlinkOnClose(false);
    listener.close();
    assertInUse("unix", path);
    Files.delete(Path.of(path));
  }

  @Test
  @Proves("unix-listener")
  @SuppressWarnings("try") // the close is what is tried
  void closeSparesWhatSomebodyElseHasPutThere() throws Exception {
    Path file = Path.of(path);
    try (Listener first = Net.listen("unix", path)) {
      Files.delete(file);
      try (Listener second = Net.listen("unix", path)) {
        first.close();
        assertTrue(Files.exists(file));
        Net.dial("unix", path).close();
        second.accept().close();
      }
    }
    try (Listener listener = Net.listen("unix", path)) {
      Files.delete(file);
      Files.createFile(file);
      listener.close();
      Files.delete(file);
    }
  }

  @Test
  @OverEpoll
  @Proves("node-path-mode")
  void thePathHasThePermissionsItShallHaveWhateverTheUmaskIs() throws Exception {
    for (String mode : new String[] {"rw-rw-rw-", "rw-------", "---------"}) {
      Set<PosixFilePermission> permissions = PosixFilePermissions.fromString(mode);
      try (Listener _ =
          ListenConfig.defaults().withPathPermissions(permissions).listen("unix", path)) {
        assertEquals(permissions, Files.getPosixFilePermissions(Path.of(path)));
      }
    }
  }

  @Test
  @OverEpoll
  @Proves("node-path-mode")
  void anAbstractNameHasNoPermissions() {
    Set<PosixFilePermission> permissions = PosixFilePermissions.fromString("rw-------");
    NetAddressException e =
        assertThrows(
            NetAddressException.class,
            () -> ListenConfig.defaults().withPathPermissions(permissions).listen("unix", "@a"));
    assertEquals("listen unix: address @a: has no file, so no permissions", withoutAddr(e, "@a"));
  }

  // ---- messages --------------------------------------------------------------------------------

  @Test
  @OverEpoll
  @Proves("unix")
  void packetsArriveOneByOneAndWhatDoesNotFitIsLost() throws Exception {
    try (Listener listener = Net.listen("unixpacket", path);
        Conn client = Net.dial("unixpacket", path);
        Conn server = listener.accept()) {
      client.write("one".getBytes(UTF_8));
      client.write(ByteBuffer.wrap(new byte[] {1, 2}), ByteBuffer.wrap(new byte[] {3}));
      client.write(new byte[150_000]); // more than one read of a stream takes
      client.write(new byte[0]); // nothing, and no message
      client.write("long".getBytes(UTF_8));
      client.write("end".getBytes(UTF_8));
      byte[] buf = new byte[200_000];
      assertEquals(3, server.read(buf));
      assertEquals(3, server.read(buf));
      assertEquals(3, buf[2]);
      assertEquals(150_000, server.read(ByteBuffer.allocateDirect(200_000)));
      assertEquals(2, server.read(buf, 0, 2));
      assertEquals(3, server.read(buf));
      assertEquals("end", new String(buf, 0, 3, UTF_8));
      client.closeWrite();
      assertEquals(-1, server.read(buf));
    }
  }

  @Test
  @OverEpoll
  @Proves("unix")
  void aMessageThatIsTooLongIsRefusedWholeAndTheConnectionGoesOn() throws Exception {
    try (Listener listener = Net.listen("unixpacket", path);
        UnixConn client = Dialer.defaults().dialUnix("unixpacket", path);
        Conn server = listener.accept()) {
      client.setWriteBuffer(8192);
      byte[] tooLong = new byte[1 << 20];
      for (var write :
          List.<org.junit.jupiter.api.function.Executable>of(
              () -> client.write(tooLong),
              () -> client.write(ByteBuffer.allocateDirect(1 << 20)),
              () -> client.write(ByteBuffer.wrap(tooLong), ByteBuffer.allocate(1)))) {
        NetSocketException e = assertThrows(NetSocketException.class, write);
        assertEquals("EMSGSIZE", e.errno());
        assertEquals(0, e.bytesTransferred());
        assertTrue(e.getMessage().endsWith("message too long"), e.getMessage());
      }
      client.write(new byte[] {7});
      assertEquals(1, server.read(tooLong));
      assertEquals(7, tooLong[0]);
    }
  }

  // ---- errors ----------------------------------------------------------------------------------

  @Test
  @Proves("unix")
  void aDialThatFailsSaysWhyInGosWordsByTheTypesOfTheJdk() throws Exception {
    assertDialFails("no such file or directory", "ENOENT", path);
    Files.createFile(Path.of(path));
    assertDialFails("connection refused", "ECONNREFUSED", path);
    assertDialFails("not a directory", "ENOTDIR", path + "/s");
    Files.delete(Path.of(path));
    UnixListener listener = ListenConfig.defaults().listenUnix("unix", path);
    listener.setUnlinkOnClose(false);
    listener.close();
    assertDialFails("connection refused", "ECONNREFUSED", path);
    Files.delete(Path.of(path));
  }

  private static void assertDialFails(String why, String errno, String path) {
    ConnectException e = assertThrows(ConnectException.class, () -> Net.dial("unix", path));
    assertEquals("dial unix " + path + ": connect: " + why, e.getMessage());
    assertEquals(errno, ((NetConnectException) e).errno());
  }

  @Test
  @Proves("unix-listener")
  void aListenThatFailsSaysWhyAndLeavesNothing() throws Exception {
    assertListenFails("no such file or directory", path + "/deeper");
    Files.createFile(Path.of(path));
    assertInUse("unix", path);
    assertListenFails("not a directory", path + "/s");
    Files.delete(Path.of(path));
    try (Listener listener = Net.listen("unix", path)) {
      assertInUse("unix", path);
      Net.dial("unix", path).close();
      listener.accept().close();
    }
  }

  private static void assertInUse(String network, String path) {
    BindException e = assertThrows(BindException.class, () -> Net.listen(network, path));
    assertInstanceOf(NetBindException.class, e);
    assertEquals(
        "listen " + network + " " + path + ": bind: address already in use", e.getMessage());
  }

  private static void assertListenFails(String why, String path) {
    BindException e = assertThrows(BindException.class, () -> Net.listen("unix", path));
    assertEquals("listen unix " + path + ": bind: " + why, e.getMessage());
  }

  @Test
  @Proves("node-path-length")
  void aNameThatMeansNothingIsRefusedBeforeAnythingIsOpened() {
    String tooLong = "/" + "p".repeat(107);
    String why = "address " + tooLong + ": is 108 bytes long, and at most 107 fit";
    assertRefused("dial unix: " + why, () -> Net.dial("unix", tooLong));
    assertRefused("listen unix: " + why, () -> Net.listen("unix", tooLong));
    String nul = "address /a\\0b: has a NUL in its path";
    assertRefused("dial unixpacket: " + nul, () -> Net.dial("unixpacket", "/a\0b"));
    assertRefused("listen unixpacket: " + nul, () -> Net.listen("unixpacket", "/a\0b"));
    assertRefused("dial unix: missing address", () -> Net.dial("unix", ""));
    assertRefused(
        "dial tcp: network tcp: not supported", () -> Dialer.defaults().dialUnix("tcp", ":1"));
    TcpAddr tcp = TcpAddr.ofPort(1);
    assertRefused(
        "dial unix :1->/a: address :1: local address is of network tcp, not unix",
        () -> Dialer.defaults().withLocalAddr(tcp).dial("unix", "/a"));
    UnixAddr unix = UnixAddr.of("unix", "/a");
    assertRefused(
        "dial tcp /a: address /a: local address is of network unix, not tcp",
        () -> Dialer.defaults().withLocalAddr(unix).dial("tcp", "127.0.0.1:1"));
  }

  @Test
  @EnabledIfSystemProperty(
      named = "gonet.backend",
      matches = "nio",
      disabledReason = "the other backend has all of them")
  @Proves("unix")
  void whatTheJdkHasNotIsNotSupportedOnThisBackend() {
    String backend = ": not supported on this backend";
    assertRefused(
        "dial unixpacket " + path + ": network unixpacket" + backend,
        () -> Net.dial("unixpacket", path));
    assertRefused(
        "listen unixpacket " + path + ": network unixpacket" + backend,
        () -> Net.listen("unixpacket", path));
    assertRefused(
        "dial unixgram " + path + ": network unixgram" + backend, () -> Net.dial("unixgram", path));
    assertRefused(
        "listen unixgram " + path + ": network unixgram" + backend,
        () -> Net.listenPacket("unixgram", path));
    assertRefused(
        "dial unix @a: address @a: abstract name" + backend, () -> Net.dial("unix", "@a"));
    assertRefused(
        "listen unix @a: address @a: abstract name" + backend, () -> Net.listen("unix", "@a"));
    assertRefused("listen unix @: address @: no name" + backend, () -> Net.listen("unix", ""));
    assertRefused(
        "listen unix " + path + ": address " + path + ": permissions of a path" + backend,
        () -> ListenConfig.defaults().withPathPermissions(Set.of()).listen("unix", path));
  }

  @Test
  @EnabledIfSystemProperty(
      named = "gonet.backend",
      matches = "nio",
      disabledReason = "the other backend passes descriptors")
  @Proves("unix-descriptors")
  void descriptorsAndCredentialsAreUnsupportedByTheJdkAndTheRefusalSpoilsNothing()
      throws Exception {
    try (UnixListener listener = ListenConfig.defaults().listenUnix("unix", path);
        UnixConn client = Dialer.defaults().dialUnix("unix", path);
        UnixConn server = listener.accept()) {
      assertThrows(
          UnsupportedOperationException.class, () -> client.sendDescriptors(new byte[1], 0));
      assertThrows(
          UnsupportedOperationException.class, () -> client.sendDescriptors(new byte[1], client));
      assertThrows(UnsupportedOperationException.class, () -> server.receive(new byte[1], 0, 1, 1));
      assertThrows(UnsupportedOperationException.class, client::peerCredentials);
      echo(client, server);
      client.closeWrite();
      assertEquals(-1, server.read(new byte[1]));
    }
  }

  private static void assertRefused(
      String text, org.junit.jupiter.api.function.Executable attempt) {
    assertEquals(text, assertThrows(NetAddressException.class, attempt).getMessage());
  }

  private static String withoutAddr(Exception e, String addr) {
    return String.valueOf(e.getMessage()).replaceFirst(" " + addr + ":", ":");
  }

  // ---- dial ------------------------------------------------------------------------------------

  @Test
  @OverEpoll
  @Proves("unix")
  void aDialWaitsWhileTheQueueIsFullUntilThereIsRoomOrItsTimeIsOver() throws Exception {
    try (Listener listener = ListenConfig.defaults().withBacklog(0).listen("unix", path)) {
      List<Conn> queued = new ArrayList<>();
      Dialer impatient = Dialer.defaults().withTimeout(Duration.ofMillis(100));
      try {
        for (; ; ) {
          queued.add(impatient.dial("unix", path));
        }
      } catch (NetTimeoutException e) {
        assertEquals("dial unix " + path + ": i/o timeout", e.getMessage());
      }
      assertFalse(queued.isEmpty());
      Thread.currentThread().interrupt();
      assertThrows(NetInterruptedException.class, () -> Net.dial("unix", path));
      assertTrue(Thread.interrupted());
      var waiting = new java.util.concurrent.FutureTask<Conn>(() -> Net.dial("unix", path));
      Thread.startVirtualThread(waiting);
      listener.accept().close();
      waiting.get().close();
      queued.forEach(Conn::close);
    }
  }

  @Test
  @Proves("raw-control")
  void theControlSeesTheNetworkAndTheNameOfListenerAndDial() throws Exception {
    List<String> calls = new ArrayList<>();
    ListenConfig config = ListenConfig.defaults().withControl((n, a, _) -> calls.add(n + " " + a));
    Dialer dialer = Dialer.defaults().withControl((n, a, _) -> calls.add(n + " " + a));
    try (Listener _ = config.listen("unix", path);
        Conn _ = dialer.dial("unix", path)) {
      assertEquals(List.of("unix " + path, "unix " + path), calls);
    }
    IOException mine = new IOException("mine");
    ListenConfig failing =
        ListenConfig.defaults()
            .withControl(
                (_, _, _) -> {
                  throw mine;
                });
    assertSame(mine, assertThrows(IOException.class, () -> failing.listen("unix", path)));
  }

  // ---- the rest --------------------------------------------------------------------------------

  @Test
  @Proves("unix")
  @SuppressWarnings("try") // the close is what is tried
  void optionsAreThoseThatUnixSocketsHave() throws Exception {
    try (UnixListener listener = ListenConfig.defaults().listenUnix("unix", path);
        UnixConn client = Dialer.defaults().withWriteBuffer(20_000).dialUnix("unix", path);
        UnixConn server = listener.accept()) {
      assertEquals(20_000, client.writeBuffer());
      client.setWriteBuffer(30_000);
      assertEquals(30_000, client.getOption(StandardSocketOptions.SO_SNDBUF));
      assertTrue(client.supportedOptions().contains(StandardSocketOptions.SO_SNDBUF));
      assertFalse(client.supportedOptions().contains(StandardSocketOptions.TCP_NODELAY));
      assertThrows(
          UnsupportedOperationException.class,
          () -> client.setOption(StandardSocketOptions.TCP_NODELAY, true));
      server.close();
      assertThrows(NetClosedException.class, () -> server.setWriteBuffer(1000));
    }
  }

  /** A close with unread input is told to the other side, though nothing else is like a reset. */
  @Test
  @Proves("unix")
  @SuppressWarnings("try") // the close is what is tried
  void unreadInputMakesACloseAReset() throws Exception {
    try (Listener listener = Net.listen("unix", path);
        Conn client = Net.dial("unix", path);
        Conn server = listener.accept()) {
      client.write(new byte[10]);
      server.awaitReadable();
      server.close();
      for (int i = 0; i < 3; i++) {
        NetSocketException e =
            assertThrows(NetSocketException.class, () -> client.read(new byte[1]));
        assertEquals("ECONNRESET", e.errno());
        assertTrue(NetFailure.isConnectionGone(e));
      }
    }
  }

  /**
   * A reader hears of the reset behind what has come; a writer hears EPIPE and takes nothing away.
   */
  @ParameterizedTest
  @CsvSource({
    "false, rrw, ECONNRESET ECONNRESET EPIPE",
    "false, wwr, EPIPE EPIPE ECONNRESET",
    "false, rwr, ECONNRESET EPIPE ECONNRESET",
    "true, rrw, data ECONNRESET EPIPE",
    "true, wrr, EPIPE data ECONNRESET",
    "true, rwr, data EPIPE ECONNRESET"
  })
  @Proves("unix")
  void aStreamsResetIsForReadersAndBehindItsData(boolean answered, String calls, String said)
      throws Exception {
    assertEquals(said, behindACloseOverUnreadInput("unix", answered, calls));
  }

  /** The first call hears of the reset, whichever it is, in front of what has come. */
  @ParameterizedTest
  @CsvSource({
    "false, rrw, ECONNRESET ECONNRESET EPIPE",
    "false, wwr, ECONNRESET EPIPE ECONNRESET",
    "false, rwr, ECONNRESET EPIPE ECONNRESET",
    "true, rrr, ECONNRESET data ECONNRESET",
    "true, wrw, ECONNRESET data EPIPE",
    "true, rwr, ECONNRESET EPIPE data"
  })
  @Proves("unix")
  @EnabledIfSystemProperty(
      named = "gonet.backend",
      matches = "epoll",
      disabledReason = "the JDK has no packets")
  void aPacketsResetIsForTheNextCallAndInFrontOfWhatHasCome(
      boolean answered, String calls, String said) throws Exception {
    assertEquals(said, behindACloseOverUnreadInput("unixpacket", answered, calls));
  }

  /**
   * What reads and writes say.
   *
   * @param answered whether something has come before the close
   * @param calls {@code r} and {@code w}
   */
  @SuppressWarnings("try") // the close is what it is about
  private String behindACloseOverUnreadInput(String network, boolean answered, String calls)
      throws IOException {
    try (Listener listener = Net.listen(network, path);
        Conn client = Net.dial(network, path);
        Conn server = listener.accept()) {
      client.write(new byte[10]);
      server.awaitReadable();
      if (answered) {
        server.write(new byte[1]);
        client.awaitReadable();
      }
      server.close();
      List<String> said = new ArrayList<>();
      for (int i = 0; i < calls.length(); i++) {
        try {
          if (calls.charAt(i) == 'r') {
            said.add(client.read(new byte[10]) < 0 ? "end" : "data");
          } else {
            client.write(new byte[1]);
            said.add("taken");
          }
        } catch (NetSocketException e) {
          said.add(e.errno());
        }
      }
      return String.join(" ", said);
    }
  }

  private static void echo(Conn client, Conn server) throws IOException {
    byte[] sent = "echo".getBytes(UTF_8);
    byte[] got = new byte[4];
    client.write(sent);
    assertEquals(4, server.read(got));
    server.write(got);
    assertEquals(4, client.read(got));
    assertArrayEquals(sent, got);
  }
}
