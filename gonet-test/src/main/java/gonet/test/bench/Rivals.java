package gonet.test.bench;

import gonet.Net;
import gonet.test.bench.peer.GonetPeer;
import gonet.test.bench.peer.JdkSelectorPeer;
import gonet.test.bench.peer.JdkVirtualPeer;
import gonet.test.machine.ChildJvm;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds out which servers this machine can run. Those it cannot are left out by name. */
final class Rivals {
  /** The same for all JVMs, so that the collector's growing of the heap is in no figure. */
  private static final List<String> HEAP = List.of("-Xms1g", "-Xmx2g");

  private static final String NATIVE_ACCESS = "--enable-native-access=ALL-UNNAMED";

  private static final Set<String> ALL =
      Set.of("echo", "deadline", "idle", "source", "sink", "hog", "proxy");
  private static final Set<String> ONE_LOOP = Set.of("echo", "deadline", "idle", "source", "sink");

  private final Path sources;
  private final Builds builds;
  private final List<Rival> found = new ArrayList<>();
  private final Map<String, String> missing = new LinkedHashMap<>();

  private Rivals(Path sources, Builds builds) {
    this.sources = sources;
    this.builds = builds;
  }

  /** Builds all servers. */
  static Rivals find(Path sources, Builds builds) throws InterruptedException {
    Rivals rivals = new Rivals(sources, builds);
    rivals.addAll();
    return rivals;
  }

  List<Rival> found() {
    return found;
  }

  /** Names and reasons. */
  Map<String, String> missing() {
    return missing;
  }

  private void addAll() throws InterruptedException {
    add("c-epoll", ONE_LOOP, () -> builds.c("echo"));
    add("go", ALL, builds::go);
    String virtual = JdkVirtualPeer.class.getName();
    addJvm("jdk-virtual", "jdk/jdk", ALL, virtual, NATIVE_ACCESS);
    addJvm("jdk-selector", "jdk/selector", Set.of("echo", "idle"), JdkSelectorPeer.class.getName());
    addNetty();
    add(
        "node",
        Set.of("echo", "deadline", "source", "sink", "proxy"),
        () -> Builds.find("node").orElseThrow(() -> new IOException("no node on the path")),
        sources.resolve("node/echo.js").toString());
    String gonet = GonetPeer.class.getName();
    addJvm(
        "gonet-carrier",
        "epoll/carrier",
        ALL,
        gonet,
        NATIVE_ACCESS,
        "--add-opens=java.base/java.lang=ALL-UNNAMED");
    addJvm("gonet-shared", "epoll/shared", ALL, gonet, NATIVE_ACCESS);
    addJvm("gonet-nio", "nio/thread", ALL, gonet, NATIVE_ACCESS, "-Dgonet.backend=nio");
  }

  /** Makes a program ready. */
  @FunctionalInterface
  private interface Build {
    Path program() throws IOException, InterruptedException;
  }

  private void add(String name, Set<String> modes, Build build, String... arguments)
      throws InterruptedException {
    try {
      List<String> command = new ArrayList<>(List.of(build.program().toString()));
      command.addAll(List.of(arguments));
      found.add(new Rival(name, modes, mode -> with(command, "mode=" + mode), "", false));
    } catch (IOException e) {
      missing.put(name, String.valueOf(e.getMessage()));
    }
  }

  private void addJvm(String name, String lane, Set<String> modes, String main, String... flags) {
    String path =
        ChildJvm.locationOf(Net.class) + File.pathSeparator + ChildJvm.locationOf(GonetPeer.class);
    found.add(jvm(name, lane, modes, path, main, flags));
  }

  private static Rival jvm(
      String name, String lane, Set<String> modes, String path, String main, String... flags) {
    List<String> command = new ArrayList<>(List.of(ChildJvm.java().toString()));
    command.addAll(HEAP);
    command.addAll(List.of(flags));
    command.addAll(List.of("-cp", path, main));
    return new Rival(name, modes, mode -> with(command, "mode=" + mode), lane, true);
  }

  /** Its module is no part of the default build, which must not need Netty. */
  private void addNetty() {
    Path classes = sources.resolve("netty/target/classes");
    Path libraries = sources.resolve("netty/target/lib");
    if (!Files.isDirectory(classes) || !Files.isDirectory(libraries)) {
      missing.put("netty", "its module is not built: mvn -Pnetty package");
      return;
    }
    String path = classes + File.pathSeparator + libraries.resolve("*");
    Set<String> modes = Set.of("echo", "source", "sink", "hog", "proxy");
    found.add(jvm("netty", "netty/epoll", modes, path, "gonet.peer.NettyPeer", NATIVE_ACCESS));
  }

  private static List<String> with(List<String> command, String argument) {
    List<String> all = new ArrayList<>(command);
    all.add(argument);
    return all;
  }
}
