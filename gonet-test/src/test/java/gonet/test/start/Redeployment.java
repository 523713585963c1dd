package gonet.test.start;

import java.io.File;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * Loads gonet and an application by a loader of their own, several times, as an application server
 * does; drops each, and prints what is left of them in the end. Knows no class of gonet's itself.
 */
final class Redeployment {
  private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(60);

  private Redeployment() {}

  public static void main(String[] args) throws Exception {
    int rounds = Integer.parseInt(args[0]);
    String classPath = args[1];
    openWhatTheJdkOpens();
    List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
    loaders.add(deploy(classPath)); // what the JDK keeps for good is there from now on
    String first = whatIsLeft(loaders);
    Map<String, Integer> before = descriptors();
    for (int i = 1; i < rounds; i++) {
      loaders.add(deploy(classPath));
    }
    String left = whatIsLeft(loaders);
    until(() -> noMoreThan(before));
    System.out.println("after the first: " + first);
    System.out.println("after " + rounds + ": " + left);
    System.out.println("descriptors " + (noMoreThan(before) ? "no more" : "left"));
    System.out.println(before + " before, " + descriptors() + " after");
  }

  /** The JDK's poller of virtual threads keeps its descriptors. */
  private static void openWhatTheJdkOpens() throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Socket client = new Socket(listener.getInetAddress(), listener.getLocalPort());
        Socket server = listener.accept()) {
      Thread reader =
          Thread.startVirtualThread(
              () -> {
                try {
                  server.getInputStream().read();
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              });
      until(() -> reader.getState() == Thread.State.WAITING);
      client.getOutputStream().write(1);
      reader.join();
    }
  }

  private static WeakReference<ClassLoader> deploy(String classPath) throws Exception {
    List<URL> places = new ArrayList<>();
    for (String entry : classPath.split(File.pathSeparator)) {
      places.add(Path.of(entry).toUri().toURL());
    }
    try (URLClassLoader loader =
        new URLClassLoader(places.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
      Runnable app =
          (Runnable)
              loader
                  .loadClass("gonet.test.start.RedeployedEcho")
                  .getDeclaredConstructor()
                  .newInstance();
      Thread thread = new Thread(new ThreadGroup("container"), app, "container-main");
      thread.setContextClassLoader(loader);
      thread.start();
      thread.join();
      return new WeakReference<>(loader);
    }
  }

  private static String whatIsLeft(List<WeakReference<ClassLoader>> loaders) throws Exception {
    until(() -> gonetsThreads().isEmpty());
    String threads = gonetsThreads().toString();
    until(() -> collected(loaders) == loaders.size());
    return "threads " + threads + ", collected " + collected(loaders) + " of " + loaders.size();
  }

  private static long collected(List<WeakReference<ClassLoader>> loaders) {
    System.gc();
    return loaders.stream().filter(loader -> loader.refersTo(null)).count();
  }

  /** Platform threads; virtual ones that wait would keep what they wait for reachable. */
  private static List<String> gonetsThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .flatMap(name -> Stream.of(name).filter(n -> n.startsWith("gonet") || n.contains("server")))
        .sorted()
        .toList();
  }

  /** How many there are to each kind of thing; empty where the system does not tell. */
  private static Map<String, Integer> descriptors() {
    Map<String, Integer> counts = new TreeMap<>();
    Path all = Path.of("/proc/self/fd");
    if (Files.isDirectory(all)) {
      try (DirectoryStream<Path> each = Files.newDirectoryStream(all)) {
        for (Path fd : each) {
          count(counts, fd);
        }
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
    return counts;
  }

  /**
   * Fewer are as good: those of the first deployment may have been closed only after they were
   * counted, because that is done behind the collection.
   */
  private static boolean noMoreThan(Map<String, Integer> before) {
    return descriptors().entrySet().stream()
        .allMatch(e -> e.getValue() <= before.getOrDefault(e.getKey(), 0));
  }

  private static void count(Map<String, Integer> counts, Path fd) {
    try {
      String target = Files.readSymbolicLink(fd).toString().replaceFirst("\\[?\\d+]?$", "");
      counts.merge(target, 1, Integer::sum);
    } catch (IOException e) {
      // Closed meanwhile, as the one that lists them is.
    }
  }

  private static void until(BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + LIMIT_NANOS;
    while (!condition.getAsBoolean() && System.nanoTime() < end) {
      Thread.sleep(20);
    }
  }
}
