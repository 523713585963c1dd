package gonet.test.start;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.test.machine.ChildJvm;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When a process pays for the first lookup of a name: with the first name. */
class FirstLookupTest {

  @Test
  void aProcessThatUsesLiteralsMakesNoResolver() throws Exception {
    assertFalse(makesResolver("127.0.0.1:0"));
  }

  @Test
  void theFirstNameMakesIt() throws Exception {
    assertTrue(makesResolver("localhost:0"));
  }

  private static boolean makesResolver(String address) throws Exception {
    ChildJvm.Result result =
        ChildJvm.run(
            Duration.ofMinutes(2),
            List.of(
                "-Xlog:class+init=info:stdout:none",
                "--enable-native-access=ALL-UNNAMED",
                "-Dgonet.resolver=go",
                "-cp",
                TestClassPath.get(),
                Programs.ListenOnce.class.getName(),
                address));
    assertEquals(0, result.exitCode(), result::output);
    return result.output().contains("gonet/DnsResolver$Defaults");
  }
}
