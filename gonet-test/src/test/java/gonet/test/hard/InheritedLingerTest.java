package gonet.test.hard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Dialer;
import gonet.ListenConfig;
import gonet.Net;
import gonet.SocketControl;
import gonet.TcpConn;
import gonet.TcpListener;
import gonet.test.Proves;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * SO_LINGER that a socket has from somebody else than {@link TcpConn#setLinger}: from its control,
 * from its listener, from whoever had it before. Its close(2) waits in the kernel all the same.
 */
@EnabledIfSystemProperty(
    named = "gonet.backend",
    matches = "epoll",
    disabledReason = "java.nio knows no linger of listeners and adopts no descriptors")
@Proves("listener-options")
class InheritedLingerTest {
  private static final int LINGER_SECONDS = 2;

  @ParameterizedTest
  @ValueSource(strings = {"accepted", "accepted later", "dialled", "adopted"})
  @Timeout(value = 3, unit = TimeUnit.MINUTES)
  void aCloseThatLingersForAnotherReasonThanSetLingerHoldsNoCarrier(String kind) throws Exception {
    try (Child child = Child.start(Lingering.class, Child.ONE_CARRIER, kind)) {
      String took = child.hear();
      int turns = child.hearInt();
      assertTrue(turns > 20, () -> "another thread ran only " + turns + " times; " + took);
      assertEquals(0, child.awaitExit(), child::output);
    }
  }

  /** Closes with unsent data towards a peer that reads nothing. */
  static final class Lingering {
    private static final SocketControl LINGER =
        (network, address, socket) ->
            socket.setOption(StandardSocketOptions.SO_LINGER, LINGER_SECONDS);

    public static void main(String[] args) throws Exception {
      TcpConn conn =
          switch (args[0]) {
            case "accepted" -> accepted();
            case "accepted later" -> acceptedLater();
            case "dialled" -> dialled(LINGER);
            default -> adopted();
          };
      conn.setWriteTimeout(Duration.ofMillis(300));
      AtomicInteger turns = new AtomicInteger();
      AtomicInteger meanwhile = new AtomicInteger();
      Thread ticker = Thread.startVirtualThread(() -> OneCarrierTest.tick(turns));
      Thread closer =
          Thread.startVirtualThread(
              () -> {
                try {
                  conn.write(new byte[32 << 20]);
                } catch (IOException full) {
                  // Now there is something to linger for.
                }
                int before = turns.get();
                long start = System.nanoTime();
                conn.close();
                meanwhile.set(turns.get() - before);
                Child.tell("close took " + (System.nanoTime() - start) / 1_000_000 + " ms");
              });
      closer.join();
      ticker.interrupt();
      ticker.join();
      Child.tell(meanwhile.get());
      Runtime.getRuntime().halt(0);
    }

    private static TcpConn accepted() throws IOException {
      ListenConfig config = ListenConfig.defaults().withControl(LINGER);
      try (TcpListener listener = config.listenTcp("tcp4", "127.0.0.1:0")) {
        new Socket(InetAddress.getLoopbackAddress(), listener.addr().port());
        return listener.accept();
      }
    }

    private static TcpConn acceptedLater() throws IOException {
      try (TcpListener listener = ListenConfig.defaults().listenTcp("tcp4", "127.0.0.1:0")) {
        listener.setOption(StandardSocketOptions.SO_LINGER, LINGER_SECONDS);
        new Socket(InetAddress.getLoopbackAddress(), listener.addr().port());
        return listener.accept();
      }
    }

    private static TcpConn dialled(SocketControl control) throws IOException {
      ServerSocket peer = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
      return Dialer.defaults()
          .withControl(control)
          .dialTcp("tcp4", "127.0.0.1:" + peer.getLocalPort());
    }

    private static TcpConn adopted() throws IOException {
      AtomicInteger number = new AtomicInteger();
      try (TcpConn original = dialled((network, address, socket) -> number.set(socket.fd()))) {
        original.setLinger(Duration.ofSeconds(LINGER_SECONDS));
        return (TcpConn) Net.fileConn(number.get());
      }
    }
  }
}
