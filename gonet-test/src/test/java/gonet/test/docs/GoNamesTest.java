package gonet.test.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every exported name of Go's packages stands in the feature table, with what gonet has. */
class GoNamesTest {
  private static final String HEADING = "### Go's names, one by one\n";
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");
  private static final Pattern MEMBER = Pattern.compile("([A-Z]\\w+)(?:\\.([a-zA-Z]\\w*))?");

  /** Between the names of Go and what stands in their place. */
  private static final String DASH = " – ";

  /** Types of the JDK. */
  private static final List<String> NOT_OURS = List.of("ByteBuffer");

  /** The lines below the heading of a package. */
  private static List<String> lines(String goPackage) throws IOException {
    String table = Documents.read(FeatureTable.FILE);
    String names = table.substring(table.indexOf(HEADING)).split("\n## ", 2)[0];
    String below = names.split("#### `" + goPackage + "`\n", 2)[1].split("#### ", 2)[0];
    return below.lines().filter(line -> line.startsWith("- ")).toList();
  }

  private static List<String> code(String text) {
    return CODE.matcher(text).results().map(m -> m.group(1)).toList();
  }

  /** As {@code go doc -all} lists them. The resource has them in this order. */
  @ParameterizedTest
  @CsvSource({"net, go-net.txt", "net/netip, go-netip.txt"})
  void everyNameOfThePackageStandsInTheTableOnce(String goPackage, String resource)
      throws Exception {
    List<String> stand = new ArrayList<>();
    for (String line : lines(goPackage)) {
      String type = "";
      for (String name : code(line.split(DASH, 2)[0])) {
        type = name.startsWith(".") ? type : name.split("\\.")[0];
        stand.add(name.startsWith(".") ? type + name : name);
      }
    }
    List<String> wanted;
    try (InputStream in = Objects.requireNonNull(GoNamesTest.class.getResourceAsStream(resource))) {
      wanted = new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().sorted().toList();
    }
    assertEquals(String.join("\n", wanted), String.join("\n", stand.stream().sorted().toList()));
  }

  @Test
  void whatStandsInTheirPlaceExists() throws Exception {
    Map<String, String> sources = Documents.sourceTexts();
    List<String> missing = new ArrayList<>();
    int seen = 0;
    for (String goPackage : List.of("net", "net/netip")) {
      for (String line : lines(goPackage)) {
        for (String name : code(line.split(DASH, 2)[1])) {
          Matcher m = MEMBER.matcher(name);
          if (!m.matches() || NOT_OURS.contains(name)) {
            continue;
          }
          seen++;
          String source = sources.get(m.group(1));
          String member = m.group(2);
          if (source == null
              || (member != null
                  && !Pattern.compile("\\b" + member + "\\b").matcher(source).find())) {
            missing.add(name);
          }
        }
      }
    }
    assertEquals(List.of(), missing);
    assertTrue(seen > 150, "only " + seen + " names were looked at");
  }

  @Test
  void nothingThatGoHasIsStillToCome() throws Exception {
    String table = Documents.read(FeatureTable.FILE);
    String go = table.substring(table.indexOf("\n## Go's `net`"), table.indexOf("\n## Node's"));
    assertEquals(List.of(), go.lines().filter(line -> line.contains("not yet")).toList());
  }
}
