package gonet.test.sim;

import static java.nio.charset.StandardCharsets.US_ASCII;

import gonet.Conn;
import gonet.Dialer;
import gonet.KeepAlive;
import gonet.ListenConfig;
import gonet.Net;
import gonet.TcpAddr;
import gonet.TcpConn;
import gonet.TcpListener;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The kernel's side of {@link LostScenario}, in a network namespace: an address of this host that
 * is taken away, so that packets for it go down a cable, to a hardware address that nobody has.
 */
final class KernelFar implements LostScenario.Far, AutoCloseable {
  private static final String NEAR = "10.9.0.1";

  private final String address;
  private final TcpListener listener;

  private KernelFar(int number) throws IOException, InterruptedException {
    address = "10.9.0." + (10 + number);
    ip("addr add " + address + "/32 dev near");
    listener =
        ListenConfig.defaults()
            .withKeepAlive(KeepAlive.off())
            .listenTcp("tcp4", TcpAddr.resolve("tcp4", address + ":0"));
    Net.go(
        "far",
        () -> {
          for (; ; ) {
            Conn conn = listener.accept();
            Net.go(
                "echo",
                () -> {
                  try (conn) {
                    Servers.echo(conn);
                  }
                });
          }
        });
  }

  /** Plays all scenarios side by side, for they wait most of the time; prints what they saw. */
  public static void main(String[] args) throws Exception {
    ip("link add near type veth peer name far");
    ip("link set near up");
    ip("link set far up");
    ip("addr add " + NEAR + "/24 dev near");
    Map<LostScenario, Agreement.Seen> all = new LinkedHashMap<>();
    List<Thread> players = new ArrayList<>();
    for (LostScenario each : LostScenario.values()) {
      Agreement.Seen seen = new Agreement.Seen();
      all.put(each, seen);
      int number = all.size();
      players.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    try (KernelFar far = new KernelFar(number)) {
                      each.script().run(seen, far);
                    } catch (IOException | InterruptedException e) {
                      throw new IllegalStateException(e);
                    }
                  }));
    }
    for (Thread each : players) {
      each.join();
    }
    all.forEach((scenario, seen) -> System.out.println(scenario + " " + seen.lines()));
    Runtime.getRuntime().halt(0);
  }

  @Override
  public TcpConn across(Dialer dialer) throws IOException {
    return dialer
        .withLocalAddr(TcpAddr.resolve("tcp4", NEAR + ":0"))
        .dialTcp("tcp4", listener.addr());
  }

  @Override
  public void vanish() throws IOException, InterruptedException {
    // The neighbour first: no packet may find that nobody answers to the question for it.
    ip("neigh replace " + address + " lladdr 02:00:00:00:00:99 dev near nud permanent");
    ip("addr del " + address + "/32 dev near");
  }

  @Override
  public void comeBack() throws IOException, InterruptedException {
    ip("addr add " + address + "/32 dev near");
    ip("neigh del " + address + " dev near");
  }

  @Override
  public void close() {
    listener.close();
  }

  private static void ip(String arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("ip"));
    command.addAll(List.of(arguments.split(" ")));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), US_ASCII);
    if (!process.waitFor(90, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new IOException("ip " + arguments + ": " + output);
    }
  }
}
