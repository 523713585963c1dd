package gonet.test.tls;

import gonet.test.Callers;
import gonet.test.ConnPairs;
import gonet.test.SocketContract;
import gonet.tls.TlsVersion;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(names = {"PLATFORM", "VIRTUAL"})
class Tls12ContractTest extends SocketContract {
  Tls12ContractTest(Callers callers) {
    super(
        TlsPairs.over(
            ConnPairs.dialled("tcp4", "127.0.0.1:0"),
            TlsVersion.TLS_1_2,
            callers == Callers.VIRTUAL),
        callers);
  }
}
