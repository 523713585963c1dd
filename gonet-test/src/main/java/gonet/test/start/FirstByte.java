package gonet.test.start;

import gonet.Net;
import gonet.test.machine.ChildJvm;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Measures cold starts: from the moment the process is made to the first byte that comes back from
 * an echo server in it. gonet's backends beside the JDK's own sockets, each with and without an AOT
 * cache, in turn, so that all meet the same machine.
 *
 * <p>Argument: the number of rounds, 15 by default.
 */
public final class FirstByte {
  private static final int ROUNDS = 15;

  private FirstByte() {}

  /** Prints best and median of each way to start, in milliseconds. */
  public static void main(String[] args) throws IOException, InterruptedException {
    int rounds = args.length == 0 ? ROUNDS : Integer.parseInt(args[0]);
    Path folder = Files.createTempDirectory("first-byte");
    Map<String, List<String>> ways = ways(folder);
    List<String> names = List.copyOf(ways.keySet());
    double[][] millis = new double[names.size()][rounds];
    for (int round = 0; round < rounds; round++) {
      int way = 0;
      for (List<String> command : ways.values()) {
        millis[way++][round] = measure(command);
      }
    }
    System.out.printf("%-28s %8s %8s   (ms, %d rounds)%n", "start", "best", "median", rounds);
    for (int way = 0; way < names.size(); way++) {
      double[] sorted = millis[way];
      Arrays.sort(sorted);
      System.out.printf("%-28s %8.0f %8.0f%n", names.get(way), sorted[0], sorted[rounds / 2]);
    }
  }

  private static Map<String, List<String>> ways(Path folder)
      throws IOException, InterruptedException {
    // The AOT cache wants jars, not folders of classes.
    Path jar = jar(folder);
    Map<String, List<String>> ways = new LinkedHashMap<>();
    List<String> epoll = List.of("--enable-native-access=ALL-UNNAMED", "-Dgonet.backend=epoll");
    List<String> nio = List.of("-Dgonet.backend=nio");
    String gonet = FirstByteServers.OverGonet.class.getName();
    String jdk = FirstByteServers.OverJdk.class.getName();
    ways.put("gonet, epoll", command(jar, epoll, gonet));
    ways.put("gonet, nio", command(jar, nio, gonet));
    ways.put("JDK sockets", command(jar, List.of(), jdk));
    ways.put("gonet, epoll, AOT cache", cached(folder, jar, "epoll", epoll, gonet));
    ways.put("JDK sockets, AOT cache", cached(folder, jar, "jdk", List.of(), jdk));
    return ways;
  }

  private static List<String> command(Path jar, List<String> flags, String main) {
    List<String> command = new ArrayList<>();
    command.add(ChildJvm.java().toString());
    command.addAll(flags);
    command.addAll(List.of("-cp", jar.toString(), main));
    return command;
  }

  /** Trains a cache with one run and uses it: JEP 514. */
  private static List<String> cached(
      Path folder, Path jar, String name, List<String> flags, String main)
      throws IOException, InterruptedException {
    Path cache = folder.resolve(name + ".aot");
    List<String> training = new ArrayList<>(flags);
    training.add("-XX:AOTCacheOutput=" + cache);
    measure(command(jar, training, main));
    List<String> using = new ArrayList<>(flags);
    using.add("-XX:AOTCache=" + cache);
    return command(jar, using, main);
  }

  private static double measure(List<String> command) throws IOException, InterruptedException {
    long start = System.nanoTime();
    Process server =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8))) {
      int port = Integer.parseInt(String.valueOf(out.readLine()));
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        socket.getOutputStream().write('x');
        if (socket.getInputStream().read() != 'x') {
          throw new IOException("no echo from " + command);
        }
      }
      double millis = (System.nanoTime() - start) / 1e6;
      server.waitFor(); // ends with its first connection, and writes its cache then
      return millis;
    } finally {
      server.destroyForcibly();
    }
  }

  private static Path jar(Path folder) throws IOException, InterruptedException {
    Path jar = folder.resolve("first-byte.jar");
    List<String> command =
        new ArrayList<>(
            List.of(
                ChildJvm.java()
                    .resolveSibling("jar" + (File.separatorChar == '\\' ? ".exe" : ""))
                    .toString(),
                "--create",
                "--file",
                jar.toString()));
    for (Class<?> type : List.of(Net.class, FirstByte.class)) {
      Path place = ChildJvm.locationOf(type);
      if (Files.isRegularFile(place)) {
        throw new IOException("run this from folders of classes, not from " + place);
      }
      command.addAll(List.of("-C", place.toString(), "gonet"));
    }
    Process process = new ProcessBuilder(command).inheritIO().start();
    if (process.waitFor() != 0) {
      throw new IOException("no jar: " + command);
    }
    return jar;
  }
}
