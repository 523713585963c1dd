package gonet.test.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;

/** What stands between marks in a test stands in docs/guide.md, letter by letter. */
final class GuideExamples {
  private static final String BEGIN = "  // example\n";
  private static final String END = "\n  // end of example";

  private GuideExamples() {}

  /** Holds that the guide shows all examples of a test, and that there are as many. */
  static void assertShown(Class<?> test, int count) throws IOException {
    String source =
        Documents.read(
            "gonet-test/src/test/java/gonet/test/docs/" + test.getSimpleName() + ".java");
    String shown = String.join("\n", Documents.blocks(Documents.read("docs/guide.md"), "java"));
    String[] parts = source.split(BEGIN);
    assertEquals(count, parts.length - 1);
    for (int i = 1; i < parts.length; i++) {
      String example = parts[i].substring(0, parts[i].indexOf(END)).stripTrailing().stripIndent();
      assertTrue(shown.contains(example), example);
    }
  }
}
