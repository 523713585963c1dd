package gonet.test.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Net;
import gonet.test.LeakCheck;
import java.io.File;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import org.apiguardian.api.API;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.commons.JUnitException;

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
  void itsTestCompilesWithoutAWarningWithTheTestKit() throws Exception {
    Path project = Documents.root().resolve("docs/first-project/src");
    StringWriter messages = new StringWriter();
    PrintWriter out = new PrintWriter(messages, true);
    int status =
        ToolProvider.findFirst("javac")
            .orElseThrow()
            .run(
                out,
                out,
                "-Xlint:all,-path", // manifests of other jars name jars that nobody needs
                "-Werror",
                "-proc:none",
                "-classpath",
                String.join(
                    File.pathSeparator,
                    place(Net.class),
                    place(LeakCheck.class),
                    place(Test.class),
                    place(JUnitException.class),
                    place(API.class)),
                "-d",
                classes.toString(),
                project.resolve("main/java/first/Main.java").toString(),
                project.resolve("test/java/first/MainTest.java").toString());
    assertEquals(0, status, messages::toString);
  }

  /** The jar or the folder that it was loaded from. */
  private static String place(Class<?> type) throws URISyntaxException {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
  }

  @Test
  void allThatIsPublishedHasItsVersionInTheBom() throws Exception {
    Set<String> published = new TreeSet<>();
    for (Path pom : Documents.poms()) {
      String text = Files.readString(pom);
      if (text.contains("<maven.deploy.skip>false<")) {
        String own = text.substring(text.indexOf("</parent>"));
        published.add(first("<artifactId>([^<]+)<", own));
      }
    }
    published.remove("gonet-bom");
    Set<String> listed = new TreeSet<>();
    String bom = Documents.read("gonet/bom/pom.xml");
    Matcher m =
        Pattern.compile("<artifactId>([^<]+)<")
            .matcher(bom.substring(bom.indexOf("<dependencyManagement>")));
    while (m.find()) {
      listed.add(m.group(1));
    }
    assertEquals(published, listed);
  }

  private static String first(String pattern, String text) {
    Matcher m = Pattern.compile(pattern).matcher(text);
    assertTrue(m.find(), pattern);
    return m.group(1);
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
