package gonet.test.tls;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gonet.Conn;
import gonet.ForwardingConn;
import gonet.Net;
import gonet.NetClosedException;
import gonet.NetInterruptedException;
import gonet.NetTimeoutException;
import gonet.TimeLimit;
import gonet.test.Callers;
import gonet.test.ConnPair;
import gonet.test.ConnPairs;
import gonet.test.Crew;
import gonet.test.Job;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import gonet.tls.Tls;
import gonet.tls.TlsConn;
import gonet.tls.TlsException;
import gonet.tls.TlsVersion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Peers that stop: in the middle of the handshake, of a key update, of a record, of the close.
 * Deadlines and interrupts leave a usable connection, and the handshake's own limit a failure that
 * says that it is none.
 */
@LeakCheck
@Timeout(180)
@Proves("tls-stuck")
class TlsStuckPeerTest {
  private static final Duration MOMENT = Duration.ofMillis(40);

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

  // ---- the handshake ---------------------------------------------------------------------------

  @Test
  void aSilentClientEndsTheHandshakeByItsOwnLimit() throws Exception {
    TlsConn server = Tls.server(raw.right(), TlsPairs.server().handshakeTimeout(MOMENT).build());
    TlsException e = assertThrows(TlsException.class, () -> server.read(new byte[1]));
    assertTrue(e.timeout());
    assertTrue(e.getMessage().contains("handshake not done within 0.04 s"), e::toString);
    assertThrows(TlsException.class, () -> server.write(new byte[1]));
    assertThrows(TlsException.class, () -> server.awaitReadable());
    assertThrows(TlsException.class, () -> server.closeWrite());
    assertFalse(server.isClosed());
    server.close();
    assertThrows(NetClosedException.class, () -> server.read(new byte[1]));
  }

  /** Each byte comes in time, and all of them together do not. */
  @Test
  void aTricklingClientEndsTheHandshakeByItsOwnLimit() throws Exception {
    TlsConn server = Tls.server(raw.right(), TlsPairs.server().handshakeTimeout(MOMENT).build());
    server.setReadTimeout(Duration.ofSeconds(20));
    crew.extra(
        "trickle",
        () -> {
          raw.left().write(new byte[] {22, 3, 1, 2, 0});
          for (int i = 0; i < 400; i++) {
            raw.left().write(new byte[1]);
            Thread.sleep(5);
          }
        });
    TlsException e = assertThrows(TlsException.class, () -> server.handshake());
    assertTrue(e.timeout(), e::toString);
  }

  @ParameterizedTest
  @EnumSource(TlsVersion.class)
  void aCallersOwnTimeLeavesTheHandshakeToTheNext(TlsVersion version) throws Exception {
    TlsConn server = Tls.server(raw.right(), TlsPairs.server().versions(version).build());
    TimeLimit limit = TimeLimit.after(MOMENT);
    NetTimeoutException e = assertThrows(NetTimeoutException.class, () -> server.handshake(limit));
    assertSame(limit, e.limit());
    server.setReadTimeout(MOMENT);
    assertThrows(NetTimeoutException.class, () -> server.read(new byte[1]));
    server.setReadTimeout(null);
    server.setReadDeadline(Instant.now().plus(MOMENT));
    assertNull(assertThrows(NetTimeoutException.class, () -> server.awaitReadable()).limit());
    server.setReadDeadline(null);
    assertNull(server.info());

    Job<?> interrupted = crew.start("interrupted", () -> server.handshake()).awaitParked();
    interrupted.thread().interrupt();
    interrupted.failure(NetInterruptedException.class);

    TlsConn client = Tls.client(raw.left(), TlsPairs.client().build());
    TlsPairs.shakeHands(client, server);
    client.write(new byte[] {5});
    byte[] got = new byte[1];
    server.readFully(got);
    assertEquals(5, got[0]);
  }

  @Test
  void theTimeoutOfReadsBoundsTheHandshake() throws Exception {
    TlsConn server = Tls.server(raw.right(), TlsPairs.server().build());
    server.setReadTimeout(MOMENT);
    assertNull(assertThrows(NetTimeoutException.class, () -> server.handshake()).limit());
    server.setReadTimeout(null);
    TlsPairs.shakeHands(Tls.client(raw.left(), TlsPairs.client().build()), server);
  }

  @ParameterizedTest
  @EnumSource(TlsVersion.class)
  void whoWantsNothingToReadMayWrite(TlsVersion version) throws Exception {
    TlsConn server = Tls.server(raw.right(), TlsPairs.server().versions(version).build());
    TlsConn client = Tls.client(raw.left(), TlsPairs.client().build());
    client.closeRead();
    server.closeRead();
    assertEquals(-1, client.read(new byte[1]), "which needs no handshake");
    client.awaitReadable();
    assertNull(client.info());
    Job<?> writer = crew.start("writer", () -> client.write(new byte[1000]));
    server.write(new byte[1000]);
    writer.result();
    assertEquals(-1, client.read(new byte[1]));
    assertEquals(-1, server.read(new byte[1]));
  }

  @Test
  void aReaderAndAWriterBeginTheHandshakeTogether() throws Exception {
    TlsConn client = Tls.client(raw.left(), TlsPairs.client().build());
    TlsConn server = Tls.server(raw.right(), TlsPairs.server().build());
    Job<Integer> reader = crew.compute("reader", () -> client.read(new byte[10])).awaitParked();
    Job<?> writer = crew.start("writer", () -> client.write(new byte[3]));
    byte[] got = new byte[3];
    server.readFully(got);
    writer.result();
    server.write(new byte[4]);
    assertEquals(4, reader.result());
    assertNotNull(client.info());
  }

  /** Two sides that begin with large writes would wait for each other for ever. */
  @Test
  void aReaderThatWaitedForAWritersHandshakeIsNotBehindTheWrite() throws Exception {
    TlsConn client = Tls.client(raw.left(), TlsPairs.client().build());
    TlsConn server = Tls.server(raw.right(), TlsPairs.server().build());
    Job<?> writer = crew.start("writer", () -> client.write(new byte[64 << 20])).awaitParked();
    Job<Integer> reader = crew.compute("reader", () -> client.read(new byte[10])).awaitParked();
    assertNotNull(server.handshake());
    server.write(new byte[3]);
    assertEquals(3, reader.result());
    client.close();
    writer.failure(NetClosedException.class);
  }

  @Test
  void theWaitForAnothersHandshakeEndsByOnesOwnTime() throws Exception {
    TlsConn client = Tls.client(raw.left(), TlsPairs.client().build());
    Job<?> reader = crew.start("reader", () -> client.read(new byte[10])).awaitParked();
    TimeLimit limit = TimeLimit.after(MOMENT);
    NetTimeoutException e =
        assertThrows(NetTimeoutException.class, () -> client.within(limit).write(new byte[1]));
    assertSame(limit, e.limit());
    Job<?> second = crew.start("second", () -> client.write(new byte[1])).awaitParked();
    second.thread().interrupt();
    second.failure(NetInterruptedException.class);
    Job<?> third = crew.start("third", () -> client.write(new byte[1])).awaitParked();
    client.close();
    reader.failure(NetClosedException.class);
    third.failure(NetClosedException.class);
  }

  /** Half-open handshakes hold up nobody, and end. */
  @Test
  void clientsThatStopInTheHandshakeHoldUpNobody() throws Exception {
    try (var listener =
        Tls.listen(
            "tcp4",
            "127.0.0.1:0",
            TlsPairs.server().handshakeTimeout(Duration.ofMillis(500)).build())) {
      List<Conn> stuck = new ArrayList<>();
      List<Job<?>> ends = new ArrayList<>();
      try {
        for (int i = 0; i < 60; i++) {
          Conn conn = gonet.Net.dial("tcp", listener.addr().toString());
          stuck.add(conn);
          conn.write(java.util.Arrays.copyOf(new byte[] {22, 3, 1, 2, 0}, i % 3 == 0 ? 0 : i));
          Conn accepted = listener.accept();
          ends.add(
              crew.start(
                  "stuck",
                  () -> {
                    try (accepted) {
                      assertThrows(TlsException.class, () -> accepted.read(new byte[1]));
                    }
                  }));
        }
        Job<?> served =
            crew.start(
                "server",
                () -> {
                  try (Conn accepted = listener.accept()) {
                    accepted.write(new byte[] {1});
                  }
                });
        try (Conn good = Tls.dial("tcp", listener.addr().toString(), TlsPairs.client().build())) {
          assertArrayEquals(new byte[] {1}, good.readAll());
        }
        served.result();
        for (Job<?> end : ends) {
          end.result();
        }
      } finally {
        stuck.forEach(Conn::close);
      }
    }
  }

  // ---- a peer that does not read ---------------------------------------------------------------

  private EnginePeer establish(TlsConn server) throws Exception {
    EnginePeer client = new EnginePeer(raw.left(), TlsPairs.sslContext(), TlsVersion.TLS_1_3, true);
    Job<?> handshake = crew.start("handshake", () -> server.handshake());
    client.handshake();
    handshake.result();
    return client;
  }

  /** The answer to a key update has to wait behind the writer; the reader has not. */
  @Test
  void aReaderIsNotBehindAWriterWhenAKeyUpdateComes() throws Exception {
    TlsConn server = Tls.server(raw.right(), TlsPairs.server().build());
    EnginePeer client = establish(server);
    byte[] big = new byte[16 << 20];
    Job<?> writer = crew.start("writer", () -> server.write(big)).awaitParked();
    for (int i = 0; i < 10; i++) {
      client.send(client.beginAgain());
      client.send(client.wrap(new byte[] {(byte) i}));
      byte[] got = new byte[1];
      server.readFully(got);
      assertEquals(i, got[0]);
    }
    assertFalse(writer.isDone());
    client.read(big.length);
    writer.result();
    // The answers went out with the rest: the records behind them can be decrypted.
    server.write(new byte[] {77});
    assertEquals(77, client.read(1)[0]);
  }

  @Test
  void anInterruptInTheMiddleOfAKeyUpdateLosesNothing() throws Exception {
    TlsConn server = Tls.server(raw.right(), TlsPairs.server().build());
    EnginePeer client = establish(server);
    byte[] update = client.beginAgain();
    client.send(java.util.Arrays.copyOf(update, update.length / 2));
    Job<?> reader = crew.start("reader", () -> server.read(new byte[9])).awaitParked();
    reader.thread().interrupt();
    reader.failure(NetInterruptedException.class);
    client.send(java.util.Arrays.copyOfRange(update, update.length / 2, update.length));
    client.send(client.wrap(new byte[3]));
    assertEquals(3, server.read(new byte[9]));
    server.write(new byte[] {5}); // behind the answer, under new keys
    assertEquals(5, client.read(1)[0]);
  }

  /** The answer waits behind a write that is cut off; the reader sends both. */
  @Test
  void anInterruptOfAWriteWithAnAnswerBehindItLosesNothing() throws Exception {
    TlsConn server = Tls.server(raw.right(), TlsPairs.server().build());
    EnginePeer client = establish(server);
    Job<?> writer = crew.start("writer", () -> server.write(new byte[64 << 20])).awaitParked();
    client.send(client.beginAgain());
    client.send(client.wrap(new byte[3]));
    assertEquals(3, server.read(new byte[9]));
    writer.thread().interrupt();
    int sent = (int) writer.failure(NetInterruptedException.class).bytesTransferred();
    Job<Integer> reader = crew.compute("reader", () -> server.read(new byte[9]));
    assertEquals(sent, client.read(sent).length);
    client.send(client.wrap(new byte[4]));
    assertEquals(4, reader.result());
    server.write(new byte[] {5});
    assertEquals(5, client.read(1)[0]);
  }

  @Test
  void aWriteThatWasCutOffIsCompletedByTheNext() throws Exception {
    TlsConn server = Tls.server(raw.right(), TlsPairs.server().build());
    EnginePeer client = establish(server);
    byte[] big = new byte[64 << 20];
    server.setWriteTimeout(Duration.ofMillis(300));
    long sent = 0;
    for (int i = 0; i < 3; i++) {
      NetTimeoutException e = assertThrows(NetTimeoutException.class, () -> server.write(big));
      sent += e.bytesTransferred();
    }
    server.setWriteTimeout(null);
    Job<?> last =
        crew.start(
            "last",
            () -> {
              server.write(new byte[] {1});
              server.closeWrite();
            });
    byte[] all = client.read((int) sent + 1);
    assertEquals(1, all[all.length - 1]);
    assertTrue(client.readToEnd());
    last.result();
  }

  /** Writes until the peer's and the kernel's buffers are full, and the time is over. */
  private static int cutOff(TlsConn conn) throws IOException {
    conn.setWriteTimeout(Duration.ofMillis(300));
    long taken = 0;
    for (long more = 1; more > 0; taken += more) { // a slow machine takes a pause for the end
      more =
          assertThrows(NetTimeoutException.class, () -> conn.write(new byte[64 << 20]))
              .bytesTransferred();
    }
    return (int) taken;
  }

  /** It holds half a record, whose other half nobody else brings. */
  @Test
  void aReaderThatWaitsSendsTheRestOfAWriteThatWasCutOff() throws Exception {
    TlsConn server = Tls.server(raw.right(), TlsPairs.server().build());
    EnginePeer client = establish(server);
    int sent = cutOff(server);
    Job<Integer> reader = crew.compute("reader", () -> server.read(new byte[10])).awaitParked();
    reader.staysFor(MOMENT);
    assertEquals(sent, client.read(sent).length);
    client.send(client.wrap(new byte[3]));
    assertEquals(3, reader.result());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aReaderThatWaitsAlreadySendsTheRestOfAWriteThatIsCutOff(boolean byInterrupt)
      throws Exception {
    TlsConn server = Tls.server(raw.right(), TlsPairs.server().build());
    EnginePeer client = establish(server);
    Job<Integer> reader = crew.compute("reader", () -> server.read(new byte[10])).awaitParked();
    int sent;
    if (byInterrupt) {
      Job<?> writer = crew.start("writer", () -> server.write(new byte[64 << 20])).awaitParked();
      writer.thread().interrupt();
      sent = (int) writer.failure(NetInterruptedException.class).bytesTransferred();
    } else {
      sent = cutOff(server);
    }
    reader.staysFor(MOMENT);
    assertEquals(sent, client.read(sent).length);
    client.send(client.wrap(new byte[3]));
    assertEquals(3, reader.result());
  }

  /** A deadline in the past is a writer's wish that nothing goes out. */
  @Test
  void theRestGoesOutWhenTheDeadlineIsMoved() throws Exception {
    TlsConn server = Tls.server(raw.right(), TlsPairs.server().build());
    EnginePeer client = establish(server);
    int sent = cutOff(server);
    server.setWriteDeadline(Instant.EPOCH);
    Job<Integer> reader = crew.compute("reader", () -> server.read(new byte[10])).awaitParked();
    Job<byte[]> got = crew.compute("client", () -> client.read(sent));
    got.staysFor(MOMENT.multipliedBy(5));
    server.setWriteDeadline(null);
    assertEquals(sent, got.result().length);
    client.send(client.wrap(new byte[3]));
    assertEquals(3, reader.result());
  }

  @Test
  void aRestThatNobodyReadsHoldsUpNobody() throws Exception {
    TlsConn server = Tls.server(raw.right(), TlsPairs.server().build());
    EnginePeer client = establish(server);
    int sent = cutOff(server);
    server.setWriteTimeout(null);
    Job<Integer> reader = crew.compute("reader", () -> server.read(new byte[10])).awaitParked();
    reader.staysFor(MOMENT);
    // Another reader's limit, and another writer's.
    TimeLimit limit = TimeLimit.after(MOMENT);
    assertThrows(NetTimeoutException.class, () -> server.within(limit).write(new byte[1]));
    assertThrows(NetTimeoutException.class, () -> server.within(limit).read(new byte[1]));
    // Data that comes meanwhile, and a key update, whose answer has to wait.
    client.send(client.beginAgain());
    client.send(client.wrap(new byte[2]));
    assertEquals(2, reader.result());
    Job<?> second = crew.start("second", () -> server.read(new byte[10])).awaitParked();
    Job<?> writer = crew.start("writer", () -> server.write(new byte[] {7})).awaitParked();
    assertEquals(sent, client.read(sent).length);
    writer.result();
    assertEquals(7, client.read(1)[0]);
    assertTrue(server.closeGracefully(Duration.ZERO) || server.isClosed());
    second.failure(NetClosedException.class);
  }

  /** A half record and a close_notify behind it would be a spoilt stream. */
  @Test
  void aCloseThatTakesItsTimeSendsTheRestBeforeItsLastWords() throws Exception {
    TlsConn server = Tls.server(raw.right(), TlsPairs.server().build());
    EnginePeer client = establish(server);
    int sent = cutOff(server);
    server.setWriteTimeout(null); // which would bound the last words as well
    Job<Integer> reader = crew.compute("reader", () -> server.read(new byte[10])).awaitParked();
    reader.staysFor(MOMENT);
    Job<?> closer = crew.start("closer", () -> server.closeWrite());
    assertEquals(sent, client.read(sent).length);
    assertTrue(client.readToEnd());
    closer.result();
    client.send(client.closeNotify());
    assertEquals(-1, reader.result());
  }

  /**
   * The last words may wait for the rest, whose turns are short, and not for a writer, whom the
   * close alone ends. One close may come at the moment in which the rest's thread looks for its
   * turn.
   */
  @Test
  void aCloseWaitsForNoWriterThatCameBehindARest() throws Exception {
    int prompt = 0;
    for (int i = 0; i < 3 && prompt == 0; i++) {
      try (ConnPair pair = ConnPairs.dialled("tcp4", "127.0.0.1:0").connect()) {
        TlsConn server = Tls.server(pair.right(), TlsPairs.server().build());
        TlsPairs.shakeHands(Tls.client(pair.left(), TlsPairs.client().build()), server);
        int sent = cutOff(server);
        assertTrue(sent > 0);
        server.setWriteTimeout(null);
        Job<?> reader = crew.start("reader", () -> server.read(new byte[10])).awaitParked();
        Job<?> writer = crew.start("writer", () -> server.write(new byte[64 << 20]));
        await().until(() -> isSending(writer.thread()));
        server.setWriteDeadline(Instant.now().plus(Duration.ofHours(1)));
        server.close();
        prompt += server.writeDeadline() == null ? 0 : 1; // it is for the last words to forget that
        reader.failure(NetClosedException.class);
        writer.failure(NetClosedException.class);
      }
    }
    assertTrue(prompt > 0, "all have waited for the writer");
  }

  private static boolean isSending(Thread thread) {
    return Arrays.stream(thread.getStackTrace()).anyMatch(f -> f.getMethodName().equals("flush"));
  }

  @Test
  void closeAndCloseGracefullyEndAlthoughThePeerReadsNothing() throws Exception {
    TlsConn server = Tls.server(raw.right(), TlsPairs.server().build());
    EnginePeer client = establish(server);
    assertNotNull(client);
    Job<?> writer = crew.start("writer", () -> server.write(new byte[64 << 20])).awaitParked();
    assertFalse(server.closeGracefully(MOMENT));
    writer.failure(NetClosedException.class);
  }

  @Test
  void aCloseWriteThatWaitsIsInterruptedAndCompletedByTheNext() throws Exception {
    TlsConn server = Tls.server(raw.right(), TlsPairs.server().build());
    EnginePeer client = establish(server);
    server.setWriteTimeout(Duration.ofMillis(300));
    long taken = 0;
    for (long more = 1; more > 0; taken += more) { // until the kernel takes nothing any more
      more =
          assertThrows(NetTimeoutException.class, () -> server.write(new byte[64 << 20]))
              .bytesTransferred();
    }
    Job<?> closer = crew.start("closer", () -> server.closeWrite()).awaitParked();
    closer.thread().interrupt();
    closer.failure(NetInterruptedException.class);
    Job<?> again = crew.start("again", () -> server.closeWrite());
    assertEquals(taken, client.read((int) taken).length);
    assertTrue(client.readToEnd());
    again.result();
  }

  @Test
  void aCloseWriteThatWaitsIsBoundedAsAWriteAndCompletedByTheNext() throws Exception {
    TlsConn server = Tls.server(raw.right(), TlsPairs.server().build());
    EnginePeer client = establish(server);
    int sent = cutOff(server);
    assertThrows(NetTimeoutException.class, () -> server.closeWrite(), "the timeout of writes");
    server.setWriteTimeout(null);
    Job<?> closer = crew.start("closer", () -> server.closeWrite());
    await().until(() -> isSending(closer.thread()));
    closer.awaitParked();
    server.setWriteDeadline(Instant.EPOCH);
    closer.failure(NetTimeoutException.class);
    Job<?> again = crew.start("again", () -> server.closeWrite());
    assertEquals(sent, client.read(sent).length);
    assertTrue(client.readToEnd());
    again.result();
    assertNull(server.writeDeadline(), "one that has passed is cleared");
  }

  /** In 1.2 the other side answers close_notify at once, whatever it had still to send. */
  @ParameterizedTest
  @EnumSource(TlsVersion.class)
  void theAnswerToACloseIsNoEndForAReader(TlsVersion version) throws Exception {
    ConnPairs pairs = TlsPairs.over(ConnPairs.unix("unix"), version, true);
    for (int i = 0; i < 30; i++) {
      try (ConnPair pair = pairs.connect()) {
        Job<?> reader = crew.start("reader", () -> pair.left().read(new byte[1])).awaitParked();
        Job<Integer> other = crew.compute("other", () -> pair.right().read(new byte[1]));
        pair.left().close();
        reader.failure(NetClosedException.class);
        assertEquals(-1, other.result());
      }
    }
  }

  /** A ticket that the client has not read is no reason for a reset of what it has written. */
  @Test
  void whatAClientWroteArrivesThoughItClosesWithATicketUnread() throws Exception {
    TlsConn client = Tls.client(raw.left(), TlsPairs.client().build());
    TlsConn server = Tls.server(raw.right(), TlsPairs.server().build());
    TlsPairs.shakeHands(client, server);
    awaitTicket(server);
    byte[] data = new byte[100_000];
    client.write(data);
    client.close();
    assertArrayEquals(data, server.readAll());
  }

  /** By longer than a close waits for what may come. What is left unread makes a reset of it. */
  @Test
  void aCloseReadsTheTicketThoughItsThreadComesLate() throws Exception {
    assumeTrue(Net.stats().backend().equals("epoll"), "java.nio does not tell what has come");
    AtomicBoolean late = new AtomicBoolean();
    AtomicInteger ticket = new AtomicInteger();
    Conn below =
        new ForwardingConn(raw.left()) {
          @Override
          public int read(ByteBuffer dst, @Nullable TimeLimit limit) throws IOException {
            long start = System.nanoTime();
            while (late.get() && System.nanoTime() - start < MOMENT.toNanos() && !limit.isOver()) {
              Thread.onSpinWait();
            }
            int n = super.read(dst, limit);
            ticket.addAndGet(late.get() ? n : 0);
            return n;
          }
        };
    TlsConn client = Tls.client(below, TlsPairs.client().build());
    TlsConn server = Tls.server(raw.right(), TlsPairs.server().build());
    TlsPairs.shakeHands(client, server);
    awaitTicket(server);
    late.set(true);
    client.close();
    assertTrue(ticket.get() > 0);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void itArrivesThoughTheClientReadsNothingAtAll(boolean fromTheStart) throws Exception {
    TlsConn client = Tls.client(raw.left(), TlsPairs.client().build());
    TlsConn server = Tls.server(raw.right(), TlsPairs.server().build());
    if (fromTheStart) {
      client.closeRead();
    }
    TlsPairs.shakeHands(client, server);
    client.closeRead();
    awaitTicket(server);
    assertEquals(-1, client.read(new byte[1]));
    byte[] data = new byte[100_000];
    client.write(data);
    client.close();
    assertArrayEquals(data, server.readAll());
  }

  /** Somebody waits there, so that it is sent for sure; nobody reads more than that takes. */
  private void awaitTicket(TlsConn server) throws IOException {
    crew.start("server", server::awaitReadable);
    raw.left().awaitReadable();
  }

  @Test
  void closeReadEndsAClientsRead() throws Exception {
    TlsConn client = Tls.client(raw.left(), TlsPairs.client().build());
    TlsConn server = Tls.server(raw.right(), TlsPairs.server().build());
    TlsPairs.shakeHands(client, server);
    for (int i = 0; i < 2; i++) {
      Job<Integer> reader = crew.compute("reader", () -> client.read(new byte[1]));
      client.closeRead(); // before or while it waits
      assertEquals(-1, reader.result());
    }
  }
}
