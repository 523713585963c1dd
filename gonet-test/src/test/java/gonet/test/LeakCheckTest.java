package gonet.test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gonet.test.machine.ChildJvm;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtensionContext;

/** What {@link LeakCheck} says of what is left, and when it begins. */
@Timeout(180)
class LeakCheckTest {

  @Test
  void aSocketThatIsLeftIsNamedByItsAddressAndState() throws Exception {
    assumeTrue(Files.isDirectory(Path.of("/proc/self/net")), "no /proc/self/net");
    Held before = Held.now();
    try (ServerSocket left = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      String lines = LeakCheckExtension.lines(Held.now().since(before));
      assertTrue(lines.contains("127.0.0.1:" + left.getLocalPort() + "->"), lines);
      assertTrue(lines.contains(" LISTEN"), lines);
    }
  }

  @Test
  void aStaticInitializerOfTheTestRunsBeforeGonetIsUsed() throws Exception {
    ChildJvm.Result result =
        ChildJvm.run(
            Duration.ofMinutes(2),
            List.of(
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                First.class.getName()));
    assertEquals("installed", result.output().strip());
  }

  /** As JUnit begins with the first test class of a JVM. */
  static final class First {
    private First() {}

    public static void main(String[] args) throws Exception {
      ExtensionContext context =
          (ExtensionContext)
              Proxy.newProxyInstance(
                  First.class.getClassLoader(),
                  new Class<?>[] {ExtensionContext.class},
                  (_, method, _) -> {
                    assertEquals("getRequiredTestClass", method.getName());
                    return Installs.class;
                  });
      new LeakCheckExtension().beforeAll(context);
      Faults.begin().close();
      System.out.println("installed");
    }
  }

  /** A test class, as docs/testing.md tells to write one. */
  static final class Installs {
    static {
      Faults.install();
    }

    private Installs() {}
  }
}
