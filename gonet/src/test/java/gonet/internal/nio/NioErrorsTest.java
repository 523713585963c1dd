package gonet.internal.nio;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gonet.internal.backend.Errno;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ConnectionPendingException;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class NioErrorsTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ECONNREFUSED | Connection refused",
        "ECONNREFUSED | Connection refused: connect",
        "ETIMEDOUT | Connection timed out",
        "ETIMEDOUT | Operation timed out",
        "ECONNRESET | Connection reset",
        "ECONNRESET | Connection reset by peer",
        "ECONNRESET | An existing connection was forcibly closed by the remote host",
        "ECONNABORTED | Software caused connection abort",
        "ECONNABORTED | An established connection was aborted by the software in your host"
            + " machine",
        "EPIPE | Broken pipe",
        "EHOSTUNREACH | No route to host",
        "EHOSTDOWN | Host is down",
        "ENETUNREACH | Network is unreachable",
        "ENETDOWN | Network is down",
        "EADDRINUSE | Address already in use",
        "EADDRINUSE | Address already in use: bind",
        "EADDRNOTAVAIL | Cannot assign requested address",
        "EADDRNOTAVAIL | Can't assign requested address",
        "EACCES | Permission denied",
        "EPERM | Operation not permitted",
        "EMFILE | Too many open files",
        "ENFILE | Too many open files in system",
        "ENOBUFS | No buffer space available",
        "ENOBUFS | No buffer space available (maximum connections reached?): connect",
        "ENOMEM | Cannot allocate memory",
        "ENOTCONN | Transport endpoint is not connected",
        "ENOTCONN | Socket is not connected",
        "EISCONN | Transport endpoint is already connected",
        "EINVAL | Invalid argument",
        "EPROTOTYPE | Protocol wrong type for socket",
        "EIO | Something nobody has heard of",
      })
  void theSystemsOwnTextTellsTheErrno(String name, String text) {
    assertEquals(name, Errno.name(NioErrors.errno(new SocketException(text))));
    assertEquals(name, Errno.name(NioErrors.errno(new IOException(text))));
  }

  static Stream<Arguments> typesThatSpeakForThemselves() {
    return Stream.of(
        Arguments.of(new ClosedChannelException(), Errno.EBADF),
        Arguments.of(new AsynchronousCloseException(), Errno.EBADF),
        Arguments.of(new UnsupportedAddressTypeException(), Errno.EAFNOSUPPORT),
        Arguments.of(new NotYetConnectedException(), Errno.ENOTCONN),
        Arguments.of(new AlreadyConnectedException(), Errno.EISCONN),
        Arguments.of(new ConnectionPendingException(), Errno.EALREADY),
        Arguments.of(new UnsupportedOperationException("no"), Errno.EOPNOTSUPP),
        Arguments.of(new IllegalArgumentException("no"), Errno.EINVAL));
  }

  @ParameterizedTest
  @MethodSource("typesThatSpeakForThemselves")
  void aTypeOfTheJdkTellsTheErrno(Exception failure, int errno) {
    assertEquals(errno, NioErrors.errno(failure));
  }

  @Test
  void inAForeignLanguageTheTypeTellsTheKind() {
    assertEquals(
        Errno.ECONNREFUSED, NioErrors.errno(new ConnectException("Verbindungsaufbau abgelehnt")));
    assertEquals(
        Errno.EADDRINUSE, NioErrors.errno(new BindException("Die Adresse wird bereits verwendet")));
    assertEquals(
        Errno.EHOSTUNREACH, NioErrors.errno(new NoRouteToHostException("Keine Route zum Host")));
  }

  @Test
  void anExceptionWithoutTextIsAnInputOutputError() {
    assertEquals(Errno.EIO, NioErrors.errno(new IOException()));
  }
}
