package gonet.test.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the feature table promises is proved by tests that exist. */
class FeatureTableTest {
  private static final Pattern CODE = Pattern.compile("`([A-Za-z]\\w*)(?:\\.([a-zA-Z]\\w*))?`");

  /** The reason of a cell that names no test, or none for a part. */
  private static final Pattern UNPROVED = Pattern.compile("(?:^|; )(not yet|out:|out until)");

  /** A suite or a group of cases; what jcstress runs ends in neither. */
  private static final Pattern TEST_CLASS = Pattern.compile("\\w+(Test|Cases)");

  private static final String IDS = "Requirements";
  private static final String SYSTEMS = "Systems that the requirements name";

  private static final Pattern TEST = Pattern.compile("@(Test|ParameterizedTest|RepeatedTest)\\b");

  /** Types of the JDK. */
  private static final List<String> NOT_OURS =
      List.of("AutoCloseable", "Cleaner", "NetworkInterface", "Reader", "ByteBuffer");

  /** Class to source; of two with one name, both. */
  private static final Map<String, String> SOURCES = new HashMap<>();

  private static final List<Row> ROWS = new ArrayList<>();

  /**
   * @param section the heading of level two it stands under
   */
  private record Row(String section, List<String> cells) {
    String first() {
      return cells.getFirst();
    }

    String proof() {
      return cells.getLast();
    }
  }

  @BeforeAll
  static void read() throws IOException {
    for (Path file : Documents.sources()) {
      String name = file.getFileName().toString().replace(".java", "");
      SOURCES.merge(name, Files.readString(file), String::concat);
    }
    String section = "";
    String previous = "";
    for (String line : Documents.read("docs/feature-table.md").lines().toList()) {
      if (line.startsWith("## ")) {
        section = line.substring(3);
      }
      // The line above a row is a row or the ruler; above the ruler stands the head.
      if (line.startsWith("| ") && previous.startsWith("|")) {
        ROWS.add(new Row(section, cells(line)));
      }
      previous = line;
    }
  }

  private static List<String> cells(String line) {
    return Stream.of(line.substring(1, line.lastIndexOf('|')).split("\\|", -1))
        .map(String::strip)
        .toList();
  }

  @Test
  void everyRowIsWholeAndHasAProofOrSaysWhyNot() {
    List<String> bad = new ArrayList<>();
    for (Row row : ROWS) {
      int columns = row.section.equals(IDS) || row.section.equals(SYSTEMS) ? 4 : 3;
      boolean says = row.proof().startsWith("`") || UNPROVED.matcher(row.proof()).lookingAt();
      if (row.cells.size() != columns || row.first().isEmpty() || !says) {
        bad.add(row.cells.toString());
      }
    }
    assertEquals(List.of(), bad);
    assertTrue(ROWS.size() > 300, "only " + ROWS.size() + " rows were looked at");
  }

  @Test
  void everyTestItNamesExists() {
    List<String> missing = new ArrayList<>();
    int seen = 0;
    for (Row row : ROWS) {
      Matcher m = CODE.matcher(UNPROVED.split(row.proof(), 2)[0]);
      while (m.find()) {
        seen++;
        String source = SOURCES.get(m.group(1));
        if (source == null || !isTest(m.group(1), source) || !hasTest(source, m.group(2))) {
          missing.add(m.group());
        }
      }
    }
    assertEquals(List.of(), missing);
    assertTrue(seen > 300, "only " + seen + " names were looked at");
  }

  private static boolean isTest(String name, String source) {
    return TEST_CLASS.matcher(name).matches() || source.contains("@JCStressTest");
  }

  /** Whether a method of that name stands below an annotation that makes it a test. */
  private static boolean hasTest(String source, String method) {
    if (method == null) {
      return true;
    }
    Matcher m = Pattern.compile("\\bvoid " + method + "\\(").matcher(source);
    if (!m.find()) {
      return false;
    }
    String above = source.substring(0, m.start());
    Matcher annotations = TEST.matcher(above);
    int annotation = -1;
    while (annotations.find()) {
      annotation = annotations.start();
    }
    return annotation > above.lastIndexOf("void ");
  }

  @Test
  void everyMemberItNamesIsInTheClassBeforeTheDot() {
    List<String> missing = new ArrayList<>();
    for (Row row : ROWS) {
      for (String cell : row.cells.subList(1, row.cells.size() - 1)) {
        Matcher m = CODE.matcher(cell);
        while (m.find()) {
          if (Character.isUpperCase(m.group(1).charAt(0)) && !NOT_OURS.contains(m.group(1))) {
            String source = SOURCES.get(m.group(1));
            if (source == null || (m.group(2) != null && !contains(source, m.group(2)))) {
              missing.add(m.group() + " of " + row.first());
            }
          }
        }
      }
    }
    assertEquals(List.of(), missing);
  }

  private static boolean contains(String source, String word) {
    return Pattern.compile("\\b" + word + "\\b").matcher(source).find();
  }

  @Test
  void everyRequirementStandsInItExactlyOnce() {
    List<String> wanted =
        Stream.of(ids("A", 36), ids("B", 62), ids("C", 21), Stream.of("C8′"), ids("D", 17))
            .flatMap(ids -> ids)
            .sorted()
            .toList();
    assertEquals(wanted, firsts(IDS).sorted().toList());
    assertEquals(ids("", 19).toList(), firsts(SYSTEMS).toList());
  }

  private static Stream<String> ids(String letter, int last) {
    return IntStream.rangeClosed(1, last).mapToObj(i -> letter + i);
  }

  private static Stream<String> firsts(String section) {
    return ROWS.stream().filter(row -> row.section.equals(section)).map(Row::first);
  }
}
