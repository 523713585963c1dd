package gonet.test.docs;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The rows of docs/feature-table.md. */
final class FeatureTable {
  static final String FILE = "docs/feature-table.md";
  static final String REQUIREMENTS = "Requirements";
  static final String SYSTEMS = "Systems that the requirements name";

  /** A class, or one of its members, as the table writes them. */
  static final Pattern CODE = Pattern.compile("`([A-Za-z]\\w*)(?:\\.([a-zA-Z]\\w*))?`");

  /** The reason of a cell that names no test, or none for a part. */
  static final Pattern UNPROVED = Pattern.compile("(?:^|; )(not yet|out:|out until)");

  private FeatureTable() {}

  /**
   * @param section the heading of level two it stands under
   */
  record Row(String section, List<String> cells) {
    String id() {
      return cells.getFirst();
    }

    String proof() {
      return cells.getLast();
    }

    /** What proves it, each as {@code Class} or {@code Class.method}. */
    List<String> tests() {
      List<String> tests = new ArrayList<>();
      Matcher m = CODE.matcher(UNPROVED.split(proof(), 2)[0]);
      while (m.find()) {
        tests.add(m.group().replace("`", ""));
      }
      return tests;
    }
  }

  static List<Row> rows() throws IOException {
    List<Row> rows = new ArrayList<>();
    String section = "";
    String previous = "";
    for (String line : Documents.read(FILE).lines().toList()) {
      if (line.startsWith("## ")) {
        section = line.substring(3);
      }
      // The line above a row is a row or the ruler; above the ruler stands the head.
      if (line.startsWith("| ") && previous.startsWith("|")) {
        rows.add(new Row(section, cells(line)));
      }
      previous = line;
    }
    return rows;
  }

  private static List<String> cells(String line) {
    return Stream.of(line.substring(1, line.lastIndexOf('|')).split("\\|", -1))
        .map(String::strip)
        .toList();
  }
}
