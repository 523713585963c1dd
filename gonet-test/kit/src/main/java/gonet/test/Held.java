package gonet.test;

import gonet.Net;
import gonet.NetStats;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What this process holds at one moment.
 *
 * @param descriptors number to target, such as {@code socket:[1234]}
 * @param threads live platform threads
 */
record Held(
    Map<Integer, String> descriptors, Set<Thread> threads, int registered, int armedTimers) {

  private static final Path FDS = Path.of("/proc/self/fd");

  /**
   * Threads of the JDK, of JUnit and of the build, which come when they are needed and stay; and
   * gonet's carriers, whose number follows what the threads on them do, within bounds.
   */
  private static final List<String> NOT_OURS =
      List.of(
          "ForkJoinPool",
          "VirtualThread-",
          "Common-Cleaner",
          "Cleaner-",
          "InnocuousThread-",
          "Read-Poller",
          "Write-Poller",
          "MasterPoller",
          "process reaper",
          "Attach Listener",
          "JFR ",
          "Keep-Alive-Timer",
          "junit-",
          "surefire-",
          "ping-",
          "gonet-carrier-");

  /**
   * Gonet's own threads that end when there is nothing to do and come back, one of each at most.
   */
  private static final Set<String> ONE_EACH =
      Set.of("gonet-timer", "gonet-sleeper", "gonet-poller", "gonet-watcher", "gonet-dropped");

  static Held now() {
    NetStats stats = Net.stats();
    return new Held(openDescriptors(), liveThreads(), stats.registered(), stats.armedTimers());
  }

  /** What is there now and was not before, one line each. */
  List<String> since(Held before) {
    List<String> left = new ArrayList<>();
    descriptors.forEach(
        (number, target) -> {
          if (!target.equals(before.descriptors.get(number))) {
            left.add("descriptor " + number + " -> " + target);
          }
        });
    for (Thread thread : threads) {
      if (!before.threads.contains(thread) && !isTheOnlyOne(thread)) {
        left.add("thread " + thread + " " + thread.getState());
      }
    }
    if (registered > before.registered) {
      left.add("registrations: " + registered + ", before " + before.registered);
    }
    if (armedTimers > before.armedTimers) {
      left.add("armed timers: " + armedTimers + ", before " + before.armedTimers);
    }
    return left;
  }

  private static Map<Integer, String> openDescriptors() {
    Map<Integer, String> open = new TreeMap<>();
    if (!Files.isDirectory(FDS)) {
      return open;
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(FDS)) {
      for (Path entry : entries) {
        try {
          String target = Files.readSymbolicLink(entry).toString();
          if (!isOfTheRuntime(target)) {
            open.put(Integer.valueOf(entry.getFileName().toString()), target);
          }
        } catch (IOException e) {
          // Closed in the meantime, as the one is that lists the directory.
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return open;
  }

  private boolean isTheOnlyOne(Thread thread) {
    String name = thread.getName();
    return ONE_EACH.contains(name)
        && threads.stream().filter(t -> t.getName().equals(name)).count() == 1;
  }

  /** Files that class loading opens and keeps. */
  private static boolean isOfTheRuntime(String target) {
    return target.endsWith(".jar")
        || target.startsWith("/dev/")
        || target.startsWith("/proc/")
        || target.startsWith(System.getProperty("java.home", "?"));
  }

  private static Set<Thread> liveThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> NOT_OURS.stream().noneMatch(thread.getName()::startsWith))
        .collect(Collectors.toSet());
  }
}
