package gonet.test.examples;

import gonet.test.Callers;
import gonet.test.ConnContract;
import gonet.test.ConnPair;
import gonet.test.ConnPairs;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The same over a pipe, twice over each other. */
@ParameterizedClass
@EnumSource(Callers.class)
class XorPipeContractTest extends ConnContract {
  XorPipeContractTest(Callers callers) {
    super(
        () -> {
          ConnPair pair = ConnPairs.pipe().connect();
          return new ConnPair(
              new XorConn(new XorConn(pair.left())), new XorConn(new XorConn(pair.right())));
        },
        callers);
  }
}
