package gonet.test.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The annotations {@code Proves} of all modules, read from the sources. */
final class Proofs {
  /** The formatter puts an annotation of a class or of a method at the beginning of a line. */
  private static final Pattern ANNOTATION =
      Pattern.compile("^ *@Proves\\(([^)]*)\\)", Pattern.MULTILINE);

  private static final Pattern ID = Pattern.compile("\"([^\"]*)\"");

  /** From the beginning of a line, because a word may stand in a text of another annotation. */
  private static final Pattern ANNOTATED =
      Pattern.compile(
          "^ *(?:\\w+ )*(?:(?:class|interface) (\\w+)|void (\\w+)\\()", Pattern.MULTILINE);

  private Proofs() {}

  /** A test, as {@code Class} or {@code Class.method}, to the ids that it carries. */
  static Map<String, Set<String>> carried() throws IOException {
    Map<String, Set<String>> carried = new TreeMap<>();
    for (Path file : Documents.sources()) {
      String name = file.getFileName().toString().replace(".java", "");
      String source = Files.readString(file);
      Matcher annotation = ANNOTATION.matcher(source);
      while (annotation.find()) {
        String test = annotated(name, source, annotation.end());
        Matcher id = ID.matcher(annotation.group(1));
        while (id.find()) {
          carried.computeIfAbsent(test, t -> new TreeSet<>()).add(id.group(1));
        }
      }
    }
    return carried;
  }

  private static String annotated(String file, String source, int from) {
    Matcher m = ANNOTATED.matcher(source);
    if (!m.find(from)) {
      return file + ".?";
    }
    return m.group(1) != null ? m.group(1) : file + "." + m.group(2);
  }
}
