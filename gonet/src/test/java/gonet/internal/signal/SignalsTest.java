package gonet.internal.signal;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SignalsTest {
  @Test
  void theSignalThatTheJvmStopsItsThreadsByIsNobodyElses() {
    for (String number : Arrays.asList(null, "", "twelve", "12", "0", "11", "65", "-40")) {
      UnsupportedOperationException e =
          assertThrows(
              UnsupportedOperationException.class, () -> Signals.requireFree("USR2", number));
      assertTrue(e.getMessage().contains("_JAVA_SR_SIGNUM"), e.getMessage());
    }
    assertDoesNotThrow(() -> Signals.requireFree("USR2", "40"));
    assertDoesNotThrow(() -> Signals.requireFree("HUP", null));
  }

  @Test
  void aSignalThatThereIsNotOrThatTheJvmNeedsIsNamed() {
    for (String name : new String[] {"NONE", "SEGV", "KILL"}) {
      IllegalArgumentException e =
          assertThrows(IllegalArgumentException.class, () -> Signals.handle(name, number -> {}));
      assertTrue(e.getMessage().contains("SIG" + name), e.getMessage());
    }
  }
}
