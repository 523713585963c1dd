package gonet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gonet.support.Proves;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.module.ModuleDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Compares what the exported packages offer with docs/api/gonet.api, so that no change of the
 * public API goes unseen in a review. After an intended change, {@code mvn test -pl gonet
 * -Dtest=ApiSignatureTest -Dgonet.api.update=true} writes the file anew.
 */
class ApiSignatureTest {

  private static final Path CLASSES = SourceFile.MODULE.resolve("target/classes");
  private static final Path EXPECTED = SourceFile.MODULE.resolve("../docs/api/gonet.api");

  @Test
  @Proves("A13")
  void thePublicApiIsTheOneWrittenDown() throws IOException {
    String actual = String.join("\n", signatures()) + "\n";
    if (Boolean.getBoolean("gonet.api.update")) {
      Files.createDirectories(EXPECTED.getParent());
      Files.writeString(EXPECTED, actual);
    }
    assertTrue(Files.exists(EXPECTED), "docs/api/gonet.api is missing; -Dgonet.api.update=true");
    assertEquals("", differences(Files.readString(EXPECTED), actual));
  }

  @Test
  void noInternalTypeLeaksIntoThePublicApi() throws IOException {
    assertEquals(
        List.of(), signatures().stream().filter(line -> line.contains("gonet.internal.")).toList());
  }

  /** Empty if equal, else the lines that went and came, and how to accept them. */
  private static String differences(String expected, String actual) {
    if (expected.equals(actual)) {
      return "";
    }
    List<String> before = expected.lines().toList();
    List<String> after = actual.lines().toList();
    List<String> report = new ArrayList<>();
    report.add("The public API changed. If that is meant, run with -Dgonet.api.update=true");
    before.stream().filter(line -> !after.contains(line)).forEach(line -> report.add("- " + line));
    after.stream().filter(line -> !before.contains(line)).forEach(line -> report.add("+ " + line));
    return String.join("\n", report);
  }

  private static List<String> signatures() throws IOException {
    // Type header to its members, both sorted, so that moving code changes nothing.
    Map<String, Set<String>> types = new TreeMap<>();
    List<String> names = exportedTypes();
    Set<String> hidden = new HashSet<>();
    String header = "";
    for (String line : javap(names)) {
      if (line.endsWith("{")) {
        String name = typeName(line);
        boolean visible = line.startsWith("public ") && !isInside(name, hidden);
        if (!visible) {
          hidden.add(name);
        }
        header = visible ? line : "";
        if (visible) {
          types.put(header, new TreeSet<>());
        }
      } else if (line.startsWith("  ") && !header.isEmpty()) {
        types.get(header).add(line);
      }
    }
    List<String> lines = new ArrayList<>();
    types.forEach(
        (type, members) -> {
          lines.add(type);
          lines.addAll(members);
          lines.add("}");
        });
    return lines;
  }

  /** Outer types first: {@code Outer} is a prefix of {@code Outer$Inner}. */
  private static List<String> exportedTypes() throws IOException {
    List<String> names = new ArrayList<>();
    for (ModuleDescriptor.Exports exports : ArchitectureTest.descriptor().exports()) {
      if (exports.isQualified()) {
        continue;
      }
      Path dir = CLASSES.resolve(exports.source().replace('.', '/'));
      try (Stream<Path> files = Files.list(dir)) {
        files
            .map(file -> file.getFileName().toString())
            .filter(file -> file.endsWith(".class") && !file.equals("package-info.class"))
            .map(file -> exports.source() + "." + file.substring(0, file.length() - 6))
            .forEach(names::add);
      }
    }
    names.sort(null);
    return names;
  }

  private static List<String> javap(List<String> names) {
    assumeTrue(ToolProvider.findFirst("javap").isPresent(), "this runtime has no javap");
    List<String> arguments =
        new ArrayList<>(List.of("-protected", "-constants", "-cp", CLASSES.toString()));
    arguments.addAll(names);
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int status =
        ToolProvider.findFirst("javap")
            .orElseThrow()
            .run(new PrintWriter(out), new PrintWriter(err), arguments.toArray(String[]::new));
    assertEquals(0, status, err::toString);
    return out.toString().lines().toList();
  }

  private static String typeName(String header) {
    for (String word : header.split("[ <]")) {
      if (word.startsWith("gonet.")) {
        return word;
      }
    }
    throw new AssertionError("no type in: " + header);
  }

  private static boolean isInside(String name, Set<String> hidden) {
    return hidden.stream().anyMatch(outer -> name.startsWith(outer + "$"));
  }
}
