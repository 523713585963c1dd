package gonet.test.sim;

import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Listener;
import gonet.Net;
import gonet.test.Callers;
import gonet.test.ConnContract;
import gonet.test.ConnPair;
import gonet.test.PacketContract;
import gonet.test.Proves;
import gonet.test.SocketContract;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The contract of connections over the simulated network and simulated Unix sockets, under several
 * seeds each. Unix sockets have no reset (unix(7)), so there the cases of {@link
 * gonet.test.ResetCases} are left out, as they are over the kernel.
 */
@NeedsSim
@Proves({"sim-tcp", "sim-unix"})
class SimContractTest {
  private static final int SEEDS = Integer.getInteger("gonet.sim.contractSeeds", 5);

  private static final class Tcp extends SocketContract {
    Tcp() {
      super(() -> pair("tcp4", "127.0.0.1:0"), Callers.VIRTUAL);
    }
  }

  private static final class Unix extends ConnContract {
    Unix() {
      super(() -> pair("unix", ""), Callers.VIRTUAL);
    }
  }

  private static final class UnixPacket extends PacketContract {
    UnixPacket() {
      super(() -> pair("unixpacket", ""), Callers.VIRTUAL);
    }
  }

  private static ConnPair pair(String network, String address) throws IOException {
    try (Listener listener = Net.listen(network, address)) {
      Conn dialled = Net.dial(network, listener.addr().toString());
      return new ConnPair(dialled, listener.accept());
    }
  }

  @TestFactory
  Stream<DynamicTest> everyCase() {
    return cases(Tcp.class, Tcp::new);
  }

  @TestFactory
  Stream<DynamicTest> everyCaseOverUnixStreams() {
    return cases(Unix.class, Unix::new);
  }

  @TestFactory
  Stream<DynamicTest> everyCaseOverUnixPackets() {
    return cases(UnixPacket.class, UnixPacket::new);
  }

  private static Stream<DynamicTest> cases(
      Class<? extends ConnContract> contract, Supplier<ConnContract> maker) {
    List<Method> cases =
        Arrays.stream(contract.getMethods())
            .filter(method -> method.isAnnotationPresent(Test.class))
            .sorted((a, b) -> a.getName().compareTo(b.getName()))
            .toList();
    assertTrue(cases.size() > 50, "only " + cases.size() + " cases");
    return cases.stream()
        .map(each -> DynamicTest.dynamicTest(each.getName(), () -> runUnderSeeds(each, maker)));
  }

  private static void runUnderSeeds(Method each, Supplier<ConnContract> maker) {
    for (long seed = 1; seed <= SEEDS; seed++) {
      Outcome _ = Sim.run(seed, sim -> runCase(each, maker.get()));
    }
  }

  private static void runCase(Method each, ConnContract contract) throws Exception {
    fixture(contract, "connectPair");
    try {
      call(each, contract);
    } finally {
      fixture(contract, "closePairAndEndThreads");
    }
  }

  private static void fixture(ConnContract contract, String name) throws Exception {
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
