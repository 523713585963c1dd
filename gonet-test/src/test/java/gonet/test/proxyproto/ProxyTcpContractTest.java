package gonet.test.proxyproto;

import gonet.proxyproto.ProxyVersion;
import gonet.test.Callers;
import gonet.test.ConnPairs;
import gonet.test.Proves;
import gonet.test.SocketContract;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A connection behind a header keeps every promise, whether the header was awaited or not. */
@ParameterizedClass
@MethodSource("kinds")
@Proves("proxy-conn")
class ProxyTcpContractTest extends SocketContract {
  ProxyTcpContractTest(Callers callers, boolean later) {
    super(
        ProxyPairs.over(
            ConnPairs.dialled("tcp4", "127.0.0.1:0"),
            later ? ProxyVersion.V1 : ProxyVersion.V2,
            later),
        callers);
  }

  static Stream<Arguments> kinds() {
    return Callers.kinds().stream()
        .flatMap(
            callers -> List.of(true, false).stream().map(later -> Arguments.of(callers, later)));
  }
}
