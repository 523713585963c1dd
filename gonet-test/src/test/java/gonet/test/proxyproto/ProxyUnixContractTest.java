package gonet.test.proxyproto;

import gonet.proxyproto.ProxyVersion;
import gonet.test.Callers;
import gonet.test.ConnContract;
import gonet.test.ConnPairs;
import gonet.test.Proves;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The same over a Unix socket. */
@ParameterizedClass
@EnumSource(names = {"PLATFORM", "VIRTUAL"})
@Proves("proxy-conn")
class ProxyUnixContractTest extends ConnContract {
  ProxyUnixContractTest(Callers callers) {
    super(ProxyPairs.over(ConnPairs.unix("unix"), ProxyVersion.V2, true), callers);
  }
}
