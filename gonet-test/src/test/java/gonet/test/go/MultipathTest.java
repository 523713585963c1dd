package gonet.test.go;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gonet.Dialer;
import gonet.ListenConfig;
import gonet.TcpConn;
import gonet.TcpListener;
import gonet.TcpSocketOptions;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Go's {@code mptcpsock_linux_test.go}: multipath TCP where there is some, and TCP elsewhere. */
@LeakCheck
@Timeout(180)
class MultipathTest {

  private static boolean isThere() {
    try {
      return Files.readString(Path.of("/proc/sys/net/mptcp/enabled")).strip().equals("1");
    } catch (IOException e) {
      return false;
    }
  }

  /** Go: TestMultiPathTCP. */
  @Test
  @OverEpoll
  @Proves({"dialer-multipath", "listen-multipath", "tcp-multipath", "sys-multipath"})
  void bothSidesHaveItIfBothAskForIt() throws Exception {
    assumeTrue(isThere(), "this kernel has no multipath TCP, or has it switched off");
    exchange(true, true, true);
  }

  /** In every backend, and whatever the kernel has. */
  @ParameterizedTest
  @CsvSource({"false, false", "true, false", "false, true"})
  @Proves({"dialer-multipath", "listen-multipath", "tcp-multipath"})
  void whereOneSideDoesNotAskForItItIsTcp(boolean listening, boolean dialling) throws Exception {
    exchange(listening, dialling, false);
  }

  private static void exchange(boolean listening, boolean dialling, boolean multipath)
      throws IOException {
    ListenConfig config = ListenConfig.defaults().withMultipath(listening);
    Dialer dialer = Dialer.defaults().withMultipath(dialling);
    try (TcpListener listener = config.listenTcp("tcp4", "127.0.0.1:0");
        TcpConn client = dialer.dialTcp("tcp4", listener.addr());
        TcpConn server = listener.accept()) {
      client.write("hello".getBytes(UTF_8));
      byte[] buf = new byte[5];
      server.readFully(buf);
      assertEquals("hello", new String(buf, UTF_8));
      assertEquals(multipath, client.isMultipath());
      assertEquals(multipath, server.isMultipath());
      client.closeWrite();
      assertEquals(-1, server.read(buf));
    }
  }

  @Test
  @OverEpoll
  @Proves("jvm-tcp-options")
  void aDialWithFastOpenCarriesItsFirstBytesWhateverTheKernelMakesOfIt() throws Exception {
    Dialer dialer =
        Dialer.defaults()
            .withControl(
                (_, _, socket) -> socket.setOption(TcpSocketOptions.TCP_FASTOPEN_CONNECT, true));
    try (TcpListener listener = ListenConfig.defaults().listenTcp("tcp4", "127.0.0.1:0")) {
      listener.setOption(TcpSocketOptions.TCP_FASTOPEN, 16);
      for (int i = 0; i < 2; i++) { // the second one may have a cookie
        try (TcpConn client = dialer.dialTcp("tcp4", listener.addr())) {
          assertTrue(client.getOption(TcpSocketOptions.TCP_FASTOPEN_CONNECT));
          client.write("hello".getBytes(UTF_8));
          try (TcpConn server = listener.accept()) {
            byte[] buf = new byte[5];
            server.readFully(buf);
            assertEquals("hello", new String(buf, UTF_8));
            assertFalse(server.isMultipath());
          }
        }
      }
    }
  }
}
