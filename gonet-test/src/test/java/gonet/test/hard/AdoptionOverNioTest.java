package gonet.test.hard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import gonet.Net;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** The JDK has no way from a number to a channel, which must be said and not guessed around. */
@LeakCheck
@EnabledIfSystemProperty(
    named = "gonet.backend",
    matches = "nio",
    disabledReason = "the other backend adopts descriptors")
@Proves("adopt")
class AdoptionOverNioTest {

  @Test
  void theBackendThatCannotAdoptSaysItsName() {
    for (int number : new int[] {-1, 0, 3}) {
      String text = "file file+net fd " + number + ": the backend nio cannot adopt descriptors";
      assertEquals(
          text,
          assertThrows(UnsupportedOperationException.class, () -> Net.fileListener(number))
              .getMessage());
      assertEquals(
          text,
          assertThrows(UnsupportedOperationException.class, () -> Net.fileConn(number))
              .getMessage());
    }
  }
}
