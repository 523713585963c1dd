package gonet.test;

import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(Callers.class)
class PipeContractTest extends ConnContract {
  PipeContractTest(Callers callers) {
    super(ConnPairs.pipe(), callers);
  }
}
