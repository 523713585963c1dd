package gonet.test.bench;

import gonet.Net;
import gonet.test.bench.peer.GonetPeer;
import gonet.test.bench.peer.JdkSelectorPeer;
import gonet.test.bench.peer.JdkVirtualPeer;
import gonet.test.bench.peer.ParkPeer;
import gonet.test.bench.peer.ServerPeer;
import gonet.test.machine.ChildJvm;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds out which servers this machine can run. Those it cannot are left out by name. */
final class Rivals {
  /** The same for all JVMs, so that the collector's growing of the heap is in no figure. */
  private static final List<String> HEAP = List.of("-Xms1g", "-Xmx2g");

  /**
   * Of one size and touched at the start, so that growth of resident memory is all outside of it.
   */
  private static final List<String> RESIDENT_HEAP =
      List.of("-Xms1g", "-Xmx1g", "-XX:+AlwaysPreTouch", "-XX:+UseSerialGC");

  private static final String NATIVE_ACCESS = "--enable-native-access=ALL-UNNAMED";

  /** What that lane needs. */
  private static final List<String> CARRIER =
      List.of("--add-opens=java.base/java.lang=ALL-UNNAMED", "-Dgonet.lane=carrier");

  /** Of gonet and the servers; nothing else is needed. */
  private static final String CLASSES =
      Stream.of(Net.class, GonetPeer.class)
          .map(type -> ChildJvm.locationOf(type).toString())
          .collect(Collectors.joining(File.pathSeparator));

  private static final Set<String> ALL =
      with(
          Set.of("echo", "deadline", "idle", "source", "sink", "hog", "proxy", "unix", "file"),
          with(Datagrams.MODES, TlsCases.MODES));
  private static final Set<String> ALL_IN_JVM = with(ALL, Set.of("allocate"));
  private static final Set<String> ONE_LOOP =
      with(Set.of("echo", "deadline", "idle", "source", "sink", "unix", "file"), Datagrams.MODES);

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

  /**
   * The lanes of gonet, and the same servers over an earlier version of it.
   *
   * @param earlier that version's classes
   */
  static Rivals guard(Path sources, Builds builds, Path earlier) {
    Rivals rivals = new Rivals(sources, builds);
    rivals.addLanes("gonet-", CLASSES);
    rivals.addLanes(
        Guard.earlier(""), earlier + File.pathSeparator + ChildJvm.locationOf(GonetPeer.class));
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
    addC();
    add("go", ALL, builds::go);
    String virtual = JdkVirtualPeer.class.getName();
    addJvm("jdk-virtual", "jdk/jdk", ALL_IN_JVM, virtual, NATIVE_ACCESS);
    addJvm("jdk-selector", "jdk/selector", Set.of("echo", "idle"), JdkSelectorPeer.class.getName());
    addJvm("jdk-park", "jdk/park", Set.of("allocate"), ParkPeer.class.getName());
    addNetty();
    add(
        "node",
        Set.of("echo", "deadline", "idle", "source", "sink", "proxy"),
        () -> Builds.find("node").orElseThrow(() -> new IOException("no node on the path")),
        sources.resolve("node/echo.js").toString());
    addGonet("carrier", "epoll/carrier", CARRIER.toArray(String[]::new));
    addGonet("shared", "epoll/shared");
    addGonet("nio", "nio/thread", "-Dgonet.backend=nio");
  }

  /** A program for streams, and one for datagrams. */
  private void addC() throws InterruptedException {
    try {
      Path streams = builds.c("echo");
      Path datagrams = builds.c("datagrams");
      found.add(
          new Rival(
              "c-epoll",
              ONE_LOOP,
              mode ->
                  List.of(
                      (Datagrams.MODES.contains(mode) ? datagrams : streams).toString(),
                      "mode=" + mode),
              "",
              false));
    } catch (IOException e) {
      missing.put("c-epoll", String.valueOf(e.getMessage()));
    }
  }

  /** A bare loop that accepts, and {@code Server}. */
  private void addGonet(String name, String lane, String... flags) {
    String[] all = Stream.concat(Stream.of(NATIVE_ACCESS), Stream.of(flags)).toArray(String[]::new);
    String compared = "server-" + name;
    Set<String> modes = new HashSet<>(with(ALL_IN_JVM, Set.of(compared)));
    if (name.equals("nio")) {
      modes.removeAll(Datagrams.OF_THE_KERNEL); // the JDK's channels have none
    }
    addJvm("gonet-" + name, lane, modes, GonetPeer.class.getName(), all);
    addJvm("gonet-" + name + "-server", lane, Set.of(compared), ServerPeer.class.getName(), all);
  }

  private void addLanes(String prefix, String path) {
    String main = GonetPeer.class.getName();
    found.add(
        jvm(
            prefix + "carrier",
            "epoll/carrier",
            ALL_IN_JVM,
            path,
            main,
            with(CARRIER, NATIVE_ACCESS)));
    found.add(
        jvm(prefix + "shared", "epoll/shared", ALL_IN_JVM, path, main, List.of(NATIVE_ACCESS)));
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
      found.add(new Rival(name, modes, mode -> with(command, "mode=" + started(mode)), "", false));
    } catch (IOException e) {
      missing.put(name, String.valueOf(e.getMessage()));
    }
  }

  private void addJvm(String name, String lane, Set<String> modes, String main, String... flags) {
    found.add(jvm(name, lane, modes, CLASSES, main, List.of(flags)));
  }

  private static Rival jvm(
      String name, String lane, Set<String> modes, String path, String main, List<String> flags) {
    return new Rival(
        name,
        modes,
        mode -> {
          List<String> command = new ArrayList<>(List.of(ChildJvm.java().toString()));
          command.addAll(started(mode).equals("idle") ? RESIDENT_HEAP : HEAP);
          command.addAll(flags);
          command.addAll(List.of("-cp", path, main));
          return with(command, "mode=" + started(mode));
        },
        lane,
        true);
  }

  /**
   * What a server is started in: of some modes only what is looked at differs, or what is beneath.
   */
  private static String started(String mode) {
    if (mode.equals("allocate") || mode.startsWith("server-")) {
      return "echo";
    }
    return mode.startsWith(TlsCases.PREFIX) ? mode.substring(TlsCases.PREFIX.length()) : mode;
  }

  /** Its module is no part of the default build, which must not need Netty. */
  private void addNetty() {
    Path classes = sources.resolve("netty/target/classes");
    Path libraries = sources.resolve("netty/target/lib");
    if (!Files.isDirectory(classes) || !Files.isDirectory(libraries)) {
      missing.put("netty", "its module could not be built: mvn -Pnetty process-classes");
      return;
    }
    String path = String.join(File.pathSeparator, CLASSES, classes + "", libraries + "/*");
    Set<String> modes = with(Set.of("echo", "idle", "source", "sink", "proxy"), TlsCases.MODES);
    String main = "gonet.test.bench.peer.netty.NettyPeer";
    found.add(jvm("netty", "netty/epoll", modes, path, main, List.of(NATIVE_ACCESS)));
    // netty-tcnative: BoringSSL in the place of the JDK's engine.
    Rival tcnative =
        jvm("netty-tcnative", "netty/epoll", TlsCases.MODES, path, main, List.of(NATIVE_ACCESS));
    found.add(
        new Rival(
            tcnative.name(),
            tcnative.modes(),
            mode -> with(tcnative.command().apply(mode), "tls=openssl"),
            tcnative.lane(),
            tcnative.compiles()));
  }

  private static Set<String> with(Set<String> some, Set<String> others) {
    return Stream.concat(some.stream(), others.stream()).collect(Collectors.toUnmodifiableSet());
  }

  private static List<String> with(List<String> command, String argument) {
    List<String> all = new ArrayList<>(command);
    all.add(argument);
    return all;
  }
}
