package gonet.test.hard;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Dialer;
import gonet.ListenConfig;
import gonet.Listener;
import gonet.Net;
import gonet.NetClosedException;
import gonet.NetFailure;
import gonet.NetInterruptedException;
import gonet.NetSocketException;
import gonet.NetTimeoutException;
import gonet.TcpConn;
import gonet.Transfer;
import gonet.test.Callers;
import gonet.test.Crew;
import gonet.test.Job;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import gonet.test.Standstill;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32C;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What one connection receives goes out of another, whichever way it takes: the bytes, the ends,
 * the limits, and whose failure it is.
 */
@LeakCheck
@Timeout(180)
@Proves("jvm-splice")
class TransferTest {
  private static final int BLOCK = 1 << 16;
  private static final int BUFFER = 256 << 10;
  private static final Duration SHORT = Duration.ofMillis(200);

  private final Crew crew = new Crew(Callers.VIRTUAL);

  /** sender.client -> sender.server, which is carried on to receiver.client -> receiver.server. */
  private TcpPair sender;

  private TcpPair receiver;
  private TcpConn from;
  private TcpConn to;

  @BeforeEach
  void connect() throws IOException {
    connect(ListenConfig.defaults(), Dialer.defaults());
  }

  /** Left to itself the kernel lets buffers grow to whatever it is configured for. */
  private void connectWithBuffers() throws Exception {
    disconnect();
    connect(
        ListenConfig.defaults().withReadBuffer(BUFFER).withWriteBuffer(BUFFER),
        Dialer.defaults().withReadBuffer(BUFFER).withWriteBuffer(BUFFER));
  }

  private void connect(ListenConfig listenConfig, Dialer dialer) throws IOException {
    sender = TcpPair.connect(listenConfig, dialer);
    receiver = TcpPair.connect(listenConfig, dialer);
    from = sender.server();
    to = receiver.client();
  }

  @AfterEach
  void disconnect() throws Exception {
    sender.close();
    receiver.close();
    crew.end();
  }

  // ---- bytes -----------------------------------------------------------------------------------

  /** Sends so many bytes and ends the stream; answers their checksum. */
  private static long send(Conn conn, long total, long seed) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    byte[] block = new byte[BLOCK];
    random.nextBytes(block);
    CRC32C sum = new CRC32C();
    for (long left = total; left > 0; ) {
      int n = (int) Math.min(left, 1 + random.nextInt(BLOCK));
      block[random.nextInt(BLOCK)]++;
      sum.update(block, 0, n);
      conn.write(block, 0, n);
      left -= n;
    }
    conn.closeWrite();
    return sum.getValue();
  }

  private record Received(long bytes, long sum) {}

  private static Received receive(Conn conn) throws IOException {
    CRC32C sum = new CRC32C();
    byte[] buf = new byte[BLOCK];
    long bytes = 0;
    for (int n; (n = conn.read(buf)) >= 0; ) {
      sum.update(buf, 0, n);
      bytes += n;
    }
    return new Received(bytes, sum.getValue());
  }

  private Job<Long> carry(Conn source, Conn target) {
    return crew.compute(
        "transfer",
        () -> {
          long bytes = source.inputStream().transferTo(target.outputStream());
          target.closeWrite();
          return bytes;
        });
  }

  @Test
  @Proves("tcp-read-from")
  void aQuarterOfAGibibyteEachWayArrivesUnchanged() throws Exception {
    long total = 256 << 20;
    final Job<Long> there = carry(from, to);
    final Job<Long> back = carry(to, from);
    Job<Long> sent = crew.compute("sends", () -> send(sender.client(), total, 1));
    Job<Long> sentBack = crew.compute("sends back", () -> send(receiver.server(), total - 1, 2));
    Job<Received> got = crew.compute("receives", () -> receive(receiver.server()));
    Received gotBack = receive(sender.client());
    assertEquals(new Received(total, sent.result()), got.result());
    assertEquals(new Received(total - 1, sentBack.result()), gotBack);
    assertEquals(total, there.result());
    assertEquals(total - 1, back.result());
  }

  @Test
  void eachOfManySizesArrivesWhole() throws Exception {
    crew.extra("there", () -> from.inputStream().transferTo(to.outputStream()));
    crew.extra("back", () -> to.inputStream().transferTo(from.outputStream()));
    byte[] data = new byte[600_000];
    new SplittableRandom(3).nextBytes(data);
    for (int size = 1; size < data.length; size = size * 3 + 1) {
      byte[] got = new byte[size];
      int length = size;
      Job<Void> writer = crew.start("writes", () -> sender.client().write(data, 0, length));
      receiver.server().readFully(got);
      assertEquals(-1, Arrays.mismatch(data, 0, size, got, 0, size));
      receiver.server().write(got, 0, 1); // and a single byte the other way
      sender.client().readFully(new byte[1]);
      assertEquals(null, writer.result());
    }
  }

  /** Go: TestSplice, unix-to-tcp and tcp-to-unix. */
  @ParameterizedTest
  @CsvSource({"tcp, unix", "unix, tcp", "unix, unix"})
  @Proves("tcp-read-from")
  void unixStreamsAreCarriedAsTcpIs(String source, String target) throws Exception {
    Path folder = Files.createTempDirectory("gonet");
    try (Pair in = Pair.of(source, folder.resolve("in"));
        Pair out = Pair.of(target, folder.resolve("out"))) {
      Job<Received> received = crew.compute("receives", () -> receive(out.accepted()));
      Job<Long> carried = carry(in.accepted(), out.dialled());
      long sum = send(in.dialled(), 20_000_000, 3);
      assertEquals(20_000_000, carried.result());
      assertEquals(new Received(20_000_000, sum), received.result());
    } finally {
      Files.delete(folder);
    }
  }

  private record Pair(Conn dialled, Conn accepted) implements AutoCloseable {
    static Pair of(String network, Path path) throws IOException {
      String at = network.equals("tcp") ? "127.0.0.1:0" : path.toString();
      try (Listener listener = Net.listen(network, at)) {
        return new Pair(Net.dial(network, listener.addr().toString()), listener.accept());
      }
    }

    @Override
    public void close() {
      dialled.close();
      accepted.close();
    }
  }

  @Test
  void aConnectionThatIsCarriedIntoItselfIsAnEcho() throws Exception {
    Job<Long> echo = carry(from, from);
    Job<Long> sent = crew.compute("sends", () -> send(sender.client(), 5_000_000, 4));
    assertEquals(new Received(5_000_000, sent.result()), receive(sender.client()));
    assertEquals(5_000_000, echo.result());
  }

  @Test
  void theEndOfOneDirectionLeavesTheOtherOpen() throws Exception {
    Job<Long> there = carry(from, to);
    crew.extra("back", () -> to.inputStream().transferTo(from.outputStream()));
    Job<Long> sent = crew.compute("sends", () -> send(sender.client(), 1_000_000, 5));
    assertEquals(new Received(1_000_000, sent.result()), receive(receiver.server()));
    assertEquals(1_000_000, there.result());
    receiver.server().write("still here".getBytes(US_ASCII));
    byte[] got = new byte[10];
    sender.client().readFully(got);
    assertEquals("still here", new String(got, US_ASCII));
  }

  @Test
  void urgentDataLosesNothingElseAndStopsNothing() throws Exception {
    int rounds = 50;
    byte[] block = new byte[100_000];
    try (Listener listener = Net.listen("tcp", "127.0.0.1:0");
        Socket peer = new Socket(InetAddress.getLoopbackAddress(), port(listener));
        Conn source = listener.accept()) {
      Job<Long> transfer = carry(source, to);
      Job<Received> got = crew.compute("receives", () -> receive(receiver.server()));
      for (int i = 0; i < rounds; i++) {
        peer.getOutputStream().write(block);
        peer.sendUrgentData(0);
      }
      peer.shutdownOutput();
      // A mark that a later one has overtaken leaves its byte in the stream (tcp(7)).
      long least = (long) rounds * block.length;
      long bytes = got.result().bytes();
      assertTrue(bytes >= least && bytes <= least + rounds, () -> bytes + " bytes");
      assertEquals(bytes, transfer.result());
    }
  }

  private static int port(Listener listener) {
    String address = listener.addr().toString();
    return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
  }

  @Test
  @Proves("tcp-write-to")
  void whatGoesElsewhereIsCopied() throws Exception {
    Job<Long> sent = crew.compute("sends", () -> send(sender.client(), 300_000, 6));
    ByteArrayOutputStream elsewhere = new ByteArrayOutputStream();
    assertEquals(300_000, from.inputStream().transferTo(elsewhere));
    CRC32C sum = new CRC32C();
    sum.update(elsewhere.toByteArray());
    assertEquals(sent.result(), sum.getValue());
    assertThrows(NullPointerException.class, () -> from.inputStream().transferTo(null));
  }

  // ---- a slow receiver -------------------------------------------------------------------------

  /** Sends until something fails. */
  private AtomicLong sendForEver() {
    AtomicLong sent = new AtomicLong();
    crew.extra(
        "sender",
        () -> {
          byte[] some = new byte[8192];
          for (; ; ) {
            sender.client().write(some);
            sent.addAndGet(some.length);
          }
        });
    return sent;
  }

  @Test
  void aReceiverThatDoesNotReadStopsTheSender() throws Exception {
    connectWithBuffers();
    crew.extra("transfer", () -> from.inputStream().transferTo(to.outputStream()));
    AtomicLong sent = sendForEver();
    Standstill.await(sent, Duration.ofMillis(500));
    // Four buffers in the kernel, which doubles what it is asked for, and a pipe in between, of 1
    // MiB at most.
    assertTrue(sent.get() < 4 * 2 * BUFFER + (1 << 20), () -> sent + " bytes went somewhere");
    long before = sent.get();
    receiver.server().readFully(new byte[(int) before / 2]);
    Awaitility.await().until(() -> sent.get() > before);
  }

  @Test
  void aTransferThatWaitsForTheReceiverHoldsUpNobodyElse() throws Exception {
    crew.extra("transfer", () -> from.inputStream().transferTo(to.outputStream()));
    Standstill.await(sendForEver(), Duration.ofMillis(500));
    from.write("from".getBytes(US_ASCII));
    byte[] got = new byte[4];
    sender.client().readFully(got);
    assertEquals("from", new String(got, US_ASCII));
    receiver.server().write("to".getBytes(US_ASCII));
    byte[] other = new byte[2];
    to.readFully(other);
    assertEquals("to", new String(other, US_ASCII));
  }

  @Test
  void aWriteTimeoutEndsItAndNothingIsLostWhenItGoesOn() throws Exception {
    connectWithBuffers();
    long total = 30_000_000; // ten times what finds room on the way
    Transfer transfer = Transfer.between(from, to);
    to.setWriteTimeout(SHORT);
    Job<Long> sent = crew.compute("sends", () -> send(sender.client(), total, 7));
    NetTimeoutException e = assertThrows(NetTimeoutException.class, transfer::run);
    assertNames(e, "write", to);
    long before = transfer.bytes();
    assertTrue(before > 0 && before < total, () -> before + " bytes");
    // Again, from what is in memory by now.
    assertNames(assertThrows(NetTimeoutException.class, transfer::run), "write", to);
    Job<Received> got = crew.compute("receives", () -> receive(receiver.server()));
    to.setWriteTimeout(null);
    assertEquals(total, transfer.run());
    to.closeWrite();
    assertEquals(new Received(total, sent.result()), got.result());
    assertEquals(total, transfer.run()); // the end stays the end
  }

  @Test
  void aWriteDeadlineThatIsMovedIntoThePastEndsAWaitingTransfer() throws Exception {
    Job<Long> transfer = carry(from, to);
    Standstill.await(sendForEver(), Duration.ofMillis(500));
    to.setWriteDeadline(Instant.EPOCH);
    assertNames(transfer.failure(NetTimeoutException.class), "write", to);
  }

  @Test
  void anInterruptEndsItAndNothingIsLostWhenItGoesOn() throws Exception {
    Transfer transfer = Transfer.between(from, to);
    Job<Long> first = crew.compute("transfer", transfer::run);
    AtomicLong sent = sendForEver();
    Standstill.await(sent, Duration.ofMillis(500));
    first.thread().interrupt();
    assertNames(first.failure(NetInterruptedException.class), "write", to);
    Job<Long> second = crew.compute("transfer again", transfer::run);
    byte[] zeros = new byte[(int) sent.get()];
    receiver.server().readFully(zeros);
    assertArrayEquals(new byte[zeros.length], zeros);
    second.thread().interrupt(); // it waits for one side or the other
    second.failure(NetInterruptedException.class);
  }

  @Test
  void closeOfTheReceivingSideEndsATransferThatWaitsForIt() throws Exception {
    Job<Long> transfer = carry(from, to);
    Standstill.await(sendForEver(), Duration.ofMillis(500));
    to.close();
    assertNames(transfer.failure(NetClosedException.class), "write", to);
  }

  @Test
  void aResetByTheReceiverIsAFailureOfTheWrite() throws Exception {
    Transfer transfer = Transfer.between(from, to);
    Job<Long> first = crew.compute("transfer", transfer::run);
    Standstill.await(sendForEver(), Duration.ofMillis(500));
    receiver.server().abort();
    NetSocketException e = first.failure(NetSocketException.class);
    assertNames(e, "write", to);
    assertTrue(NetFailure.isConnectionGone(e), e::getMessage);
    assertThrows(IllegalStateException.class, transfer::run); // bytes are missing
  }

  // ---- a slow sender ---------------------------------------------------------------------------

  /** So that the next part would be moved and not copied. */
  private void carryALot(Transfer transfer) throws Exception {
    Job<Void> writer = crew.start("writes", () -> sender.client().write(new byte[3_000_000]));
    receiver.server().readFully(new byte[3_000_000]);
    assertEquals(null, writer.result());
    Awaitility.await().until(() -> transfer.bytes() == 3_000_000); // counted behind the call
  }

  @Test
  void aReadDeadlineEndsItAndItCanGoOn() throws Exception {
    Transfer transfer = Transfer.between(from, to);
    Job<Long> first = crew.compute("transfer", transfer::run);
    carryALot(transfer);
    from.setReadDeadline(Instant.now().plus(SHORT));
    assertNames(first.failure(NetTimeoutException.class), "read", from);
    from.setReadDeadline(null);
    Job<Long> second = crew.compute("transfer again", transfer::run);
    sender.client().write(new byte[5]);
    receiver.server().readFully(new byte[5]);
    sender.client().closeWrite();
    assertEquals(3_000_005, second.result());
  }

  @Test
  void aReadTimeoutCountsForEachPart() throws Exception {
    from.setReadTimeout(Duration.ofMillis(400));
    Transfer transfer = Transfer.between(from, to);
    Job<Long> job = crew.compute("transfer", transfer::run);
    carryALot(transfer);
    assertNames(job.failure(NetTimeoutException.class), "read", from);
  }

  @Test
  void closeOfTheSendingSideEndsATransferThatWaitsForIt() throws Exception {
    Transfer transfer = Transfer.between(from, to);
    Job<Long> job = crew.compute("transfer", transfer::run);
    carryALot(transfer);
    job.awaitParked();
    from.close();
    assertNames(job.failure(NetClosedException.class), "read", from);
  }

  @Test
  void aResetByTheSenderIsAFailureOfTheReadBehindAllThatCameBefore() throws Exception {
    Transfer transfer = Transfer.between(from, to);
    Job<Long> job = crew.compute("transfer", transfer::run);
    carryALot(transfer);
    sender.client().abort();
    NetSocketException e = job.failure(NetSocketException.class);
    assertNames(e, "read", from);
    assertEquals("ECONNRESET", e.errno());
    // The other connection is as it was.
    to.write(new byte[1]);
    receiver.server().readFully(new byte[1]);
  }

  @Test
  void onlyOneThreadRunsIt() throws Exception {
    Transfer transfer = Transfer.between(from, to);
    Job<Long> first = crew.compute("transfer", transfer::run).awaitParked();
    assertThrows(IllegalStateException.class, transfer::run);
    sender.client().closeWrite();
    assertEquals(0, first.result());
  }

  private static void assertNames(NetFailure e, String op, TcpConn conn) {
    assertEquals(op, e.op());
    assertEquals(conn.localAddr(), e.source());
    assertEquals(conn.remoteAddr(), e.addr());
  }
}
