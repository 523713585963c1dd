package gonet.test.sim;

import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Listener;
import gonet.Net;
import gonet.test.Callers;
import gonet.test.ConnContract;
import gonet.test.ConnPair;
import gonet.test.Proves;
import gonet.test.SocketContract;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The contract of connections over the simulated network, under several seeds each. */
@NeedsSim
@Proves("sim-tcp")
class SimContractTest {
  private static final int SEEDS = Integer.getInteger("gonet.sim.contractSeeds", 5);

  /** The pairs are dialled from one host to another. */
  private static final class Contract extends SocketContract {
    Contract() {
      super(Contract::pair, Callers.VIRTUAL);
    }

    private static ConnPair pair() throws IOException {
      try (Listener listener = Net.listen("tcp4", "127.0.0.1:0")) {
        Conn dialled = Net.dial("tcp4", listener.addr().toString());
        return new ConnPair(dialled, listener.accept());
      }
    }
  }

  @BeforeAll
  static void pollOnTheThreadsOfTheSimulation() {
    Awaitility.pollInSameThread();
  }

  @AfterAll
  static void pollAsEverybodyDoes() {
    Awaitility.reset();
  }

  @TestFactory
  Stream<DynamicTest> everyCase() {
    List<Method> cases =
        Arrays.stream(Contract.class.getMethods())
            .filter(method -> method.isAnnotationPresent(Test.class))
            .sorted((a, b) -> a.getName().compareTo(b.getName()))
            .toList();
    assertTrue(cases.size() > 50, "only " + cases.size() + " cases");
    return cases.stream()
        .map(each -> DynamicTest.dynamicTest(each.getName(), () -> runUnderSeeds(each)));
  }

  private static void runUnderSeeds(Method each) {
    for (long seed = 1; seed <= SEEDS; seed++) {
      Outcome _ = Sim.run(seed, sim -> runCase(each));
    }
  }

  private static void runCase(Method each) throws Exception {
    Contract contract = new Contract();
    fixture(contract, "connectPair");
    try {
      call(each, contract);
    } finally {
      fixture(contract, "closePairAndEndThreads");
    }
  }

  private static void fixture(Contract contract, String name) throws Exception {
    Method method = ConnContract.class.getSuperclass().getDeclaredMethod(name);
    call(method, contract);
  }

  private static void call(Method method, Object target) throws Exception {
    method.setAccessible(true);
    try {
      Object _ = method.invoke(target);
    } catch (InvocationTargetException e) {
      switch (e.getCause()) {
        case Exception thrown -> throw thrown;
        case Error thrown -> throw thrown;
        case null, default -> throw e;
      }
    }
  }
}
