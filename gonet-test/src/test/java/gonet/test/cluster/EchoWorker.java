package gonet.test.cluster;

import static java.nio.charset.StandardCharsets.US_ASCII;

import gonet.Conn;
import gonet.Net;
import gonet.cluster.Worker;
import gonet.server.Server;
import gonet.test.machine.ChildJvm;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A worker of the tests' clusters: a line with its process id to each client, then an echo. */
final class EchoWorker {
  private EchoWorker() {}

  /** The command that starts one, over the backend and in the lane of this JVM. */
  static List<String> command(Class<?> program, String... args) {
    List<String> command = new ArrayList<>();
    command.add(ChildJvm.java().toString());
    command.add("-Dgonet.backend=" + System.getProperty("gonet.backend", "epoll"));
    String lane = System.getProperty("gonet.lane");
    if (lane != null) {
      command.add("-Dgonet.lane=" + lane);
      command.add("--add-opens");
      command.add("java.base/java.lang=ALL-UNNAMED");
    }
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-XX:+UseSerialGC"); // what starts soonest
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-cp");
    command.add(
        ChildJvm.locationOf(Net.class)
            + File.pathSeparator
            + ChildJvm.locationOf(program)
            + File.pathSeparator
            + ChildJvm.locationOf(ChildJvm.class));
    command.add(program.getName());
    command.addAll(List.of(args));
    return command;
  }

  /** Arguments: the address. */
  public static void main(String[] args) throws Exception {
    serve(args[0]);
  }

  static void serve(String address) throws IOException, InterruptedException {
    try (Worker worker = Worker.connect();
        Server server =
            Server.builder()
                .listener(worker.listen("tcp", address))
                .handler(EchoWorker::echo)
                .start()) {
      worker.ready(server::beginShutdown);
      var _ = server.awaitClosed();
    }
  }

  private static void echo(Conn conn) throws IOException {
    conn.write((ProcessHandle.current().pid() + "\n").getBytes(US_ASCII));
    byte[] buf = new byte[4096];
    for (int n; (n = conn.read(buf)) >= 0; ) {
      conn.write(buf, 0, n);
    }
  }
}
