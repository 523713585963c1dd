package gonet.test.tls;

import gonet.test.Callers;
import gonet.test.ConnContract;
import gonet.test.ConnPairs;
import gonet.test.Proves;
import gonet.tls.TlsVersion;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The same over a Unix socket, once as client and once as server. */
@ParameterizedClass
@EnumSource(names = {"PLATFORM", "VIRTUAL"})
@Proves("tls-conn")
class TlsUnixContractTest extends ConnContract {
  TlsUnixContractTest(Callers callers) {
    super(
        TlsPairs.over(ConnPairs.unix("unix"), TlsVersion.TLS_1_3, callers == Callers.VIRTUAL),
        callers);
  }
}
