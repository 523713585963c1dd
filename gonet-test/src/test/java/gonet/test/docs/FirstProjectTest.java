package gonet.test.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import gonet.Net;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The project of docs/first-project.md. {@code bin/release-check} builds and runs it; this one sees
 * sooner that it would not any more.
 */
class FirstProjectTest {
  private static final Pattern DEPENDENCY =
      Pattern.compile(
          "<artifactId>([^<]+)</artifactId>\\s*<version>([^<]+)</version>", Pattern.DOTALL);
  private static final Pattern PROPERTY = Pattern.compile("<([\\w.-]+)>([^<]+)</\\1>");

  @TempDir Path classes;

  @Test
  void itsModuleCompilesWithoutAWarning() throws Exception {
    Path sources = Documents.root().resolve("docs/first-project/src/main/java");
    Path gonet = Path.of(Net.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    StringWriter messages = new StringWriter();
    PrintWriter out = new PrintWriter(messages, true);
    int status =
        ToolProvider.findFirst("javac")
            .orElseThrow()
            .run(
                out,
                out,
                "-Xlint:all",
                "-Werror",
                "--module-path",
                gonet.toString(),
                "-d",
                classes.toString(),
                sources.resolve("module-info.java").toString(),
                sources.resolve("first/Main.java").toString());
    assertEquals(0, status, messages::toString);
  }

  @Test
  void itsVersionsAreThoseThatGonetIsBuiltWith() throws Exception {
    String build = Documents.read("pom.xml");
    Map<String, String> known = versions(build);
    Map<String, String> stated = versions(Documents.read("docs/first-project/pom.xml"));
    stated.remove("first"); // its own
    stated.remove("maven-jar-plugin"); // gonet's build has a reason of its own for an older one
    assertFalse(stated.isEmpty());
    for (Map.Entry<String, String> each : stated.entrySet()) {
      assertEquals(
          known.getOrDefault(each.getKey(), "(not in gonet's build)"),
          each.getValue(),
          each.getKey());
    }
    assertEquals(
        known.get("gonet-parent"),
        properties(Files.readString(Documents.root().resolve("docs/first-project/pom.xml")))
            .get("gonet.version"));
  }

  /** By artifact; a version that is a property is looked up. */
  private static Map<String, String> versions(String pom) {
    Map<String, String> properties = properties(pom);
    Map<String, String> versions = new TreeMap<>();
    Matcher m = DEPENDENCY.matcher(pom);
    while (m.find()) {
      String version = m.group(2);
      if (version.startsWith("${project.")) {
        continue;
      }
      if (version.startsWith("${")) {
        version = properties.get(version.substring(2, version.length() - 1));
      }
      // JUnit's own bill of materials has the version of all its parts.
      String artifact = m.group(1).equals("junit-bom") ? "junit-jupiter" : m.group(1);
      if (!artifact.equals("gonet-bom")) {
        versions.put(artifact, version);
      }
    }
    return versions;
  }

  private static Map<String, String> properties(String pom) {
    Map<String, String> properties = new TreeMap<>();
    Matcher m = PROPERTY.matcher(pom);
    while (m.find()) {
      properties.putIfAbsent(m.group(1), m.group(2));
    }
    return properties;
  }
}
