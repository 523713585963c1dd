package gonet.test;

import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

@ParameterizedClass
@MethodSource("gonet.test.Callers#kinds")
@Proves("pipe")
class PipeContractTest extends ConnContract {
  PipeContractTest(Callers callers) {
    super(ConnPairs.pipe(), callers);
  }
}
