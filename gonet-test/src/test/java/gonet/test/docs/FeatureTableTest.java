package gonet.test.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.test.docs.FeatureTable.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the feature table promises is proved by tests that exist and say so. */
class FeatureTableTest {
  /** A suite or a group of cases; what jcstress runs ends in neither. */
  private static final Pattern TEST_CLASS = Pattern.compile("\\w+(Test|Cases)");

  /** Of a requirement or a system; of another row, words with hyphens between them. */
  private static final Pattern ID = Pattern.compile("[A-DS]\\d+′?|[a-z][a-z0-9]*(-[a-z0-9]+)*");

  private static final Pattern TEST = Pattern.compile("@(Test|ParameterizedTest|RepeatedTest)\\b");

  /** Types of the JDK. */
  private static final List<String> NOT_OURS =
      List.of("AutoCloseable", "Cleaner", "NetworkInterface", "Reader", "ByteBuffer");

  /** Class to source; of two with one name, both. */
  private static final Map<String, String> SOURCES = new HashMap<>();

  private static final List<Row> ROWS = new ArrayList<>();

  @BeforeAll
  static void read() throws IOException {
    for (Path file : Documents.sources()) {
      String name = file.getFileName().toString().replace(".java", "");
      SOURCES.merge(name, Files.readString(file), String::concat);
    }
    ROWS.addAll(FeatureTable.rows());
  }

  @Test
  void everyRowIsWholeAndHasAProofOrSaysWhyNot() {
    List<String> bad = new ArrayList<>();
    for (Row row : ROWS) {
      boolean says =
          row.proof().startsWith("`") || FeatureTable.UNPROVED.matcher(row.proof()).lookingAt();
      if (row.cells().size() != 4 || !ID.matcher(row.id()).matches() || !says) {
        bad.add(row.cells().toString());
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
      for (String test : row.tests()) {
        seen++;
        String[] parts = test.split("\\.");
        String source = SOURCES.get(parts[0]);
        boolean there = source != null && isTest(parts[0], source);
        if (!there || (parts.length > 1 && !hasTest(source, parts[1]))) {
          missing.add(test + " of row " + row.id());
        }
      }
    }
    assertEquals(List.of(), missing);
    assertTrue(seen > 300, "only " + seen + " names were looked at");
  }

  @Test
  void noTwoRowsHaveOneId() {
    Set<String> seen = new HashSet<>();
    assertEquals(List.of(), ROWS.stream().map(Row::id).filter(id -> !seen.add(id)).toList());
  }

  @Test
  void everyTestCarriesTheIdsOfTheRowsThatNameItAndNoOthers() throws IOException {
    Map<String, Set<String>> named = new TreeMap<>();
    for (Row row : ROWS) {
      row.tests().forEach(test -> named.computeIfAbsent(test, t -> new TreeSet<>()).add(row.id()));
    }
    Map<String, Set<String>> carried = Proofs.carried();
    List<String> wrong = new ArrayList<>();
    beyond(named, carried)
        .forEach(
            (test, ids) ->
                wrong.add(test + " lacks " + ids + ": add it, or mend the rows' proofs"));
    beyond(carried, named)
        .forEach(
            (test, ids) ->
                wrong.add(
                    "%s carries %s: name the test in %s, in rows of these ids, or take it out"
                        .formatted(test, ids, FeatureTable.FILE)));
    assertEquals("", String.join("\n", wrong));
  }

  /** What the one has and the other has not, as annotations. */
  private static Map<String, String> beyond(
      Map<String, Set<String>> one, Map<String, Set<String>> other) {
    Map<String, String> beyond = new TreeMap<>();
    one.forEach(
        (test, ids) -> {
          Set<String> left = new TreeSet<>(ids);
          left.removeAll(other.getOrDefault(test, Set.of()));
          if (!left.isEmpty()) {
            beyond.put(test, "@Proves(\"" + String.join("\", \"", left) + "\")");
          }
        });
    return beyond;
  }

  private static boolean isTest(String name, String source) {
    return TEST_CLASS.matcher(name).matches() || source.contains("@JCStressTest");
  }

  /** Whether a method of that name stands below an annotation that makes it a test. */
  private static boolean hasTest(String source, String method) {
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
      for (String cell : row.cells().subList(1, row.cells().size() - 1)) {
        Matcher m = FeatureTable.CODE.matcher(cell);
        while (m.find()) {
          if (Character.isUpperCase(m.group(1).charAt(0)) && !NOT_OURS.contains(m.group(1))) {
            String source = SOURCES.get(m.group(1));
            if (source == null || (m.group(2) != null && !contains(source, m.group(2)))) {
              missing.add(m.group() + " of " + row.id());
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
    assertEquals(wanted, firsts(FeatureTable.REQUIREMENTS).sorted().toList());
    assertEquals(ids("S", 19).toList(), firsts(FeatureTable.SYSTEMS).toList());
  }

  private static Stream<String> ids(String letter, int last) {
    return IntStream.rangeClosed(1, last).mapToObj(i -> letter + i);
  }

  private static Stream<String> firsts(String section) {
    return ROWS.stream().filter(row -> row.section().equals(section)).map(Row::id);
  }
}
