package gonet.test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gonet.Conn;
import gonet.Dialer;
import gonet.ListenConfig;
import gonet.Listener;
import gonet.Net;
import gonet.NetFailure;
import gonet.NetTimeoutException;
import gonet.Pipe;
import gonet.Tunnel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a tunnel carries from one side to the other: bytes, ends, resets and back-pressure. */
@LeakCheck
@Timeout(180)
@Proves({"D1", "jvm-tunnel"})
class TunnelTest {
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
  private static final int READ_TIMEOUT_MS = 20_000;

  private final Crew crew = new Crew(Callers.VIRTUAL);

  /** The two ends beyond the tunnel. */
  private Socket client;

  private Socket target;

  /** Tells what its run threw, null for nothing. */
  private Job<@Nullable IOException> tunnel;

  /** What the test wants of it. */
  private UnaryOperator<Tunnel> limits = made -> made;

  @BeforeEach
  void connect() throws Exception {
    connect(ListenConfig.defaults(), Dialer.defaults(), 0);
  }

  /** The last number is for the buffers of the two ends, 0 for the system's choice. */
  private void connect(ListenConfig listenConfig, Dialer dialer, int buffer) throws Exception {
    try (Listener front = listenConfig.listen("tcp", "127.0.0.1:0");
        ServerSocket back = new ServerSocket()) {
      client = new Socket();
      if (buffer > 0) {
        client.setSendBufferSize(buffer);
        back.setReceiveBufferSize(buffer);
      }
      back.bind(new InetSocketAddress(LOOPBACK, 0));
      client.connect(new InetSocketAddress(LOOPBACK, port(front)));
      Conn accepted = front.accept();
      Conn dialled = dialer.dial("tcp", "127.0.0.1:" + back.getLocalPort());
      target = back.accept();
      client.setSoTimeout(READ_TIMEOUT_MS);
      target.setSoTimeout(READ_TIMEOUT_MS);
      tunnel =
          crew.compute(
              "tunnel",
              () -> {
                try (accepted;
                    dialled) {
                  limits.apply(Tunnel.between(accepted, dialled)).run();
                  return null;
                } catch (IOException e) {
                  return e;
                }
              });
    }
  }

  private static int port(Listener listener) {
    String address = listener.addr().toString();
    return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
  }

  @AfterEach
  void end() throws Exception {
    client.close();
    target.close();
    crew.join();
    crew.end();
  }

  @Test
  void bytesArriveUnchangedInBothDirectionsAtOnce() throws Exception {
    byte[] there = new Effect.Garbage(5_000_000, 1).bytes();
    byte[] back = new Effect.Garbage(3_000_001, 2).bytes();
    crew.start("client sends", () -> send(client, there));
    crew.start("target sends", () -> send(target, back));
    Job<byte[]> atTarget =
        crew.compute("target reads", () -> target.getInputStream().readAllBytes());
    assertArrayEquals(back, client.getInputStream().readAllBytes());
    assertArrayEquals(there, atTarget.result());
    assertEquals(null, tunnel.result());
  }

  private static void send(Socket socket, byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.shutdownOutput();
  }

  @Test
  void theEndOfOneDirectionLeavesTheOtherOpen() throws Exception {
    client.shutdownOutput();
    assertEquals(-1, target.getInputStream().read());
    target.getOutputStream().write(7);
    assertEquals(7, client.getInputStream().read());
    target.shutdownOutput();
    assertEquals(-1, client.getInputStream().read());
    assertEquals(null, tunnel.result());
  }

  @Test
  void theTargetMayEndFirst() throws Exception {
    target.shutdownOutput();
    assertEquals(-1, client.getInputStream().read());
    client.getOutputStream().write(7);
    assertEquals(7, target.getInputStream().read());
    client.shutdownOutput();
    assertEquals(-1, target.getInputStream().read());
    assertEquals(null, tunnel.result());
  }

  @Test
  void aResetOfTheClientReachesTheTargetBehindWhatWasSentBefore() throws Exception {
    resetPassesOn(client, target);
  }

  @Test
  void aResetOfTheTargetReachesTheClientBehindWhatWasSentBefore() throws Exception {
    resetPassesOn(target, client);
  }

  private void resetPassesOn(Socket from, Socket to) throws Exception {
    from.getOutputStream().write(7);
    assertEquals(7, to.getInputStream().read());
    reset(from);
    assertReset(to);
    assertTunnelWasReset();
  }

  private void assertTunnelWasReset() throws Exception {
    IOException e = tunnel.result();
    assertTrue(NetFailure.isConnectionGone(e), () -> "ended with " + e);
  }

  private static void reset(Socket socket) throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  private static void assertReset(Socket socket) {
    SocketException e =
        assertThrows(SocketException.class, () -> socket.getInputStream().readAllBytes());
    assertTrue(e.getMessage().contains("reset"), e::toString);
  }

  @Test
  void aResetBehindAnEndReachesTheOtherSide() throws Exception {
    assumeTheKernelTellsTheState();
    client.shutdownOutput();
    assertEquals(-1, target.getInputStream().read());
    reset(client);
    assertTunnelWasReset(); // by itself: nobody writes to the client
    assertThrows(
        IOException.class,
        () -> {
          for (; ; ) {
            target.getOutputStream().write(1);
          }
        });
  }

  @Test
  void aResetReachesAReceiverThatHadStoppedReading() throws Exception {
    assumeTheKernelTellsTheState();
    AtomicLong sent = new AtomicLong();
    crew.extra("sender", () -> sendUntilFailure(sent));
    Standstill.await(sent, Duration.ofMillis(1500));
    reset(client);
    assertReset(target);
    assertTunnelWasReset();
  }

  @Test
  void aReceiverThatDoesNotReadStopsTheSender() throws Exception {
    // Left to itself the kernel lets buffers grow to whatever it is configured for.
    int buffer = 256 << 10;
    client.close();
    target.close();
    crew.join();
    connect(
        ListenConfig.defaults().withReadBuffer(buffer),
        Dialer.defaults().withWriteBuffer(buffer),
        buffer);
    AtomicLong sent = new AtomicLong();
    crew.extra("sender", () -> sendUntilFailure(sent));
    Standstill.await(sent, Duration.ofMillis(1500));
    // Four buffers in the kernel, which doubles what it is asked for, and one of the proxy's, of 1
    // MiB at most.
    assertTrue(sent.get() < 4 * 2 * buffer + (1 << 20), () -> sent + " bytes went somewhere");
    long before = sent.get();
    target.getInputStream().readNBytes((int) before / 2);
    Awaitility.await().until(() -> sent.get() > before);
    client.close();
  }

  /** Ties the two ends together anew, with these limits. */
  private void reconnect(UnaryOperator<Tunnel> wanted) throws Exception {
    client.close();
    target.close();
    crew.join();
    limits = wanted;
    connect();
  }

  @Test
  void silenceResetsBothSides() throws Exception {
    reconnect(made -> made.withIdleTimeout(Duration.ofMillis(100)));
    assertReset(client);
    assertReset(target);
    assertInstanceOf(NetTimeoutException.class, tunnel.result());
  }

  @Test
  void silenceBehindTheEndOfOneDirectionResetsBothSides() throws Exception {
    reconnect(made -> made.withHalfCloseTimeout(Duration.ofSeconds(1)));
    client.getOutputStream().write(7);
    client.shutdownOutput();
    assertArrayEquals(new byte[] {7}, target.getInputStream().readAllBytes());
    assertReset(client);
    assertInstanceOf(NetTimeoutException.class, tunnel.result());
  }

  @Test
  void aLateAnswerWithinTheLimitsArrives() throws Exception {
    reconnect(
        made ->
            made.withIdleTimeout(Duration.ofHours(2)).withHalfCloseTimeout(Duration.ofHours(1)));
    client.shutdownOutput();
    assertEquals(-1, target.getInputStream().read());
    tunnel.staysFor(Duration.ofMillis(1200)); // both directions have looked
    target.getOutputStream().write(7);
    target.shutdownOutput();
    assertArrayEquals(new byte[] {7}, client.getInputStream().readAllBytes());
    assertEquals(null, tunnel.result());
  }

  @Test
  void anAnswerThatGoesOnIsNotCutOff() throws Exception {
    Duration limit = Duration.ofMillis(700);
    for (; ; ) {
      reconnect(made -> made.withIdleTimeout(limit).withHalfCloseTimeout(limit));
      client.shutdownOutput();
      assertEquals(-1, target.getInputStream().read());
      long longest = 0;
      long last = System.nanoTime();
      try {
        for (int i = 0; i < 20; i++) { // for twice the limit
          target.getOutputStream().write(i);
          assertEquals(i, client.getInputStream().read());
          longest = Math.max(longest, System.nanoTime() - last);
          last = System.nanoTime();
          tunnel.staysFor(limit.dividedBy(10));
        }
        target.shutdownOutput();
        assertEquals(-1, client.getInputStream().read());
        assertEquals(null, tunnel.result());
        return;
      } catch (IOException cutOff) {
        longest = Math.max(longest, System.nanoTime() - last);
        if (longest < limit.toNanos()) {
          throw cutOff;
        } // the machine was busy, and there was silence
      }
    }
  }

  @Test
  void itCountsWhatWentOutOnEachSideAndRunsOnce() throws Exception {
    Pipe left = Net.pipe();
    Pipe right = Net.pipe();
    try (Conn a = left.second();
        Conn b = right.first()) {
      Tunnel made = Tunnel.between(a, b);
      Job<Void> whole = crew.start("between pipes", made::run);
      left.first().write(new byte[] {1, 2});
      right.second().readFully(new byte[2]);
      right.second().write(new byte[] {3});
      left.first().readFully(new byte[1]);
      left.first().closeWrite();
      right.second().closeWrite();
      whole.result();
      assertEquals(1, made.bytesToA());
      assertEquals(2, made.bytesToB());
      assertThrows(IllegalStateException.class, made::run);
    }
  }

  @Test
  void aLimitBelowAMillisecondIsRefusedAndNamed() {
    Tunnel any = Tunnel.between(Net.pipe().first(), Net.pipe().first());
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> any.withIdleTimeout(Duration.ZERO));
    assertEquals("idle timeout PT0S is shorter than 1 ms", e.getMessage());
    assertThrows(
        IllegalArgumentException.class, () -> any.withHalfCloseTimeout(Duration.ofNanos(9)));
  }

  private void sendUntilFailure(AtomicLong sent) throws IOException {
    byte[] some = new byte[8192];
    for (; ; ) {
      client.getOutputStream().write(some);
      sent.addAndGet(some.length);
    }
  }

  private static void assumeTheKernelTellsTheState() {
    assumeTrue(
        Net.stats().backend().equals("epoll"),
        "only the epoll backend tells the state of a connection that nobody reads");
  }
}
