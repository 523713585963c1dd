package gonet.test.proxyproto;

import static gonet.test.proxyproto.ProxyPairs.CLIENT;
import static gonet.test.proxyproto.ProxyPairs.FRONT;
import static gonet.test.proxyproto.ProxyPairs.LOCAL;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Listener;
import gonet.Net;
import gonet.NetClosedException;
import gonet.NetEofException;
import gonet.NetFailure;
import gonet.NetInterruptedException;
import gonet.NetTimeoutException;
import gonet.TcpConn;
import gonet.TimeLimit;
import gonet.Transfer;
import gonet.netip.AddrSet;
import gonet.proxyproto.ProxyConn;
import gonet.proxyproto.ProxyHeader;
import gonet.proxyproto.ProxyProtocol;
import gonet.proxyproto.ProxyProtocolException;
import gonet.proxyproto.ProxyProtocolException.Reason;
import gonet.proxyproto.ProxyVersion;
import gonet.server.Server;
import gonet.test.Callers;
import gonet.test.ConnPair;
import gonet.test.ConnPairs;
import gonet.test.Crew;
import gonet.test.Job;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import gonet.test.tls.TlsPairs;
import gonet.tls.Tls;
import gonet.tls.TlsConfig;
import gonet.tls.TlsConn;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whose connection it is, who may say that, and what comes instead of a header. */
@LeakCheck
@Timeout(180)
@Proves("jvm-proxy")
class ProxyConnTest {
  private static final byte[] V1 = ProxyPairs.header(ProxyVersion.V1).encode();
  private static final byte[] V2 =
      ProxyPairs.header(ProxyVersion.V2).withAuthority("example.org").withChecksum(true).encode();

  private static final Duration SHORT = Duration.ofMillis(50);
  private static final Duration LONG = Duration.ofSeconds(20);

  private final Crew crew = new Crew(Callers.VIRTUAL);

  /** The proxy's end and this program's. */
  private ConnPair pair;

  @BeforeEach
  void connect() throws IOException {
    pair = ConnPairs.dialled("tcp4", "127.0.0.1:0").connect();
  }

  @AfterEach
  void end() throws Exception {
    pair.close();
    crew.end();
  }

  private Conn proxy() {
    return pair.left();
  }

  private Conn accepted() {
    return pair.right();
  }

  private static Reason reason(ProxyProtocolException e) {
    return e.reason();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(US_ASCII);
  }

  private static void assertReads(String text, Conn conn) throws IOException {
    byte[] got = new byte[text.length()];
    conn.setReadTimeout(LONG);
    conn.readFully(got);
    assertEquals(text, new String(got, US_ASCII));
  }

  // ---- addresses -------------------------------------------------------------------------------

  @ParameterizedTest
  @EnumSource
  void theClientsAddressesAreToldAndTheTruePeersStayKnown(ProxyVersion version) throws Exception {
    ProxyPairs.header(version).sendTo(proxy());
    for (ProxyConn conn : new ProxyConn[] {LOCAL.over(accepted())}) {
      assertEquals(CLIENT, conn.remoteAddr());
      assertEquals(FRONT, conn.localAddr());
      assertEquals(proxy().localAddr(), conn.peerAddr());
      assertEquals(accepted().localAddr(), conn.beneath().localAddr());
      assertEquals(ProxyPairs.header(version), conn.header());
      assertEquals(accepted(), conn.find(TcpConn.class));
      assertEquals(accepted() + " for " + CLIENT, conn.toString());
    }
  }

  @Test
  void anAddressIsWaitedForAndNoInterruptGivesAnotherOne() throws Exception {
    ProxyConn conn = LOCAL.server(accepted());
    assertEquals(accepted().toString(), conn.toString(), "nobody waits for that");
    Job<String> asker =
        crew.compute(
            "asker",
            () -> {
              String address = conn.remoteAddr() + " " + conn.localAddr();
              assertTrue(Thread.currentThread().isInterrupted());
              return address;
            });
    asker.awaitParked();
    asker.thread().interrupt();
    proxy().write(V1, 0, 20);
    asker.staysFor(SHORT);
    proxy().write(V1, 20, V1.length - 20);
    assertEquals(CLIENT + " " + FRONT, asker.result());
  }

  @Test
  void aWriteOfNothingWaitsForNoHeader() throws Exception {
    ProxyConn conn = LOCAL.server(accepted());
    conn.write(new byte[0]);
    conn.write(ByteBuffer.allocate(0));
    conn.write(new ByteBuffer[] {});
    conn.write(new ByteBuffer[] {ByteBuffer.allocate(0), ByteBuffer.allocate(0)});
    proxy().write(V1);
    assertEquals(CLIENT, conn.remoteAddr());
  }

  @Test
  void whoeverAskedForAnAddressInVainIsNeverServed() throws Exception {
    ProxyConn conn = LOCAL.server(accepted());
    conn.setReadDeadline(Instant.now().plus(SHORT));
    assertEquals(proxy().localAddr(), conn.remoteAddr(), "the deadline ended the wait");
    conn.setReadDeadline(null);
    proxy().write(V1);
    ProxyProtocolException e =
        assertThrows(ProxyProtocolException.class, () -> conn.read(new byte[1]));
    assertEquals(Reason.LATE, e.reason());
    assertTrue(e.timeout());
    assertThrows(ProxyProtocolException.class, () -> conn.write(new byte[1]));
    assertThrows(ProxyProtocolException.class, conn::header);
    assertEquals(proxy().localAddr(), conn.remoteAddr());
  }

  @Test
  void healthChecksAndUnknownClientsHaveTheTrueAddresses() throws Exception {
    for (ProxyHeader header :
        new ProxyHeader[] {
          ProxyHeader.local(),
          ProxyHeader.unknown(ProxyVersion.V1),
          ProxyHeader.unknown(ProxyVersion.V2)
        }) {
      try (ConnPair fresh = ConnPairs.dialled("tcp4", "127.0.0.1:0").connect()) {
        header.sendTo(fresh.left());
        fresh.left().write(ascii("ping"));
        ProxyConn conn = LOCAL.over(fresh.right());
        assertEquals(header, conn.header());
        assertEquals(fresh.left().localAddr(), conn.remoteAddr());
        assertEquals(fresh.left().remoteAddr(), conn.localAddr());
        assertReads("ping", conn);
        assertEquals(
            header.isLocal() ? ProxyHeader.local() : ProxyHeader.unknown(ProxyVersion.V2),
            ProxyHeader.of(ProxyVersion.V2, conn),
            "passed on as it is");
        assertEquals(ProxyHeader.unknown(ProxyVersion.V1), ProxyHeader.of(ProxyVersion.V1, conn));
      }
    }
  }

  @Test
  void aHeaderSaysWhoseConnectionAProxyHas() throws Exception {
    ProxyHeader header = ProxyHeader.of(ProxyVersion.V2, accepted());
    assertEquals(proxy().localAddr(), header.source());
    assertEquals(proxy().remoteAddr(), header.destination());
    try (ConnPair pipe = ConnPairs.pipe().connect()) {
      assertEquals(
          ProxyHeader.unknown(ProxyVersion.V2), ProxyHeader.of(ProxyVersion.V2, pipe.left()));
    }
  }

  // ---- who may say it --------------------------------------------------------------------------

  @Test
  void whoIsNoProxyIsRefusedWhateverItSays() throws Exception {
    ProxyProtocol elsewhere = ProxyProtocol.from(AddrSet.of("192.0.2.0/24"));
    proxy().write(V1);
    ProxyProtocolException e =
        assertThrows(ProxyProtocolException.class, () -> elsewhere.over(accepted()));
    assertEquals(Reason.UNTRUSTED, e.reason());
    assertEquals(proxy().localAddr().toString(), e.value());
    assertEquals(
        "read tcp %s->%s: proxy protocol: address \"%s\" is none of the proxies"
            .formatted(accepted().localAddr(), proxy().localAddr(), proxy().localAddr()),
        e.getMessage());
    ProxyConn later = elsewhere.server(accepted());
    assertEquals(proxy().localAddr(), later.remoteAddr());
    assertThrows(ProxyProtocolException.class, () -> later.read(new byte[1]));
    assertThrows(ProxyProtocolException.class, () -> later.write(new byte[1]));
  }

  @Test
  void directClientsAreTakenAsTheyAreIfThatIsWanted() throws Exception {
    ProxyProtocol others = ProxyProtocol.from(AddrSet.of("192.0.2.0/24")).withDirectClients(true);
    proxy().write(V1);
    ProxyConn conn = others.over(accepted());
    assertNull(conn.header());
    assertEquals(proxy().localAddr(), conn.remoteAddr());
    assertReads(new String(V1, US_ASCII), conn); // nobody believes them
    assertNull(others.server(accepted()).header());
  }

  @Test
  void whoHasNoAddressIsTrustedIfThatIsWanted() throws Exception {
    try (ConnPair unix = ConnPairs.unix("unix").connect()) {
      ProxyPairs.header(ProxyVersion.V2).sendTo(unix.left());
      ProxyProtocol none = ProxyProtocol.from(AddrSet.of("0.0.0.0/0", "::/0"));
      assertEquals(
          Reason.UNTRUSTED,
          reason(assertThrows(ProxyProtocolException.class, () -> none.over(unix.right()))));
      assertEquals(CLIENT, none.withUnaddressed(true).over(unix.right()).remoteAddr());
    }
  }

  @Test
  void messagesAreNoStream() throws Exception {
    try (Listener listener = Net.listen("tcp", "127.0.0.1:0");
        Conn udp = Net.dial("udp", listener.addr().toString())) {
      assertThrows(IllegalArgumentException.class, () -> LOCAL.over(udp));
      assertThrows(IllegalArgumentException.class, () -> LOCAL.server(udp));
    }
  }

  // ---- the bytes -------------------------------------------------------------------------------

  @Test
  void whatFollowsIsReadWholeWhereverTheStreamIsCut() throws Exception {
    for (byte[] header : new byte[][] {V1, V2}) {
      byte[] stream = Arrays.copyOf(header, header.length + 3);
      System.arraycopy(ascii("abc"), 0, stream, header.length, 3);
      for (int cut = 0; cut <= stream.length; cut++) {
        try (ConnPair fresh = ConnPairs.pipe().connect()) {
          int at = cut;
          Job<?> writer =
              crew.start(
                  "proxy",
                  () -> {
                    fresh.left().write(stream, 0, at);
                    fresh.left().write(stream, at, stream.length - at);
                  });
          ProxyConn conn = LOCAL.server(fresh.right());
          assertReads("abc", conn);
          assertEquals(CLIENT, conn.remoteAddr());
          writer.result();
        }
      }
    }
  }

  @Test
  void aHeaderMayComeByteByByte() throws Exception {
    for (byte[] header : new byte[][] {V1, V2}) {
      try (ConnPair fresh = ConnPairs.dialled("tcp4", "127.0.0.1:0").connect()) {
        Job<ProxyConn> reader = crew.compute("reader", () -> LOCAL.over(fresh.right()));
        for (byte b : header) {
          fresh.left().write(new byte[] {b});
        }
        fresh.left().write(ascii("rest"));
        ProxyConn conn = reader.result();
        assertEquals(CLIENT, conn.remoteAddr());
        assertReads("rest", conn);
      }
    }
  }

  @Test
  void nothingBehindTheHeaderIsHeld() throws Exception {
    proxy().write(V1);
    proxy().write(ascii("rest"));
    ProxyConn conn = LOCAL.over(accepted());
    assertEquals(0, conn.bufferedBytes());
    byte[] beneath = new byte[4];
    accepted().readFully(beneath);
    assertArrayEquals(ascii("rest"), beneath);
  }

  @Test
  void whatIsThereIsNotKnownBeforeTheHeaderIs() throws Exception {
    ProxyConn conn = LOCAL.server(accepted());
    if (Net.stats().backend().equals("nio")) { // which cannot tell of any connection
      assertThrows(UnsupportedOperationException.class, conn::availableBytes);
      return;
    }
    assertEquals(0, conn.availableBytes());
    proxy().write(V1);
    proxy().write(ascii("rest"));
    accepted().awaitReadable();
    assertThrows(UnsupportedOperationException.class, conn::availableBytes);
    conn.awaitReadable();
    assertEquals(4, conn.availableBytes());
    assertEquals(0, conn.inputStream().skip(0));
  }

  @Test
  void buffersAndGatheringWritesWaitForTheHeaderAsWell() throws Exception {
    ProxyConn conn = LOCAL.server(accepted());
    Job<Integer> reader = crew.compute("reader", () -> conn.read(ByteBuffer.allocate(10)));
    Job<?> writer =
        crew.start(
            "writer",
            () -> {
              conn.write(ByteBuffer.wrap(ascii("a")));
              conn.write(ByteBuffer.wrap(ascii("b")), ByteBuffer.wrap(ascii("c")));
            });
    writer.awaitParked();
    reader.awaitParked();
    assertFalse(writer.isDone(), "it says nothing to whom it does not know");
    proxy().write(V2);
    proxy().write(ascii("xyz"));
    writer.result();
    assertReads("abc", proxy());
    assertTrue(reader.result() > 0);
  }

  @Test
  void aTransferPassesByWhereTheBytesAreUnchanged() throws Exception {
    byte[] data = new byte[300_000];
    Arrays.fill(data, (byte) 7);
    try (ConnPair target = ConnPairs.dialled("tcp4", "127.0.0.1:0").connect()) {
      ProxyConn conn = LOCAL.server(accepted());
      Job<Long> transfer =
          crew.compute("transfer", () -> Transfer.between(conn, target.left()).run());
      Job<?> writer =
          crew.start(
              "writer",
              () -> {
                proxy().write(V2);
                proxy().write(data);
                proxy().closeWrite();
              });
      byte[] got = new byte[data.length];
      target.right().readFully(got);
      assertArrayEquals(data, got);
      assertEquals(data.length, transfer.result());
      writer.result();
    }
  }

  // ---- what comes instead ----------------------------------------------------------------------

  @Test
  void aBadHeaderIsTheLastWordAndIsToldToEveryCall() throws Exception {
    proxy().write(ascii("PROXY TCP4 192.0.2.1 192.0.2.2 65536 443\r\nrest"));
    ProxyConn conn = LOCAL.server(accepted());
    for (int i = 0; i < 2; i++) {
      ProxyProtocolException e =
          assertThrows(ProxyProtocolException.class, () -> conn.read(new byte[9]));
      assertEquals(Reason.MALFORMED, e.reason());
      assertEquals("65536", e.value());
      assertTrue(e.getMessage().endsWith("source port \"65536\" is above 65535"), e.getMessage());
      assertEquals("read", e.op());
    }
    ProxyProtocolException e =
        assertThrows(ProxyProtocolException.class, () -> conn.write(new byte[9]));
    assertEquals("write", e.op());
    assertEquals(0, e.bytesTransferred());
    conn.awaitReadable(); // a read does not wait
    conn.close();
    assertThrows(NetClosedException.class, () -> conn.read(new byte[9]));
  }

  @Test
  void aStreamThatEndsWithinItsHeaderIsToldApartFromOneThatNeverBegan() throws Exception {
    proxy().write(V1, 0, 30);
    proxy().closeWrite();
    ProxyProtocolException e =
        assertThrows(ProxyProtocolException.class, () -> LOCAL.over(accepted()));
    assertEquals(Reason.TRUNCATED, e.reason());
    assertFalse(NetFailure.isConnectionEnd(e));

    try (ConnPair probe = ConnPairs.dialled("tcp4", "127.0.0.1:0").connect()) {
      probe.left().close();
      NetEofException end = assertThrows(NetEofException.class, () -> LOCAL.over(probe.right()));
      assertTrue(NetFailure.isConnectionEnd(end), "somebody looked whether a server is there");
      assertEquals(probe.right().remoteAddr(), LOCAL.server(probe.right()).remoteAddr());
    }
  }

  @Test
  void aHeaderHasToComeInTime() throws Exception {
    ProxyProtocol soon = LOCAL.withTimeout(SHORT);
    ProxyProtocolException silent =
        assertThrows(ProxyProtocolException.class, () -> soon.over(accepted()));
    assertEquals(Reason.LATE, silent.reason());
    assertTrue(silent.timeout());
    assertTrue(silent.getMessage().endsWith("no header within 0.05 s"), silent.getMessage());

    ProxyConn conn = soon.server(accepted());
    proxy().write(V2, 0, 20);
    conn.setReadTimeout(LONG);
    ProxyProtocolException slow =
        assertThrows(ProxyProtocolException.class, () -> conn.read(new byte[1]));
    assertEquals(Reason.LATE, slow.reason());
    proxy().write(V2, 20, V2.length - 20);
    assertThrows(ProxyProtocolException.class, () -> conn.read(new byte[1]));
  }

  @Test
  void aCallersOwnLimitsLeaveTheHeaderToTheNextCall() throws Exception {
    ProxyConn conn = LOCAL.server(accepted());
    proxy().write(V2, 0, 15);
    conn.setReadTimeout(SHORT);
    NetTimeoutException timeout =
        assertThrows(NetTimeoutException.class, () -> conn.read(new byte[9]));
    assertNull(timeout.limit());
    conn.setReadTimeout(null);

    TimeLimit limit = TimeLimit.after(SHORT);
    NetTimeoutException within =
        assertThrows(NetTimeoutException.class, () -> conn.within(limit).read(new byte[9]));
    assertEquals(limit, within.limit());

    conn.setWriteDeadline(Instant.now().plus(SHORT));
    NetTimeoutException write =
        assertThrows(NetTimeoutException.class, () -> conn.write(new byte[9]));
    assertEquals("write", write.op());
    assertNull(write.limit());
    conn.setWriteDeadline(null);

    Job<?> reader = crew.start("reader", () -> conn.read(new byte[9])).awaitParked();
    Job<?> second = crew.start("second", () -> conn.read(new byte[9])).awaitParked();
    second.thread().interrupt();
    second.failure(NetInterruptedException.class);
    reader.thread().interrupt();
    reader.failure(NetInterruptedException.class);

    proxy().write(V2, 15, V2.length - 15);
    proxy().write(ascii("rest"));
    assertReads("rest", conn);
    assertEquals("example.org", assertNotNullHeader(conn).authority());
  }

  private static ProxyHeader assertNotNullHeader(ProxyConn conn) throws IOException {
    ProxyHeader header = conn.header();
    assertNotNull(header);
    return header;
  }

  @Test
  void aCloseEndsTheWaitForAHeader() throws Exception {
    ProxyConn conn = LOCAL.server(accepted());
    Job<?> reader = crew.start("reader", () -> conn.read(new byte[9])).awaitParked();
    Job<?> writer = crew.start("writer", () -> conn.write(new byte[9])).awaitParked();
    conn.close();
    reader.failure(NetClosedException.class);
    writer.failure(NetClosedException.class);
    assertEquals(proxy().localAddr(), conn.remoteAddr(), "known after close as well");
  }

  // ---- listeners and servers -------------------------------------------------------------------

  @Test
  void aSilentProxyHoldsUpNoOtherConnectionOfAListener() throws Exception {
    try (Listener listener = LOCAL.listen("tcp", "127.0.0.1:0");
        Conn silent = Net.dial("tcp", listener.addr().toString());
        Conn first = listener.accept();
        Conn good = Net.dial("tcp", listener.addr().toString());
        Conn second = listener.accept()) {
      assertInstanceOf(ProxyConn.class, first);
      good.write(V1);
      assertEquals(CLIENT, second.remoteAddr());
      silent.write(V2);
      assertEquals(CLIENT, first.remoteAddr());
    }
  }

  @Test
  void tlsOverALazyLayerDoesNotWaitForTheHeaderBeforeItsHandshake() throws Exception {
    TlsConfig config = TlsPairs.server().build();
    try (Listener listener = Tls.listener(LOCAL.listen("tcp", "127.0.0.1:0"), config);
        Conn client = Net.dial("tcp", listener.addr().toString());
        Conn server = listener.accept()) {
      Job<String> answer =
          crew.compute(
              "server",
              () -> {
                byte[] got = new byte[5];
                server.readFully(got);
                return new String(got, US_ASCII) + " from " + server.remoteAddr();
              });
      client.write(V2);
      TlsConn tls = Tls.client(client, TlsPairs.client().build());
      tls.write(ascii("hello"));
      assertEquals("hello from " + CLIENT, answer.result());
    }
  }

  @Test
  void aServerCountsAndFiltersByTheClientsAddress() throws Exception {
    AtomicReference<Conn> served = new AtomicReference<>();
    CountDownLatch dropped = new CountDownLatch(1);
    CountDownLatch failed = new CountDownLatch(1);
    try (Server server =
        Server.builder()
            .listenOn("tcp", "127.0.0.1:0", LOCAL)
            .allow(AddrSet.of("192.0.2.1"))
            .onDrop(drop -> dropped.countDown())
            .onError((conn, failure) -> failed.countDown())
            .handler(
                conn -> {
                  served.set(conn);
                  conn.write(ascii("served"));
                  conn.write(ascii(" " + conn.remoteAddr()));
                })
            .start()) {
      try (Conn client = Net.dial("tcp", server.addr().toString())) {
        client.write(V2);
        client.setReadTimeout(LONG);
        assertEquals("served " + CLIENT, new String(client.readAll(100), US_ASCII));
        assertEquals("example.org", headerOf(served.get()).authority());
      }
      try (Conn other = Net.dial("tcp", server.addr().toString())) {
        ProxyHeader.of(ProxyVersion.V2, FRONT, FRONT).sendTo(other);
        dropped.await();
      }
      try (Conn bad = Net.dial("tcp", server.addr().toString())) {
        bad.write(ascii("GET / HTTP/1.1\r\n\r\n"));
        failed.await();
      }
    }
  }

  private static ProxyHeader headerOf(Conn conn) throws IOException {
    ProxyConn behind = conn.find(ProxyConn.class);
    assertNotNull(behind);
    return assertNotNullHeader(behind);
  }

  @Test
  void aServerEndsTlsBehindAHeaderAndTellsTheNextOne() throws Exception {
    TlsConfig config = TlsPairs.server().alpn("h2").build();
    AtomicReference<ProxyHeader> passedOn = new AtomicReference<>();
    try (Server server =
            Server.builder()
                .listenOn("tcp", "127.0.0.1:0", LOCAL, Tls.serverLayer(config))
                .handler(
                    conn -> {
                      TlsConn tls = conn.find(TlsConn.class);
                      assertNotNull(tls);
                      passedOn.set(ProxyHeader.of(ProxyVersion.V2, conn).withTls(tls.handshake()));
                      conn.write(ascii("done"));
                    })
                .start();
        Conn client = Net.dial("tcp", server.addr().toString())) {
      client.write(V1);
      TlsConn tls = Tls.client(client, TlsPairs.client().alpn("h2").build());
      assertReads("done", tls);
      ProxyHeader header = passedOn.get();
      assertEquals(CLIENT, header.source());
      assertEquals("h2", header.alpn());
      assertEquals("localhost", header.authority());
      assertNotNull(header.ssl());
      assertEquals("TLSv1.3", header.ssl().version());
      assertFalse(header.ssl().isVerified());
      tls.close();
    }
  }

  @Test
  void settingsThatCannotBeAreNamed() {
    assertEquals(
        "max header bytes are 15, not within 16 to 65551",
        assertThrows(IllegalArgumentException.class, () -> LOCAL.withMaxHeaderBytes(15))
            .getMessage());
    assertThrows(IllegalArgumentException.class, () -> LOCAL.withMaxHeaderBytes(65552));
    assertThrows(IllegalArgumentException.class, () -> LOCAL.withTimeout(Duration.ZERO));
    assertEquals(
        "ProxyProtocol[from [192.0.2.0-192.0.2.255], others directly]",
        ProxyProtocol.from(AddrSet.of("192.0.2.0/24")).withDirectClients(true).toString());
  }

  @Test
  void aLongHeaderIsTakenIfThatIsWanted() throws Exception {
    ProxyHeader header =
        ProxyPairs.header(ProxyVersion.V2)
            .withTlv(gonet.proxyproto.ProxyTlv.of(0xe0, new byte[40_000]));
    Job<?> writer = crew.start("proxy", () -> header.sendTo(proxy()));
    ProxyProtocolException e =
        assertThrows(ProxyProtocolException.class, () -> LOCAL.over(accepted()));
    assertEquals(Reason.TOO_LONG, e.reason());
    writer.result();
    try (ConnPair fresh = ConnPairs.dialled("tcp4", "127.0.0.1:0").connect()) {
      crew.start("proxy", () -> header.sendTo(fresh.left()));
      assertEquals(header, LOCAL.withMaxHeaderBytes(65551).over(fresh.right()).header());
    }
  }
}
