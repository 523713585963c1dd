package gonet.test.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The build compiles every block of Java that a document shows. */
class DocumentExamplesTest {

  @Test
  void everyBlockOfJavaStandsInASource() throws IOException {
    List<String> sources = new ArrayList<>();
    for (Path source : Documents.sources()) {
      sources.add(withoutSpace(Files.readString(source)));
    }
    List<String> strangers = new ArrayList<>();
    for (Path document : Documents.all()) {
      for (String block : Documents.blocks(Files.readString(document), "java")) {
        String code = withoutSpace(block);
        assertFalse(code.isEmpty(), document::toString);
        if (sources.stream().noneMatch(source -> source.contains(code))) {
          strangers.add(document.getFileName() + ":\n" + block);
        }
      }
    }
    assertEquals(List.of(), strangers);
  }

  /** A document has lines of its own length. */
  private static String withoutSpace(String code) {
    return code.replaceAll("\\s", "");
  }
}
