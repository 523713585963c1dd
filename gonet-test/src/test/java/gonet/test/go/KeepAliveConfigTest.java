package gonet.test.go;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import gonet.Dialer;
import gonet.KeepAlive;
import gonet.ListenConfig;
import gonet.Net;
import gonet.NetSocketException;
import gonet.SocketControl;
import gonet.TcpConn;
import gonet.TcpListener;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import java.io.IOException;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the kernel is told about probes, read back from it. Go: net/tcpconn_keepalive_test.go,
 * TestDialerKeepAlive, TestDialTCPDefaultKeepAlive.
 */
@LeakCheck
@Timeout(180)
@Proves("B52")
class KeepAliveConfigTest {
  /** With the options TCP_KEEPIDLE, TCP_KEEPINTVL and TCP_KEEPCNT: 4, 5 and 6. */
  private static final int IPPROTO_TCP = 6;

  /** What the kernel holds. */
  private record Probes(boolean on, int idleSeconds, int intervalSeconds, int count) {
    static Probes of(TcpConn conn) throws IOException {
      return new Probes(
          conn.getOption(StandardSocketOptions.SO_KEEPALIVE),
          conn.getOption(ExtendedSocketOptions.TCP_KEEPIDLE),
          conn.getOption(ExtendedSocketOptions.TCP_KEEPINTERVAL),
          conn.getOption(ExtendedSocketOptions.TCP_KEEPCOUNT));
    }

    /** The machine's own, which a socket has that nobody touched. */
    static Probes ofSystem() throws IOException {
      try (Socket socket = new Socket()) {
        return new Probes(
            socket.getOption(StandardSocketOptions.SO_KEEPALIVE),
            socket.getOption(ExtendedSocketOptions.TCP_KEEPIDLE),
            socket.getOption(ExtendedSocketOptions.TCP_KEEPINTERVAL),
            socket.getOption(ExtendedSocketOptions.TCP_KEEPCOUNT));
      }
    }

    /** These, where {@code config} says something, on top of what was there before. */
    static Probes expected(KeepAlive config, Probes before) {
      return new Probes(
          config.enabled(),
          seconds(config.idle(), before.idleSeconds),
          seconds(config.interval(), before.intervalSeconds),
          Objects.requireNonNullElse(config.count(), before.count));
    }

    private static int seconds(@Nullable Duration duration, int otherwise) {
      return duration == null ? otherwise : (int) duration.toSeconds();
    }
  }

  static Stream<KeepAlive> configs() {
    KeepAlive on = KeepAlive.on();
    KeepAlive three = KeepAlive.of(Duration.ofSeconds(5), Duration.ofSeconds(3), 10);
    return Stream.of(
        on,
        KeepAlive.off(),
        three,
        on.withIdle(Duration.ofSeconds(5)),
        on.withInterval(Duration.ofSeconds(3)),
        on.withCount(10),
        on.withIdle(Duration.ofMillis(4_001)),
        three.withIdle(null),
        three.withInterval(null),
        three.withCount(null),
        three.withIdle(null).withInterval(null),
        three.withInterval(null).withCount(null),
        three.withIdle(null).withCount(null),
        on.withIdle(null).withInterval(null).withCount(null));
  }

  @ParameterizedTest
  @Proves({"dialer-keepalive", "B51"})
  @MethodSource("configs")
  void aDialledConnectionHasWhatItsDialerSays(KeepAlive config) throws IOException {
    try (TcpListener listener = listen(KeepAlive.on());
        TcpConn conn =
            Dialer.defaults().withKeepAlive(config).dialTcp("tcp", listener.addr().toString())) {
      assertEquals(Probes.expected(config, Probes.ofSystem()), Probes.of(conn));
    }
  }

  @ParameterizedTest
  @Proves({"listen-keepalive", "node-keepalive"})
  @MethodSource("configs")
  void anAcceptedConnectionHasWhatItsListenerSays(KeepAlive config) throws IOException {
    try (TcpListener listener = listen(config);
        TcpConn dialled = Dialer.defaults().dialTcp("tcp", listener.addr().toString());
        TcpConn accepted = listener.accept()) {
      assertFalse(dialled.isClosed());
      assertEquals(Probes.expected(config, Probes.ofSystem()), Probes.of(accepted));
    }
  }

  @ParameterizedTest
  @Proves({"tcp-keepalive", "node-keepalive-numbers", "B45"})
  @MethodSource("configs")
  void aConnectionMayBeToldOtherwiseLater(KeepAlive config) throws IOException {
    KeepAlive before = KeepAlive.of(Duration.ofSeconds(100), Duration.ofSeconds(50), 7);
    try (TcpListener listener = listen(KeepAlive.on());
        TcpConn conn =
            Dialer.defaults().withKeepAlive(before).dialTcp("tcp", listener.addr().toString())) {
      conn.setKeepAlive(config);
      Probes expected = Probes.expected(config, new Probes(true, 100, 50, 7));
      assertEquals(expected, Probes.of(conn));

      KeepAlive told = conn.keepAlive();
      assertEquals(expected.on, told.enabled());
      assertEquals(expected.idleSeconds, Objects.requireNonNull(told.idle()).toSeconds());
      assertEquals(expected.intervalSeconds, Objects.requireNonNull(told.interval()).toSeconds());
      assertEquals(expected.count, told.count());
    }
  }

  @Test
  @Proves("B44")
  void theKernelTakesTheExtremesOfEachNumber() throws IOException {
    Duration second = Duration.ofSeconds(1);
    Duration longest = Duration.ofSeconds(32_767);
    try (TcpListener listener = listen(KeepAlive.on());
        TcpConn conn = Dialer.defaults().dialTcp("tcp", listener.addr())) {
      conn.setKeepAlive(KeepAlive.of(second, second, 1));
      assertEquals(new Probes(true, 1, 1, 1), Probes.of(conn));
      conn.setKeepAlive(KeepAlive.of(longest, longest, 127));
      assertEquals(new Probes(true, 32_767, 32_767, 127), Probes.of(conn));
    }
  }

  @Test
  @Proves("B44")
  @EnabledIfSystemProperty(
      named = "gonet.backend",
      matches = "epoll",
      disabledReason = "java.nio has no options by number")
  void theKernelTakesNothingBeyondWhatGonetTakes() throws IOException {
    List<String> refused = new ArrayList<>();
    SocketControl control =
        (_, _, socket) -> {
          for (int[] beyond : new int[][] {{4, 32_768}, {5, 32_768}, {6, 128}, {4, 0}}) {
            NetSocketException e =
                assertThrows(
                    NetSocketException.class,
                    () -> socket.setOption(IPPROTO_TCP, beyond[0], beyond[1]));
            refused.add(e.errno());
          }
        };
    ListenConfig.defaults().withControl(control).listen("tcp", "127.0.0.1:0").close();
    assertEquals(List.of("EINVAL", "EINVAL", "EINVAL", "EINVAL"), refused);
  }

  @Test
  @Proves({"keepalive-default", "sys-inherit", "B43", "C11"})
  void withoutAnyConfigurationProbesAreOnFifteenSecondsApartAndNineOfThem() throws IOException {
    Probes standard = new Probes(true, 15, 15, 9);
    try (TcpListener listener = (TcpListener) Net.listen("tcp", "127.0.0.1:0");
        TcpConn byName = (TcpConn) Net.dial("tcp", listener.addr().toString());
        TcpConn byAddr = Dialer.defaults().dialTcp("tcp", listener.addr());
        TcpConn accepted = listener.accept()) {
      assertEquals(standard, Probes.of(byName));
      assertEquals(standard, Probes.of(byAddr));
      assertEquals(standard, Probes.of(accepted));
    }
  }

  @Test
  void bothEndsHaveNagleOffUnlessToldOtherwise() throws IOException {
    try (TcpListener listener = listen(KeepAlive.on());
        TcpConn dialled = Dialer.defaults().dialTcp("tcp", listener.addr());
        TcpConn accepted = listener.accept()) {
      assertEquals(true, dialled.getOption(StandardSocketOptions.TCP_NODELAY));
      assertEquals(true, accepted.getOption(StandardSocketOptions.TCP_NODELAY));
    }
    try (TcpListener listener =
            ListenConfig.defaults().withNoDelay(false).listenTcp("tcp", "127.0.0.1:0");
        TcpConn dialled = Dialer.defaults().withNoDelay(false).dialTcp("tcp", listener.addr());
        TcpConn accepted = listener.accept()) {
      assertEquals(false, dialled.getOption(StandardSocketOptions.TCP_NODELAY));
      assertEquals(false, accepted.getOption(StandardSocketOptions.TCP_NODELAY));
    }
  }

  private static TcpListener listen(KeepAlive config) throws IOException {
    return ListenConfig.defaults().withKeepAlive(config).listenTcp("tcp", "127.0.0.1:0");
  }
}
