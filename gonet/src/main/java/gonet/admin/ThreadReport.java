package gonet.admin;

import com.sun.management.HotSpotDiagnosticMXBean;
import gonet.internal.time.Daemons;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/**
 * All threads, virtual ones included, grouped by their stacks: a thousand that wait in one place
 * are one entry. Needs the module jdk.management; apart from {@link AdminPages}, which does not.
 *
 * <p>A dump of many threads takes seconds without ever waiting. On a virtual thread it would hold a
 * carrier all that time, and the program that it shows would stand still, so that it has a platform
 * thread. One at a time, since each needs memory and a processor.
 */
final class ThreadReport {
  /** Frames that an entry shows: the deepest ones of a handler are of interest, not all. */
  private static final int FRAMES = 16;

  private static final int NAMES = 3;

  private record Place(String state, List<String> frames) {}

  /** Tells all threads. */
  @FunctionalInterface
  interface Dump {
    String text() throws IOException;
  }

  private final Dump dump;
  private final AtomicBoolean dumps = new AtomicBoolean();

  ThreadReport() {
    this(ThreadReport::dumped);
  }

  ThreadReport(Dump dump) {
    this.dump = dump;
  }

  /**
   * What another thread finds. An interrupt, when the listener closes, ends the wait alone: the
   * dump goes on to its end.
   */
  AdminResponse answer() throws IOException, AdminRequest.Malformed, InterruptedException {
    if (!dumps.compareAndSet(false, true)) {
      throw new AdminRequest.Malformed(409, "threads are being shown already");
    }
    CompletableFuture<String> text = new CompletableFuture<>();
    boolean started = false;
    try {
      var _ = Daemons.start("gonet-admin-threads", () -> run(text));
      started = true;
    } catch (OutOfMemoryError e) {
      if (Daemons.isWantOfThreads(e)) {
        throw new IOException(e.getMessage(), e);
      }
      throw e;
    } finally {
      if (!started) {
        dumps.set(false);
      }
    }
    try {
      return AdminResponse.text(200, text.get());
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IOException failure -> throw failure;
        case RuntimeException failure -> throw failure;
        case Error failure -> throw failure;
        case null, default -> throw new IllegalStateException(e);
      }
    }
  }

  private void run(CompletableFuture<String> text) {
    String shown = null;
    Throwable failure = null;
    try {
      shown = dump.text();
    } catch (Throwable t) { // want of memory first of all: told to who waits
      failure = t;
    }
    dumps.set(false); // before anybody hears of the end, and asks again
    var _ = failure == null ? text.complete(shown) : text.completeExceptionally(failure);
  }

  private static String dumped() throws IOException {
    Path dir = Files.createTempDirectory("gonet-threads");
    Path file = dir.resolve("dump");
    try {
      ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
          .dumpThreads(file.toString(), HotSpotDiagnosticMXBean.ThreadDumpFormat.TEXT_PLAIN);
      try (Stream<String> lines = Files.lines(file)) {
        return grouped(lines);
      } catch (UncheckedIOException e) {
        throw e.getCause();
      }
    } finally {
      Files.deleteIfExists(file);
      Files.deleteIfExists(dir);
    }
  }

  /**
   * Groups what {@code HotSpotDiagnosticMXBean.dumpThreads} writes: for each thread a line {@code
   * #ID "NAME" [virtual] STATE TIME}, its frames, indented, and an empty line.
   */
  static String grouped(Stream<String> dump) {
    Map<Place, List<String>> places = new LinkedHashMap<>();
    String head = "";
    List<String> frames = new ArrayList<>();
    for (Iterator<String> lines = dump.iterator(); lines.hasNext(); ) {
      String line = lines.next();
      if (line.startsWith("#")) {
        add(places, head, frames);
        head = line;
        frames.clear();
      } else if (line.startsWith("    at ") && frames.size() < FRAMES) {
        frames.add(line.strip());
      }
    }
    add(places, head, frames);
    StringBuilder text = new StringBuilder();
    places.entrySet().stream()
        .sorted(Comparator.comparingInt((Map.Entry<Place, List<String>> e) -> -e.getValue().size()))
        .forEach(each -> write(text, each.getKey(), each.getValue()));
    return text.toString();
  }

  private static void add(Map<Place, List<String>> places, String head, List<String> frames) {
    if (!head.isEmpty()) {
      places
          .computeIfAbsent(new Place(state(head), List.copyOf(frames)), _ -> new ArrayList<>())
          .add(name(head));
    }
  }

  private static void write(StringBuilder text, Place place, List<String> names) {
    text.append(names.size()).append(names.size() == 1 ? " thread, " : " threads, ");
    text.append(place.state()).append(": ");
    text.append(String.join(", ", names.subList(0, Math.min(NAMES, names.size()))));
    text.append(names.size() > NAMES ? ", ...\n" : "\n");
    place.frames().forEach(frame -> text.append("    ").append(frame).append('\n'));
    text.append('\n');
  }

  private static String name(String head) {
    int first = head.indexOf('"');
    int last = head.lastIndexOf('"');
    return last > first ? head.substring(first, last + 1) : "\"\"";
  }

  /** {@code virtual WAITING}, for example. */
  private static String state(String head) {
    String rest = head.substring(head.lastIndexOf('"') + 1).strip();
    int time = rest.lastIndexOf(' ');
    return time < 0 ? rest : rest.substring(0, time);
  }
}
