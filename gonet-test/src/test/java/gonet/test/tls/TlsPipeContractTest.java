package gonet.test.tls;

import gonet.test.Callers;
import gonet.test.ConnContract;
import gonet.test.ConnPairs;
import gonet.tls.TlsVersion;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(names = "VIRTUAL")
class TlsPipeContractTest extends ConnContract {
  TlsPipeContractTest(Callers callers) {
    super(TlsPairs.over(ConnPairs.pipe(), TlsVersion.TLS_1_3, true), callers);
  }
}
