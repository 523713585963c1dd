package gonet.test.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The repository's documents and sources, found from the folder the tests run in. */
final class Documents {
  private static final Pattern FENCE =
      Pattern.compile("^```([^\\n]*)\\n(.*?)^```", Pattern.MULTILINE | Pattern.DOTALL);

  private Documents() {}

  static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("docs").resolve("architecture.md"))) {
      folder = folder.getParent();
    }
    return folder;
  }

  static String read(String name) throws IOException {
    return Files.readString(root().resolve(name));
  }

  static List<Path> all() throws IOException {
    List<Path> documents = new ArrayList<>();
    documents.add(root().resolve("README.md"));
    documents.add(root().resolve("CONTRIBUTING.md"));
    documents.add(root().resolve("SECURITY.md"));
    try (Stream<Path> files = Files.list(root().resolve("docs"))) {
      files.filter(f -> f.toString().endsWith(".md")).sorted().forEach(documents::add);
    }
    return documents;
  }

  /** The contents of the fenced blocks whose first line is {@code ```info}. */
  static List<String> blocks(String document, String info) {
    List<String> blocks = new ArrayList<>();
    Matcher m = FENCE.matcher(document);
    while (m.find()) {
      if (m.group(1).equals(info)) {
        blocks.add(m.group(2));
      }
    }
    return blocks;
  }

  static String withoutBlocks(String document) {
    return FENCE.matcher(document).replaceAll("");
  }

  /** What the Java sources say, by the simple name of their class; of namesakes together. */
  static Map<String, String> sourceTexts() throws IOException {
    Map<String, String> texts = new HashMap<>();
    for (Path file : sources()) {
      texts.merge(
          file.getFileName().toString().replace(".java", ""),
          Files.readString(file),
          String::concat);
    }
    return texts;
  }

  /** All Java sources, by the name of their class. */
  static List<Path> sources() throws IOException {
    return files(".java");
  }

  /** Those of all modules, and of the project that is an example. */
  static List<Path> poms() throws IOException {
    return files("/pom.xml");
  }

  private static List<Path> files(String end) throws IOException {
    try (Stream<Path> files = Files.walk(root())) {
      return files
          .filter(f -> f.toString().endsWith(end))
          .filter(f -> !f.toString().contains("/target/"))
          .toList();
    }
  }
}
