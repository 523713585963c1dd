package gonet.test.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gonet.Conn;
import gonet.Dialer;
import gonet.ListenConfig;
import gonet.Listener;
import gonet.Net;
import gonet.examples.proxy.Tunnel;
import gonet.test.Callers;
import gonet.test.Crew;
import gonet.test.Effect;
import gonet.test.Job;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import gonet.test.Standstill;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the proxy carries from one side to the other: bytes, ends, resets and back-pressure. */
@LeakCheck
@Timeout(60)
@Proves("D1")
class TunnelTest {
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
  private static final int READ_TIMEOUT_MS = 20_000;

  private final Crew crew = new Crew(Callers.VIRTUAL);

  /** The two ends beyond the tunnel. */
  private Socket client;

  private Socket target;
  private Job<Void> tunnel;

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
          crew.start(
              "tunnel",
              () -> {
                try (accepted;
                    dialled) {
                  Tunnel.run(accepted, dialled);
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
    tunnel.result();
  }

  @Test
  void theTargetMayEndFirst() throws Exception {
    target.shutdownOutput();
    assertEquals(-1, client.getInputStream().read());
    client.getOutputStream().write(7);
    assertEquals(7, target.getInputStream().read());
    client.shutdownOutput();
    assertEquals(-1, target.getInputStream().read());
    tunnel.result();
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
    tunnel.result();
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
    tunnel.result(); // by itself: nobody writes to the client
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
    tunnel.result();
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
