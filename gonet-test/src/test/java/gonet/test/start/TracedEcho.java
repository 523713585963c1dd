package gonet.test.start;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gonet.test.machine.Strace;
import gonet.test.machine.Strace.Call;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** An echo server over the epoll backend in a JVM of its own, under strace(1) while it lives. */
final class TracedEcho {
  private TracedEcho() {}

  /** What clients do meanwhile. */
  @FunctionalInterface
  interface Exchange {
    void with(int port, Process server) throws Exception;
  }

  /**
   * All its calls of these names.
   *
   * @param names as {@code strace -e trace=} takes them
   * @param flags of the JVM, besides those that the backend needs
   */
  static List<Call> calls(Path folder, String names, List<String> flags, Exchange exchange)
      throws Exception {
    assumeTrue(
        System.getProperty("gonet.backend", "").equals("epoll"),
        "counts the epoll backend's calls");
    assumeTrue(Strace.works(), "strace is not installed, or may not trace here");
    List<String> command = new ArrayList<>(flags);
    command.addAll(
        List.of(
            "-Dgonet.backend=epoll",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            TestClassPath.get(),
            Programs.EchoServer.class.getName()));
    Process server = Strace.start(folder, names, command);
    try {
      BufferedReader out =
          new BufferedReader(
              new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8));
      String address = out.readLine();
      exchange.with(Integer.parseInt(address.substring(address.lastIndexOf(':') + 1)), server);
      server.getOutputStream().close();
      assertTrue(server.waitFor(90, TimeUnit.SECONDS));
    } finally {
      server.destroyForcibly().waitFor();
    }
    return Strace.read(folder);
  }
}
