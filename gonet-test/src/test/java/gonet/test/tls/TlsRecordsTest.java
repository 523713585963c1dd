package gonet.test.tls;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.test.Callers;
import gonet.test.ConnPair;
import gonet.test.ConnPairs;
import gonet.test.Crew;
import gonet.test.Job;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import gonet.tls.Tls;
import gonet.tls.TlsConfig;
import gonet.tls.TlsConn;
import gonet.tls.TlsException;
import gonet.tls.TlsVersion;
import gonet.tls.TruncatedException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What peers do with records: cut them, spoil them, send too many, and leave out the last one. */
@LeakCheck
@Proves("tls-records")
class TlsRecordsTest {
  private final Crew crew = new Crew(Callers.VIRTUAL);
  private ConnPair raw;

  @BeforeEach
  void connect() throws IOException {
    raw = ConnPairs.dialled("tcp4", "127.0.0.1:0").connect();
  }

  @AfterEach
  void close() throws Exception {
    raw.close();
    crew.end();
  }

  /** A server of gonet's, and its client in this test's hands, behind the handshake. */
  private record Sides(TlsConn server, EnginePeer client) {}

  private Sides sides(TlsVersion version, TlsConfig.Builder config) throws Exception {
    TlsConn server = Tls.server(raw.right(), config.build());
    EnginePeer client = new EnginePeer(raw.left(), TlsPairs.sslContext(), version, true);
    Job<?> handshake = crew.start("handshake", () -> server.handshake());
    client.handshake();
    handshake.result();
    return new Sides(server, client);
  }

  private Sides sides(TlsVersion version) throws Exception {
    return sides(version, TlsPairs.server());
  }

  private static byte[] random(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
  }

  private static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  // ---- cut -------------------------------------------------------------------------------------

  /** Each byte is a segment, in both directions, from the first of the handshake on. */
  @ParameterizedTest
  @EnumSource(TlsVersion.class)
  void recordsMayComeByteByByte(TlsVersion version) throws Exception {
    try (ConnPair middle = ConnPairs.dialled("tcp4", "127.0.0.1:0").connect()) {
      crew.extra("there", () -> copyBytewise(raw.right(), middle.left()));
      crew.extra("back", () -> copyBytewise(middle.left(), raw.right()));
      TlsConn client = Tls.client(raw.left(), TlsPairs.client().versions(version).build());
      TlsConn server = Tls.server(middle.right(), TlsPairs.server().build());
      TlsPairs.shakeHands(client, server);
      byte[] data = random(3000);
      crew.start(
          "writer",
          () -> {
            client.write(data, 0, 1);
            client.write(data, 1, data.length - 1);
            client.closeWrite();
          });
      assertArrayEquals(data, server.readAll());
      server.closeWrite();
      assertEquals(-1, client.read(new byte[1]));
    }
  }

  private static void copyBytewise(Conn from, Conn to) throws IOException {
    byte[] buf = new byte[4096];
    for (int n; (n = from.read(buf)) >= 0; ) {
      for (int i = 0; i < n; i++) {
        to.write(buf, i, 1);
      }
    }
  }

  @Test
  void oneReadTakesAllRecordsThatHaveCome() throws Exception {
    Sides sides = sides(TlsVersion.TLS_1_3);
    byte[] data = random(5 * 1000);
    ByteArrayOutputStream records = new ByteArrayOutputStream();
    for (int i = 0; i < 5; i++) {
      records.write(
          sides.client().wrap(java.util.Arrays.copyOfRange(data, i * 1000, (i + 1) * 1000)));
    }
    sides.client().send(records.toByteArray());
    sides.server().awaitReadable();
    byte[] got = new byte[100_000];
    int n = sides.server().read(got);
    assertEquals(1000, n); // what awaitReadable had to decrypt
    assertEquals(4000, sides.server().read(got, n, got.length - n));
    assertArrayEquals(data, java.util.Arrays.copyOf(got, 5000));
  }

  @Test
  void whatIsHeldIsToldToThoseWhoWaitForTheSocket() throws Exception {
    Sides sides = sides(TlsVersion.TLS_1_3);
    assertEquals(0, sides.server().bufferedBytes());
    byte[] first = sides.client().wrap(new byte[100]);
    byte[] second = sides.client().wrap(new byte[50]);
    sides.client().send(concat(first, second, sides.client().wrap(new byte[7])));
    sides.server().awaitReadable();
    assertTrue(sides.server().bufferedBytes() >= 100);
    assertEquals(100, sides.server().availableBytes());
    sides.server().readFully(new byte[99]);
    assertEquals(1, sides.server().availableBytes());
    sides.server().readFully(new byte[58]);
    assertEquals(0, sides.server().bufferedBytes());
  }

  /** Nothing arrives any more, so whoever waits for the socket would wait for ever. */
  @Test
  void whatComesWithTheEndOfTheHandshakeIsToldToo() throws Exception {
    TlsConn server = Tls.server(raw.right(), TlsPairs.server().build());
    EnginePeer client = new EnginePeer(raw.left(), TlsPairs.sslContext(), TlsVersion.TLS_1_3, true);
    Job<?> handshake = crew.start("handshake", () -> server.handshake());
    client.handshakeWith(new byte[] {1, 2, 3});
    handshake.result();
    assertTrue(server.bufferedBytes() > 0);
    assertThrows(UnsupportedOperationException.class, () -> server.availableBytes());
    byte[] got = new byte[5];
    assertEquals(3, server.read(got));
    assertEquals(0, server.bufferedBytes());
  }

  // ---- spoilt ----------------------------------------------------------------------------------

  @ParameterizedTest
  @EnumSource(TlsVersion.class)
  void aBadRecordBehindAGoodOneEndsTheConnectionAfterTheGoodOne(TlsVersion version)
      throws Exception {
    Sides sides = sides(version);
    byte[] good = sides.client().wrap(new byte[] {1, 2, 3});
    byte[] bad = sides.client().wrap(new byte[] {4, 5, 6});
    bad[bad.length - 1] ^= 1;
    sides.client().send(concat(good, bad));
    byte[] got = new byte[100];
    assertEquals(3, sides.server().read(got));
    for (int i = 0; i < 3; i++) {
      TlsException e = assertThrows(TlsException.class, () -> sides.server().read(got));
      assertEquals("read", e.op());
      assertEquals("bad_record_mac", e.alert(), e.toString());
      assertTrue(e.getMessage().contains("tls: "), e.toString());
    }
    TlsException e = assertThrows(TlsException.class, () -> sides.server().write(new byte[1]));
    assertEquals("write", e.op());
    assertThrows(TlsException.class, () -> sides.server().handshake());
    // The peer hears why.
    IOException heard = assertThrows(IOException.class, () -> sides.client().read(1));
    assertTrue(String.valueOf(heard.getMessage()).contains("bad_record_mac"), heard.toString());
  }

  @Test
  void whatIsNoRecordIsRefusedByItsFirstBytes() throws Exception {
    TlsConn server = Tls.server(raw.right(), TlsPairs.server().build());
    raw.left().write("GET / HTTP/1.1\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    TlsException e = assertThrows(TlsException.class, () -> server.handshake());
    assertTrue(
        e.getMessage().contains("no TLS record: it begins with 47 45 54 20 2f"), e::toString);
    assertEquals("handshake", e.op());
    assertEquals(raw.right().remoteAddr(), e.addr());
  }

  @Test
  void aRecordThatIsTooLongIsRefusedByItsHeader() throws Exception {
    Sides sides = sides(TlsVersion.TLS_1_3);
    sides.client().send(new byte[] {23, 3, 3, (byte) 0xff, (byte) 0xff});
    TlsException e = assertThrows(TlsException.class, () -> sides.server().read(new byte[1]));
    assertTrue(e.getMessage().contains("record of 65540 bytes"), e::toString);
    assertNull(e.alert(), "none was sent");
  }

  /** Else the other side would take half an answer for the whole. */
  @ParameterizedTest
  @EnumSource(TlsVersion.class)
  void aConnectionThatHasFailedEndsWithoutCloseNotify(TlsVersion version) throws Exception {
    Sides sides = sides(version);
    sides.server().write(new byte[] {1, 2, 3});
    sides.client().send(new byte[] {23, 3, 3, (byte) 0xff, (byte) 0xff});
    assertThrows(TlsException.class, () -> sides.server().read(new byte[1]));
    assertThrows(TlsException.class, () -> sides.server().closeWrite());
    sides.server().close();
    assertArrayEquals(new byte[] {1, 2, 3}, sides.client().read(3));
    assertFalse(sides.client().readToEnd());
  }

  @Test
  void renegotiationIsRefused() throws Exception {
    Sides sides = sides(TlsVersion.TLS_1_2);
    byte[] data = sides.client().wrap(new byte[] {7});
    sides.client().send(concat(data, sides.client().beginAgain()));
    assertEquals(1, sides.server().read(new byte[1]));
    TlsException e = assertThrows(TlsException.class, () -> sides.server().read(new byte[1]));
    assertTrue(e.getMessage().contains("renegotiation is refused"), e::toString);
  }

  // ---- too many --------------------------------------------------------------------------------

  @Test
  void aKeyUpdateIsAnsweredAndDataGoesOnBehindIt() throws Exception {
    Sides sides = sides(TlsVersion.TLS_1_3);
    for (int i = 0; i < 20; i++) {
      sides.client().send(sides.client().beginAgain());
      sides.client().send(sides.client().wrap(new byte[] {(byte) i}));
      byte[] got = new byte[1];
      sides.server().readFully(got);
      assertEquals(i, got[0]);
      sides.server().write(got);
      assertEquals(i, sides.client().read(1)[0]);
    }
  }

  @Test
  void keyUpdatesWithoutDataEndTheConnection() throws Exception {
    Sides sides = sides(TlsVersion.TLS_1_3);
    for (int i = 0; i < 100; i++) {
      sides.client().send(sides.client().beginAgain());
    }
    TlsException e = assertThrows(TlsException.class, () -> sides.server().read(new byte[1]));
    assertTrue(e.getMessage().contains("too many records without data"), e::toString);
  }

  /** Each update is followed by data, so none is useless; but their answers are never read. */
  @Test
  void keyUpdatesWhoseAnswersNobodyReadsEndTheConnection() throws Exception {
    Sides sides = sides(TlsVersion.TLS_1_3);
    Job<?> writer = crew.start("writer", () -> sides.server().write(new byte[64 << 20]));
    writer.awaitParked(); // the way back is full
    crew.extra(
        "flood",
        () -> {
          for (; ; ) {
            sides.client().send(sides.client().beginAgain());
            sides.client().send(sides.client().wrap(new byte[1]));
          }
        });
    TlsException e =
        assertThrows(
            TlsException.class,
            () -> {
              byte[] one = new byte[1];
              while (sides.server().read(one) > 0) {
                // the next
              }
            });
    assertTrue(e.getMessage().contains("answers nobody reads"), e::toString);
    raw.close();
    writer.failure(IOException.class);
  }

  // ---- the end ---------------------------------------------------------------------------------

  @ParameterizedTest
  @EnumSource(TlsVersion.class)
  void anEndWithoutCloseNotifyIsATruncation(TlsVersion version) throws Exception {
    Sides sides = sides(version);
    sides.client().send(sides.client().wrap(new byte[] {1}));
    raw.left().closeWrite();
    assertEquals(1, sides.server().read(new byte[10]));
    sides.server().awaitReadable();
    for (int i = 0; i < 3; i++) {
      TruncatedException e =
          assertThrows(TruncatedException.class, () -> sides.server().read(new byte[1]));
      assertInstanceOf(javax.net.ssl.SSLException.class, e);
    }
    assertThrows(TruncatedException.class, () -> sides.server().readAll());
    sides.server().write(new byte[] {2}); // the other direction stands
    assertEquals(2, sides.client().read(1)[0]);
  }

  /** A request whose body is shorter than it says, and one that ends with its stream. */
  @ParameterizedTest
  @EnumSource(TlsVersion.class)
  void aPostCutOffByABareFinIsNeverTakenAsWhole(TlsVersion version) throws Exception {
    String head = "POST /echo HTTP/1.1\r\nHost: localhost\r\n";
    for (String end : new String[] {"Content-Length: 10\r\n\r\n12345", "\r\n12345"}) {
      try (var pair = gonet.test.ConnPairs.dialled("tcp4", "127.0.0.1:0").connect()) {
        TlsConn server = Tls.server(pair.right(), TlsPairs.server().build());
        EnginePeer client = new EnginePeer(pair.left(), TlsPairs.sslContext(), version, true);
        Job<byte[]> whole = crew.compute("server", () -> server.readAll());
        client.handshake();
        client.send(client.wrap((head + end).getBytes(US_ASCII)));
        pair.left().closeWrite();
        TruncatedException e = whole.failure(TruncatedException.class);
        assertTrue(e.getMessage().contains("without close_notify"), e::toString);
        assertThrows(TruncatedException.class, () -> server.read(new byte[1]), "again");
      }
    }
  }

  @Test
  void anEndInTheMiddleOfARecordIsATruncationToo() throws Exception {
    Sides sides = sides(TlsVersion.TLS_1_3);
    byte[] record = sides.client().wrap(new byte[100]);
    sides.client().send(java.util.Arrays.copyOf(record, record.length - 1));
    raw.left().closeWrite();
    assertThrows(TruncatedException.class, () -> sides.server().read(new byte[1]));
  }

  @Test
  void aProtocolWithLengthsOfItsOwnMayAcceptATruncation() throws Exception {
    Sides sides = sides(TlsVersion.TLS_1_3, TlsPairs.server().acceptTruncation());
    sides.client().send(sides.client().wrap(new byte[] {1}));
    raw.left().closeWrite();
    assertArrayEquals(new byte[] {1}, sides.server().readAll());
  }

  @ParameterizedTest
  @EnumSource(TlsVersion.class)
  void aCloseAnswersACloseNotify(TlsVersion version) throws Exception {
    Sides sides = sides(version);
    sides.client().send(sides.client().closeNotify());
    assertEquals(-1, sides.server().read(new byte[1]));
    sides.server().close();
    assertTrue(sides.client().readToEnd());
  }

  @Test
  void keyUpdatesBehindOurOwnEndAreStillUnderstood() throws Exception {
    Sides sides = sides(TlsVersion.TLS_1_3);
    sides.server().closeWrite();
    sides.client().send(sides.client().beginAgain()); // it has not read of that
    sides.client().send(sides.client().wrap(new byte[] {9}));
    byte[] got = new byte[1];
    sides.server().readFully(got);
    assertEquals(9, got[0]);
    assertTrue(sides.client().readToEnd());
  }

  @Test
  void aCloseNotifyInsteadOfAHandshakeIsAFailure() throws Exception {
    TlsConn client = Tls.client(raw.left(), TlsPairs.client().build());
    Job<?> handshake = crew.start("client", () -> client.handshake());
    byte[] hello = new byte[5];
    raw.right().readFully(hello);
    raw.right().write(new byte[] {21, 3, 3, 0, 2, 1, 0});
    handshake.failure(TlsException.class);
  }

  @Test
  void aHandshakeThatIsCutOffIsATruncation() throws Exception {
    TlsConn client = Tls.client(raw.left(), TlsPairs.client().build());
    raw.right().closeWrite();
    assertThrows(TruncatedException.class, () -> client.handshake());
    assertThrows(TlsException.class, () -> client.write(new byte[1]));
  }
}
