package gonet.test.examples;

import gonet.test.Callers;
import gonet.test.ConnPair;
import gonet.test.ConnPairs;
import gonet.test.SocketContract;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A connection that somebody outside gonet wrote over a socket keeps every promise. */
@ParameterizedClass
@EnumSource(Callers.class)
class XorContractTest extends SocketContract {
  XorContractTest(Callers callers) {
    super(
        () -> {
          ConnPair pair = ConnPairs.dialled("tcp4", "127.0.0.1:0").connect();
          return new ConnPair(new XorConn(pair.left()), new XorConn(pair.right()));
        },
        callers);
  }
}
