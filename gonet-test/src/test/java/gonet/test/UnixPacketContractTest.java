package gonet.test;

import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** {@link ResetCases} is left out as for streams. */
@ParameterizedClass
@MethodSource("gonet.test.Callers#kinds")
@EnabledIfSystemProperty(
    named = "gonet.backend",
    matches = "epoll",
    disabledReason = "java.nio has no SOCK_SEQPACKET")
@Proves("unix")
class UnixPacketContractTest extends PacketContract {
  UnixPacketContractTest(Callers callers) {
    super(ConnPairs.unix("unixpacket"), callers);
  }
}
