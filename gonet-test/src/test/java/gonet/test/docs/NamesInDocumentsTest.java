package gonet.test.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the documents name exists. */
class NamesInDocumentsTest {
  private static final Pattern MEMBER = Pattern.compile("`([A-Z]\\w+)\\.([a-zA-Z]\\w+)[^`]*`");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)(#[^)]*)?\\)");

  /** Where a class of the JDK or of a test library stands before the dot. */
  private static final List<String> NOT_OURS =
      List.of("LockSupport", "InetAddress", "Selector", "Thread", "Socket", "ListenConfig.Control");

  @Test
  void everyMemberInBackticksIsInTheClassBeforeTheDot() throws IOException {
    Map<String, String> sources = Documents.sourceTexts();
    List<String> missing = new ArrayList<>();
    int seen = 0;
    for (String document :
        List.of(
            "docs/walkthrough.md",
            "docs/concurrency.md",
            "docs/start.md",
            "docs/glossary.md",
            "SECURITY.md")) {
      Matcher m = MEMBER.matcher(Documents.withoutBlocks(Documents.read(document)));
      while (m.find()) {
        if (NOT_OURS.contains(m.group(1))) {
          continue;
        }
        seen++;
        String source = sources.get(m.group(1));
        if (source == null || !Pattern.compile("\\b" + m.group(2) + "\\b").matcher(source).find()) {
          missing.add(document + ": " + m.group());
        }
      }
    }
    assertEquals(List.of(), missing);
    assertTrue(seen > 50, "only " + seen + " names were looked at");
  }

  @Test
  void everyRelativeLinkLeadsToAFile() throws IOException {
    List<String> broken = new ArrayList<>();
    for (Path document : Documents.all()) {
      Matcher m = LINK.matcher(Documents.withoutBlocks(Files.readString(document)));
      while (m.find()) {
        Path target = document.resolveSibling(m.group(1));
        if (!Files.exists(target)) {
          broken.add(document.getFileName() + ": " + m.group(1));
        }
      }
    }
    assertEquals(List.of(), broken);
  }
}
