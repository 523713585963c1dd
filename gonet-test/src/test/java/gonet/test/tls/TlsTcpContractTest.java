package gonet.test.tls;

import gonet.test.Callers;
import gonet.test.ConnPairs;
import gonet.test.Proves;
import gonet.test.SocketContract;
import gonet.tls.TlsVersion;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A connection under TLS 1.3 over a socket keeps every promise, at the client and the server. */
@ParameterizedClass
@MethodSource("sides")
@Proves("tls-conn")
class TlsTcpContractTest extends SocketContract {
  TlsTcpContractTest(Callers callers, boolean clientLeft) {
    super(
        TlsPairs.over(ConnPairs.dialled("tcp4", "127.0.0.1:0"), TlsVersion.TLS_1_3, clientLeft),
        callers);
  }

  static Stream<Arguments> sides() {
    return Callers.kinds().stream()
        .flatMap(callers -> List.of(true, false).stream().map(left -> Arguments.of(callers, left)));
  }
}
