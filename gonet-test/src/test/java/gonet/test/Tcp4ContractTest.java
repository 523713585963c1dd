package gonet.test;

import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

@ParameterizedClass
@MethodSource("gonet.test.Callers#kinds")
class Tcp4ContractTest extends SocketContract {
  Tcp4ContractTest(Callers callers) {
    super(ConnPairs.dialled("tcp4", "127.0.0.1:0"), callers);
  }
}
