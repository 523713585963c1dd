package gonet.support;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/**
 * Whether this machine has IPv6, at least on its loopback device: the one condition of all tests
 * that need it. {@link NeedsIpv6} is for tests and classes; {@link #assumeFor} for those that need
 * it with some of their arguments.
 */
public final class Ipv6 {
  /** Why a test is skipped. */
  static final String REASON = "needs IPv6 on the loopback device";

  private Ipv6() {}

  /** Tries it once: listens on {@code ::1}. */
  public static boolean works() {
    return Probe.WORKS;
  }

  /** Skips the test where there is no IPv6. */
  public static void assume() {
    assumeTrue(works(), REASON);
  }

  /** Skips the test where there is no IPv6 and one of these names a network or address of it. */
  public static void assumeFor(Object... namesAndAddresses) {
    for (Object each : namesAndAddresses) {
      String text = String.valueOf(each);
      if (text.contains("::") || text.endsWith("6")) {
        assume();
      }
    }
  }

  private static final class Probe {
    static final boolean WORKS = succeeds();

    private static boolean succeeds() {
      try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("::1"))) {
        return socket.isBound();
      } catch (IOException e) {
        return false;
      }
    }
  }
}
