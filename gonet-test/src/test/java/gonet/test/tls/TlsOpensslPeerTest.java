package gonet.test.tls;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Listener;
import gonet.Net;
import gonet.NetTimeoutException;
import gonet.TimeLimit;
import gonet.test.Callers;
import gonet.test.ConnPair;
import gonet.test.ConnPairs;
import gonet.test.Crew;
import gonet.test.Job;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import gonet.tls.ClientAuth;
import gonet.tls.Tls;
import gonet.tls.TlsConfig;
import gonet.tls.TlsConn;
import gonet.tls.TlsException;
import gonet.tls.TlsInfo;
import gonet.tls.TlsVersion;
import gonet.tls.TruncatedException;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** With OpenSSL on the other end, called as a library: what its commands cannot do. */
@LeakCheck
@Timeout(180)
@Proves("tls-peers")
class TlsOpensslPeerTest {
  private static final ConnPairs TCP = ConnPairs.dialled("tcp4", "127.0.0.1:0");
  private static final Duration MOMENT = Duration.ofMillis(2);
  private static final TestKeys CLIENT_KEYS = TestKeys.selfSigned("client");
  private static final TestKeys STRANGER = TestKeys.selfSigned("client");

  private final Crew crew = new Crew(Callers.VIRTUAL);
  private final List<AutoCloseable> opened = new ArrayList<>();
  private ConnPair raw;

  @BeforeAll
  static void requireOpenssl() {
    Libssl.assume();
  }

  @BeforeEach
  void connect() throws IOException {
    raw = TCP.connect();
  }

  @AfterEach
  void close() throws Exception {
    raw.close();
    crew.end();
    for (AutoCloseable one : opened.reversed()) {
      one.close();
    }
  }

  private <T extends AutoCloseable> T opened(T one) {
    opened.add(one);
    return one;
  }

  /** OpenSSL's role and version. */
  enum Openssl {
    CLIENT_1_3(TlsVersion.TLS_1_3, true),
    CLIENT_1_2(TlsVersion.TLS_1_2, true),
    SERVER_1_3(TlsVersion.TLS_1_3, false),
    SERVER_1_2(TlsVersion.TLS_1_2, false);

    private final TlsVersion version;
    private final boolean client;

    Openssl(TlsVersion version, boolean client) {
      this.version = version;
      this.client = client;
    }
  }

  /** gonet on the left, OpenSSL on the right. */
  private record Sides(TlsConn conn, OpensslPeer peer) {}

  private OpensslContext context(Openssl openssl) throws IOException {
    OpensslContext context = opened(new OpensslContext(openssl.version));
    return openssl.client
        ? context.trust(TlsPairs.keys().chain().getFirst(), OpensslContext.VERIFY_PEER)
        : context.keys(TlsPairs.keys());
  }

  private static TlsConfig.Builder config(Openssl openssl) {
    return openssl.client ? TlsPairs.server() : TlsPairs.client();
  }

  private static TlsConn conn(Conn conn, TlsConfig config, Openssl openssl) {
    return openssl.client ? Tls.server(conn, config) : Tls.client(conn, config);
  }

  private OpensslPeer peer(Conn conn, OpensslContext context, Openssl openssl) throws IOException {
    return opened(new OpensslPeer(conn, context, openssl.client));
  }

  private Sides sides(Openssl openssl) throws Exception {
    return sides(openssl, config(openssl).build());
  }

  private Sides sides(Openssl openssl, TlsConfig config) throws Exception {
    return shaken(conn(raw.left(), config, openssl), peer(raw.right(), context(openssl), openssl));
  }

  private Sides shaken(TlsConn conn, OpensslPeer peer) throws Exception {
    Job<TlsInfo> handshake = crew.compute("handshake", () -> conn.handshake());
    peer.handshake();
    handshake.result();
    return new Sides(conn, peer);
  }

  private static byte[] random(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
  }

  /** A byte there and one back. */
  private static void roundTrip(Sides sides, int value) throws IOException {
    sides.peer().write(new byte[] {(byte) value});
    byte[] got = new byte[1];
    sides.conn().readFully(got);
    assertEquals((byte) value, got[0]);
    sides.conn().write(got);
    assertEquals((byte) value, sides.peer().readFully(1)[0]);
  }

  // ---- records ---------------------------------------------------------------------------------

  /** Each byte is a segment, in both directions, from the first of the handshake on. */
  @ParameterizedTest
  @EnumSource
  void recordsMayComeByteByByte(Openssl openssl) throws Exception {
    ConnPair middle = opened(TCP.connect());
    crew.extra("there", () -> copyBytewise(raw.right(), middle.left()));
    crew.extra("back", () -> copyBytewise(middle.left(), raw.right()));
    Sides sides =
        shaken(
            conn(raw.left(), config(openssl).build(), openssl),
            peer(middle.right(), context(openssl), openssl));
    byte[] data = random(3000);
    Job<?> writer = crew.start("writer", () -> sides.conn().write(data));
    assertArrayEquals(data, sides.peer().readFully(data.length));
    writer.result();
    sides.peer().write(data);
    sides.peer().shutdown();
    assertArrayEquals(data, sides.conn().readAll());
    sides.conn().closeWrite();
    assertEquals(0, sides.peer().readToEnd().length);
    middle.close();
  }

  private static void copyBytewise(Conn from, Conn to) throws IOException {
    byte[] buf = new byte[4096];
    for (int n; (n = from.read(buf)) >= 0; ) {
      for (int i = 0; i < n; i++) {
        to.write(buf, i, 1);
      }
    }
  }

  /** A reader has taken the first part, and the next one goes on there. */
  @ParameterizedTest
  @EnumSource
  void aRecordMayBeCutAtEachByte(Openssl openssl) throws Exception {
    Sides sides = sides(openssl);
    int length = 2;
    for (int at = 1; at < length; at++) {
      byte[] record = sides.peer().wrap(new byte[] {(byte) at});
      length = record.length;
      byte[] got = new byte[2];
      raw.right().write(record, 0, at);
      Conn soon = sides.conn().within(TimeLimit.after(MOMENT));
      assertThrows(NetTimeoutException.class, () -> soon.read(got));
      raw.right().write(record, at, length - at);
      assertEquals(1, sides.conn().read(got));
      assertEquals((byte) at, got[0]);
    }
    assertTrue(length > 20, "of " + length + " bytes");
  }

  // ---- key updates -----------------------------------------------------------------------------

  @ParameterizedTest
  @CsvSource({"CLIENT_1_3,true", "CLIENT_1_3,false", "SERVER_1_3,true", "SERVER_1_3,false"})
  void keysAreUpdatedAndTheOtherSidesOnDemand(Openssl openssl, boolean both) throws Exception {
    Sides sides = sides(openssl);
    roundTrip(sides, 1); // tickets
    for (int i = 0; i < 10; i++) {
      Job<Integer> reader = crew.compute("reader", () -> sides.conn().read(new byte[1]));
      raw.right().write(sides.peer().keyUpdate(both));
      if (both) {
        raw.right().awaitReadable(TimeLimit.after(Duration.ofSeconds(30))); // at once
      }
      sides.peer().write(new byte[1]);
      assertEquals(1, reader.result());
      if (!both) {
        TimeLimit soon = TimeLimit.after(MOMENT);
        assertThrows(
            NetTimeoutException.class,
            () -> raw.right().awaitReadable(soon),
            "an answer that nobody wanted");
      }
      roundTrip(sides, i);
    }
  }

  @ParameterizedTest
  @CsvSource({"CLIENT_1_3,true", "CLIENT_1_3,false", "SERVER_1_3,true", "SERVER_1_3,false"})
  void manyKeyUpdatesMayComeAtOnce(Openssl openssl, boolean both) throws Exception {
    Sides sides = sides(openssl);
    for (int i = 0; i < 3; i++) {
      ByteArrayOutputStream records = new ByteArrayOutputStream();
      for (int j = 0; j < 10; j++) {
        records.write(sides.peer().keyUpdate(both));
      }
      raw.right().write(records.toByteArray());
      roundTrip(sides, i);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"CLIENT_1_3", "SERVER_1_3"})
  void aFloodOfKeyUpdatesEndsTheConnection(Openssl openssl) throws Exception {
    Sides sides = sides(openssl);
    for (int i = 0; i < 100; i++) {
      raw.right().write(sides.peer().keyUpdate(i % 2 == 0));
    }
    TlsException e = assertThrows(TlsException.class, () -> sides.conn().read(new byte[1]));
    assertTrue(e.getMessage().contains("too many records without data"), e::toString);
  }

  // ---- sessions --------------------------------------------------------------------------------

  /** Sessions tell their age in milliseconds: the next one is to be younger than this. */
  private static void awaitNextMilliseconds() {
    long now = System.currentTimeMillis();
    await().until(() -> System.currentTimeMillis() > now + 5);
  }

  @ParameterizedTest
  @EnumSource(names = {"CLIENT_1_3", "CLIENT_1_2"})
  void itsClientResumesByTicket(Openssl openssl) throws Exception {
    TlsConfig config = config(openssl).build();
    OpensslContext context = context(openssl);
    for (int i = 0; i < 3; i++) {
      try (ConnPair pair = TCP.connect()) {
        Sides sides =
            shaken(conn(pair.left(), config, openssl), peer(pair.right(), context, openssl));
        roundTrip(sides, i); // with the ticket
        assertEquals(i > 0, sides.peer().engine().isResumed(), "connection " + i);
        assertEquals(i > 0, info(sides).resumed(), "connection " + i);
        context.keep(sides.peer().engine().session());
      }
      awaitNextMilliseconds();
    }
    // Another server cannot read it.
    Sides sides =
        shaken(
            conn(raw.left(), config(openssl).build(), openssl),
            peer(raw.right(), context, openssl));
    roundTrip(sides, 9);
    assertFalse(sides.peer().engine().isResumed());
    assertFalse(info(sides).resumed());
  }

  private static TlsInfo info(Sides sides) {
    return Objects.requireNonNull(sides.conn().info());
  }

  @ParameterizedTest
  @EnumSource(names = {"SERVER_1_3", "SERVER_1_2"})
  void itsServersTicketIsShownToItAgain(Openssl openssl) throws Exception {
    TlsConfig config = config(openssl).build();
    OpensslContext context = context(openssl);
    OpensslContext another = context(openssl); // which cannot read its tickets
    try (Listener listener = Net.listen("tcp4", "127.0.0.1:0")) {
      for (int i = 0; i < 4; i++) {
        boolean resumed = i == 1 || i == 2;
        try (Conn dialled = Net.dial("tcp4", listener.addr().toString())) {
          Sides sides =
              shaken(
                  conn(dialled, config, openssl),
                  peer(listener.accept(), i == 3 ? another : context, openssl));
          roundTrip(sides, i); // with the ticket
          assertEquals(resumed, sides.peer().engine().isResumed(), "connection " + i);
          assertEquals(resumed, info(sides).resumed(), "connection " + i);
        }
        awaitNextMilliseconds();
      }
    }
  }

  // ---- client certificates ---------------------------------------------------------------------

  private OpensslContext client(TlsVersion version, TestKeys keys) throws IOException {
    OpensslContext context = opened(new OpensslContext(version));
    context.trust(TlsPairs.keys().chain().getFirst(), OpensslContext.VERIFY_PEER);
    return keys == null ? context : context.keys(keys);
  }

  private static TlsConfig asking(ClientAuth auth) {
    return TlsPairs.server().trust(CLIENT_KEYS.chain()).clientAuth(auth).build();
  }

  @ParameterizedTest
  @CsvSource({"CLIENT_1_3,WANT", "CLIENT_1_3,NEED", "CLIENT_1_2,WANT", "CLIENT_1_2,NEED"})
  void itsClientShowsItsCertificate(Openssl openssl, ClientAuth auth) throws Exception {
    Sides sides =
        shaken(
            Tls.server(raw.left(), asking(auth)),
            peer(raw.right(), client(openssl.version, CLIENT_KEYS), openssl));
    assertEquals(CLIENT_KEYS.chain(), info(sides).peerCertificates());
    roundTrip(sides, 1);
  }

  @ParameterizedTest
  @EnumSource(names = {"CLIENT_1_3", "CLIENT_1_2"})
  void itsClientMayHaveNoneWhereOneIsOnlyWanted(Openssl openssl) throws Exception {
    Sides sides =
        shaken(
            Tls.server(raw.left(), asking(ClientAuth.WANT)),
            peer(raw.right(), client(openssl.version, null), openssl));
    assertEquals(List.of(), info(sides).peerCertificates());
    roundTrip(sides, 1);
  }

  @ParameterizedTest
  @CsvSource({
    "CLIENT_1_3,NEED,false",
    "CLIENT_1_2,NEED,false",
    "CLIENT_1_3,WANT,true",
    "CLIENT_1_2,WANT,true",
    "CLIENT_1_3,NEED,true",
    "CLIENT_1_2,NEED,true"
  })
  void itsClientIsRefusedAndToldSo(Openssl openssl, ClientAuth auth, boolean hasOne)
      throws Exception {
    TlsConn conn = Tls.server(raw.left(), asking(auth));
    OpensslPeer peer =
        peer(raw.right(), client(openssl.version, hasOne ? STRANGER : null), openssl);
    Job<TlsInfo> handshake = crew.compute("handshake", () -> conn.handshake());
    IOException heard =
        assertThrows(
            IOException.class,
            () -> {
              peer.handshake();
              peer.readFully(1); // in 1.3 the client has finished before it is looked at
            });
    assertTrue(String.valueOf(heard.getMessage()).contains("alert"), heard.toString());
    TlsException e = handshake.failure(TlsException.class);
    assertNotNull(e.alert(), e.toString());
    assertThrows(TlsException.class, () -> conn.read(new byte[1]));
  }

  private OpensslContext asking(TlsVersion version, int mode) throws IOException {
    return opened(new OpensslContext(version))
        .keys(TlsPairs.keys())
        .trust(CLIENT_KEYS.chain().getFirst(), mode);
  }

  @ParameterizedTest
  @CsvSource({"SERVER_1_3,true", "SERVER_1_3,false", "SERVER_1_2,true", "SERVER_1_2,false"})
  void itsServerIsShownACertificateIfThereIsOne(Openssl openssl, boolean hasOne) throws Exception {
    TlsConfig.Builder config = TlsPairs.client();
    if (hasOne) {
      config.keyPair(CLIENT_KEYS.keyPair());
    }
    int mode = OpensslContext.VERIFY_PEER | (hasOne ? OpensslContext.FAIL_IF_NO_PEER_CERT : 0);
    Sides sides =
        shaken(
            Tls.client(raw.left(), config.build()),
            peer(raw.right(), asking(openssl.version, mode), openssl));
    assertEquals(hasOne, sides.peer().engine().hasPeerCertificate());
    roundTrip(sides, 1);
  }

  @ParameterizedTest
  @CsvSource({"SERVER_1_3,true", "SERVER_1_3,false", "SERVER_1_2,true", "SERVER_1_2,false"})
  void itsServersRefusalIsHeard(Openssl openssl, boolean hasOne) throws Exception {
    TlsConfig.Builder config = TlsPairs.client();
    if (hasOne) {
      config.keyPair(STRANGER.keyPair());
    }
    TlsConn conn = Tls.client(raw.left(), config.build());
    int mode = OpensslContext.VERIFY_PEER | OpensslContext.FAIL_IF_NO_PEER_CERT;
    OpensslPeer peer = peer(raw.right(), asking(openssl.version, mode), openssl);
    Job<Integer> reader = crew.compute("reader", () -> conn.read(new byte[1]));
    IOException refused = assertThrows(IOException.class, () -> peer.handshake());
    assertTrue(String.valueOf(refused.getMessage()).contains("certificate"), refused.toString());
    TlsException e = reader.failure(TlsException.class);
    assertNotNull(e.alert(), e.toString());
  }

  // ---- the end ---------------------------------------------------------------------------------

  @ParameterizedTest
  @EnumSource
  void whatComesBehindOurEndIsRead(Openssl openssl) throws Exception {
    Sides sides = sides(openssl);
    byte[] data = random(100_000);
    sides.conn().write(data, 0, 1000);
    sides.conn().closeWrite();
    Job<byte[]> reader = crew.compute("reader", () -> sides.conn().readAll());
    assertArrayEquals(Arrays.copyOf(data, 1000), sides.peer().readToEnd());
    if (openssl.version == TlsVersion.TLS_1_3) {
      raw.right().write(sides.peer().keyUpdate(true)); // which cannot be answered any more
    }
    sides.peer().write(data);
    sides.peer().shutdown();
    assertArrayEquals(data, reader.result());
  }

  @ParameterizedTest
  @EnumSource
  void itsEndIsReadAndTheOtherDirectionGoesOn(Openssl openssl) throws Exception {
    Sides sides = sides(openssl);
    sides.peer().write(new byte[] {1, 2});
    sides.peer().shutdown();
    assertArrayEquals(new byte[] {1, 2}, sides.conn().readAll());
    if (openssl.version == TlsVersion.TLS_1_3) {
      byte[] data = random(100_000);
      Job<?> writer = crew.start("writer", () -> sides.conn().write(data));
      assertArrayEquals(data, sides.peer().readFully(data.length));
      writer.result(); // a close says nothing beside a write
    }
    sides.conn().close();
    assertEquals(0, sides.peer().readToEnd().length);
  }

  /** A client that has nothing to say, and a server that hangs up. */
  @ParameterizedTest
  @CsvSource({
    "CLIENT_1_3,true", "CLIENT_1_3,false", "CLIENT_1_2,true", "CLIENT_1_2,false",
    "SERVER_1_3,true", "SERVER_1_3,false", "SERVER_1_2,true", "SERVER_1_2,false"
  })
  void anEndRightBehindTheHandshakeIsToldApart(Openssl openssl, boolean notified) throws Exception {
    Sides sides = sides(openssl);
    if (notified) {
      sides.peer().shutdown();
    }
    raw.right().closeWrite();
    if (notified) {
      assertEquals(-1, sides.conn().read(new byte[1]));
      assertEquals(-1, sides.conn().read(new byte[1]));
    } else {
      assertThrows(TruncatedException.class, () -> sides.conn().read(new byte[1]));
      assertThrows(TruncatedException.class, () -> sides.conn().readAll());
    }
    // What is left of the connection is closed as any other.
    assertTrue(sides.conn().closeGracefully(Duration.ofSeconds(30)));
    assertEquals(0, sides.peer().readToEnd().length);
  }

  @ParameterizedTest
  @EnumSource
  void aBareFinBehindDataIsATruncationUnlessItIsAccepted(Openssl openssl) throws Exception {
    Sides sides = sides(openssl);
    byte[] data = random(20_000);
    sides.peer().write(data);
    raw.right().closeWrite();
    byte[] got = new byte[data.length];
    sides.conn().readFully(got);
    assertArrayEquals(data, got);
    assertThrows(TruncatedException.class, () -> sides.conn().read(got));
    try (ConnPair pair = TCP.connect()) {
      Sides other =
          shaken(
              conn(pair.left(), config(openssl).acceptTruncation().build(), openssl),
              peer(pair.right(), context(openssl), openssl));
      other.peer().write(data);
      pair.right().closeWrite();
      assertArrayEquals(data, other.conn().readAll());
    }
  }

  @ParameterizedTest
  @EnumSource
  void ourOwnEndIsToldApartByIt(Openssl openssl) throws Exception {
    Sides sides = sides(openssl);
    roundTrip(sides, 1); // tickets
    sides.conn().close();
    assertEquals(0, sides.peer().readToEnd().length);
    try (ConnPair pair = TCP.connect()) {
      Sides other =
          shaken(
              conn(pair.left(), config(openssl).build(), openssl),
              peer(pair.right(), context(openssl), openssl));
      roundTrip(other, 1);
      pair.left().closeWrite(); // beneath
      assertThrows(EOFException.class, () -> other.peer().readToEnd());
    }
  }

  /** In the middle of its first flight. */
  @ParameterizedTest
  @EnumSource
  void anEndInTheHandshakeIsATruncation(Openssl openssl) throws Exception {
    TlsConn conn = conn(raw.left(), config(openssl).build(), openssl);
    OpensslPeer peer = peer(raw.right(), context(openssl), openssl);
    Job<TlsInfo> handshake = crew.compute("handshake", () -> conn.handshake());
    if (!openssl.client) {
      byte[] hello = new byte[1 << 14];
      raw.right().awaitReadable();
      peer.engine().feed(hello, raw.right().read(hello));
    }
    assertFalse(peer.engine().handshake());
    byte[] flight = peer.engine().takeOutput();
    raw.right().write(flight, 0, flight.length / 2);
    raw.right().closeWrite();
    handshake.failure(TruncatedException.class);
    assertThrows(TlsException.class, () -> conn.write(new byte[1]));
  }

  /** Whoever still writes hears of it, and is not left waiting. */
  @ParameterizedTest
  @EnumSource
  void aPeerThatClosesEarlyEndsAWrite(Openssl openssl) throws Exception {
    Sides sides = sides(openssl);
    Job<?> writer = crew.start("writer", () -> sides.conn().write(new byte[64 << 20]));
    assertEquals(1000, sides.peer().readFully(1000).length);
    writer.awaitParked();
    sides.peer().shutdown();
    sides.peer().close();
    writer.failure(IOException.class);
    sides.conn().close();
  }
}
