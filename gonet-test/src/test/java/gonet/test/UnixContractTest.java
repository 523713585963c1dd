package gonet.test;

import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Without the cases of {@link ResetCases}: Unix sockets have no reset (unix(7)). */
@ParameterizedClass
@MethodSource("gonet.test.Callers#kinds")
@Proves({"unix", "jvm-unix", "S5"})
class UnixContractTest extends ConnContract {
  UnixContractTest(Callers callers) {
    super(ConnPairs.unix("unix"), callers);
  }
}
