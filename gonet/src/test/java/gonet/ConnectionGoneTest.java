package gonet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.internal.backend.Errno;
import gonet.internal.backend.ErrnoText;
import gonet.support.Proves;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Proves({"error-gone", "C16"})
class ConnectionGoneTest {

  @ParameterizedTest
  @Proves("C10")
  @CsvSource({
    // errno, gone on a connection, gone before there was one
    "ECONNRESET, 104, true, true",
    "ECONNABORTED, 103, true, true",
    "EPIPE, 32, true, true",
    "ENOTCONN, 107, true, true",
    "ESHUTDOWN, 108, true, true",
    "ENETRESET, 102, true, true",
    "ETIMEDOUT, 110, true, false",
    "EHOSTUNREACH, 113, true, false",
    "ENETUNREACH, 101, true, false",
    "EHOSTDOWN, 112, true, false",
    "ENETDOWN, 100, true, false",
    "ECONNREFUSED, 111, false, false",
    "EADDRINUSE, 98, false, false",
    "EBADF, 9, false, false",
    "EINVAL, 22, false, false",
    "EMFILE, 24, false, false",
    "ENOBUFS, 105, false, false",
    "EAGAIN, 11, false, false",
    "EINTR, 4, false, false",
  })
  void errnoDecidesAndForSomeTheOperation(
      String name, int errno, boolean onConnection, boolean before) {
    assertEquals(name, Errno.name(errno));
    for (String op : new String[] {Op.READ, Op.WRITE, Op.WRITEV, Op.CLOSE, Op.SET}) {
      assertEquals(onConnection, NetFailure.isConnectionGone(failure(op, errno)), op);
    }
    for (String op : new String[] {Op.DIAL, Op.LISTEN, Op.ACCEPT}) {
      assertEquals(before, NetFailure.isConnectionGone(failure(op, errno)), op);
    }
  }

  @Test
  void whatThisSideDidIsNoLoss() {
    Op read = new Op(Op.READ, "tcp", null, null);
    assertFalse(NetFailure.isConnectionGone(OpErrors.timeout(read, 0)));
    assertFalse(NetFailure.isConnectionGone(OpErrors.canceled(read, 0)));
    assertFalse(NetFailure.isConnectionGone(OpErrors.closed(read, 0)));
    assertFalse(NetFailure.isConnectionGone(OpErrors.closedPipe(read, 0)));
  }

  @Test
  void theAnswerIsFoundThroughCauses() {
    IOException reset = failure(Op.READ, Errno.ECONNRESET);
    Throwable deep = new ExecutionException(new UncheckedIOException(new IOException(reset)));
    assertTrue(NetFailure.isConnectionGone(deep));
    assertTrue(NetFailure.isConnectionGone(new IOException("frame cut short", reset)));
  }

  @Test
  void strangersAndNothingAreNoLoss() {
    assertFalse(NetFailure.isConnectionGone(null));
    assertFalse(NetFailure.isConnectionGone(new SocketException("Connection reset")));
  }

  @Test
  void aCircleOfCausesEnds() {
    IOException first = new IOException("first");
    IOException second = new IOException("second", first);
    first.initCause(second);
    assertFalse(NetFailure.isConnectionGone(first));
  }

  @ParameterizedTest
  @ValueSource(ints = {41, 58, 134, 200, 0, -1})
  void aNumberWithoutTextIsNamedAsANumber(int errno) {
    assertEquals("errno " + errno, ErrnoText.of(errno));
  }

  @ParameterizedTest
  @CsvSource({
    "1, operation not permitted",
    "2, no such file or directory",
    "9, bad file descriptor",
    "11, resource temporarily unavailable",
    "12, cannot allocate memory",
    "13, permission denied",
    "22, invalid argument",
    "23, too many open files in system",
    "24, too many open files",
    "32, broken pipe",
    "40, too many levels of symbolic links",
    "42, no message of desired type",
    "50, no CSI structure available",
    "57, invalid slot",
    "59, bad font file format",
    "73, RFS specific error",
    "81, .lib section in a.out corrupted",
    "88, socket operation on non-socket",
    "92, protocol not available",
    "95, operation not supported",
    "97, address family not supported by protocol",
    "98, address already in use",
    "99, cannot assign requested address",
    "101, network is unreachable",
    "103, software caused connection abort",
    "104, connection reset by peer",
    "105, no buffer space available",
    "107, transport endpoint is not connected",
    "110, connection timed out",
    "111, connection refused",
    "113, no route to host",
    "114, operation already in progress",
    "115, operation now in progress",
    "121, remote I/O error",
    "133, memory page has hardware error",
  })
  void everyErrnoHasGosText(int errno, String text) {
    assertEquals(text, ErrnoText.of(errno));
  }

  private static IOException failure(String op, int errno) {
    return OpErrors.syscall(new Op(op, "tcp", null, null), "call", errno, 0);
  }
}
