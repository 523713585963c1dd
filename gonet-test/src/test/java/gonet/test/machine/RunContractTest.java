package gonet.test.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gonet.netip.Addr;
import org.junit.jupiter.api.Test;

/** Each run of the contract is the run it claims to be, or the others would prove nothing. */
class RunContractTest {

  @Test
  void gonetIsANamedModuleExactlyInTheModulePathRun() {
    assertEquals(
        Boolean.getBoolean("gonet.test.modulePath"),
        Addr.class.getModule().isNamed(),
        () -> "gonet is in " + Addr.class.getModule());
  }
}
