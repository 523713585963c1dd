package gonet.admin;

import com.sun.management.HotSpotDiagnosticMXBean;
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
import java.util.stream.Stream;

/**
 * All threads, virtual ones included, grouped by their stacks: a thousand that wait in one place
 * are one entry. Needs the module jdk.management; apart from {@link AdminPages}, which does not.
 */
final class ThreadReport {
  /** Frames that an entry shows: the deepest ones of a handler are of interest, not all. */
  private static final int FRAMES = 16;

  private static final int NAMES = 3;

  private record Place(String state, List<String> frames) {}

  private ThreadReport() {}

  static AdminResponse answer() throws IOException {
    Path dir = Files.createTempDirectory("gonet-threads");
    Path file = dir.resolve("dump");
    try {
      ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
          .dumpThreads(file.toString(), HotSpotDiagnosticMXBean.ThreadDumpFormat.TEXT_PLAIN);
      try (Stream<String> lines = Files.lines(file)) {
        return AdminResponse.text(200, grouped(lines));
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
