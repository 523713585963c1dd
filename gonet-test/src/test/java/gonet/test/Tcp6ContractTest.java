package gonet.test;

import gonet.test.machine.NeedsIpv6;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

@NeedsIpv6
@ParameterizedClass
@MethodSource("gonet.test.Callers#kinds")
class Tcp6ContractTest extends SocketContract {
  Tcp6ContractTest(Callers callers) {
    super(ConnPairs.dialled("tcp6", "[::1]:0"), callers);
  }
}
