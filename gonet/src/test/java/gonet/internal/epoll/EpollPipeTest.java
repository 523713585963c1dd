package gonet.internal.epoll;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.internal.backend.Descriptor;
import gonet.internal.backend.Errno;
import gonet.internal.backend.KernelPipe;
import gonet.internal.backend.Option;
import gonet.internal.backend.Sockets.Family;
import gonet.netip.AddrPort;
import gonet.support.Proves;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Sockets and a pipe of the real kernel. */
@Timeout(180)
class EpollPipeTest {
  private TcpPair in;
  private TcpPair out;
  private EpollPipe pipe;
  private Descriptor dialled;

  @BeforeEach
  void open() throws Exception {
    in = TcpPair.open();
    out = TcpPair.open();
    pipe = EpollPipe.open();
  }

  @AfterEach
  void close() {
    in.close();
    out.close();
    pipe.close();
  }

  private void send(byte[] data) {
    assertEquals(data.length, in.client().send(data, 0, data.length));
  }

  private int fill(int len) {
    int[] n = {0};
    TcpPair.until(() -> (n[0] = in.server().spliceInto(pipe, len)) != -Errno.EAGAIN);
    return n[0];
  }

  @Test
  void bytesPassFromSocketToSocket() {
    byte[] data = "through the kernel".getBytes(US_ASCII);
    send(data);
    assertEquals(data.length, fill(1 << 16));
    assertEquals(7, out.client().spliceFrom(pipe, 7));
    assertEquals(data.length - 7, out.client().spliceFrom(pipe, data.length - 7));
    byte[] got = new byte[data.length];
    int[] length = {0};
    TcpPair.until(
        () -> {
          int n = out.server().receive(got, length[0], got.length - length[0]);
          length[0] += Math.max(n, 0);
          return length[0] == got.length;
        });
    assertArrayEquals(data, got);
  }

  @Test
  void bytesCanBeTakenOutOfThePipe() {
    byte[] data = new byte[5000];
    for (int i = 0; i < data.length; i++) {
      data[i] = (byte) i;
    }
    send(data);
    int filled = fill(data.length);
    byte[] got = new byte[filled + 2];
    assertEquals(filled, pipe.read(got, 1, filled));
    assertArrayEquals(Arrays.copyOf(data, filled), Arrays.copyOfRange(got, 1, filled + 1));
    assertEquals(-Errno.EAGAIN, pipe.read(got, 0, 1));
    assertEquals(0, pipe.read(got, 0, 0));
  }

  @Test
  void anEmptySocketAndAnEmptyPipeSayAgain() {
    assertEquals(-Errno.EAGAIN, in.server().spliceInto(pipe, 100));
    assertEquals(-Errno.EAGAIN, out.client().spliceFrom(pipe, 100));
  }

  @Test
  void aSocketThatIsFullSaysAgain() throws Exception {
    out.client().setOption(Option.SEND_BUFFER, 4096);
    byte[] block = new byte[1 << 16];
    int[] last = {0};
    TcpPair.until(
        () -> {
          in.client().send(block, 0, block.length);
          int filled = in.server().spliceInto(pipe, 1 << 16);
          for (int left = filled; left > 0; left -= last[0]) {
            last[0] = out.client().spliceFrom(pipe, left);
            if (last[0] < 0) {
              return true;
            }
          }
          return false;
        });
    assertEquals(-Errno.EAGAIN, last[0]);
  }

  @Test
  void theEndOfTheStreamIsZeroAndAResetItsErrno() throws Exception {
    assertEquals(0, in.client().shutdownWrite());
    assertEquals(0, fill(100));
    out.client().setOption(Option.LINGER, 0);
    Descriptor other = out.server();
    out.client().close();
    int[] n = {0};
    TcpPair.until(() -> (n[0] = other.spliceInto(pipe, 100)) != -Errno.EAGAIN);
    assertEquals(-Errno.ECONNRESET, n[0]);
    out = TcpPair.open();
    other.close();
  }

  @Test
  void urgentDataAtTheHeadSaysAgainWithBytesBehindIt() throws Exception {
    // What FD must not take for an empty socket: the reason for the probe.
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Socket accepted = connected(listener)) {
      accepted.sendUrgentData('U');
      accepted.getOutputStream().write("abc".getBytes(US_ASCII));
      TcpPair.until(() -> dialled.probeRead() > 0);
      assertEquals(-Errno.EAGAIN, dialled.spliceInto(pipe, 100));
      byte[] got = new byte[10];
      assertEquals(3, dialled.receive(got, 0, 10));
    } finally {
      dialled.close();
    }
  }

  private Socket connected(ServerSocket listener) throws Exception {
    dialled = TcpPair.SOCKETS.openTcp(Family.INET4);
    dialled.connect(AddrPort.parse("127.0.0.1:" + listener.getLocalPort()));
    TcpPair.until(() -> dialled.finishConnect() == 0);
    return listener.accept();
  }

  @Test
  void whoeverSharesADescriptorCouldMakeItBlockSoItDoesNotSplice() throws Exception {
    assertTrue(in.server().splices());
    Descriptor adopted = TcpPair.SOCKETS.adopt(in.server().number(), false);
    try {
      assertFalse(adopted.splices());
    } finally {
      adopted.close();
    }
  }

  @Test
  @Proves("tcp-file")
  void aSocketWhoseDescriptorIsHandedOutIsNotSplicedAnyMore() throws Exception {
    assertTrue(in.server().splices());
    TcpPair.SOCKETS.closeNumber(in.server().duplicate());
    assertFalse(in.server().splices());
  }

  @Test
  void closeClosesBothEnds() throws Exception {
    KernelPipe other = TcpPair.SOCKETS.openPipe();
    int readEnd = ((EpollPipe) other).readEnd();
    int writeEnd = ((EpollPipe) other).writeEnd();
    assertTrue(Files.isSymbolicLink(Path.of("/proc/self/fd/" + readEnd)));
    other.close();
    assertFalse(Files.isSymbolicLink(Path.of("/proc/self/fd/" + readEnd)));
    assertFalse(Files.isSymbolicLink(Path.of("/proc/self/fd/" + writeEnd)));
  }
}
