package gonet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Holds the layers of docs/architecture.md: what each package may know, and nothing more. */
class ArchitectureTest {

  private static final int MAX_LINES = 800;

  private static final Pattern ROW = Pattern.compile("\\| `(gonet[.\\w]*)` \\|.*\\|([^|]*)\\|");
  private static final Pattern NAME = Pattern.compile("`([.\\w]+)`");

  /**
   * Package to the packages of gonet it may name: the table of docs/architecture.md, where a
   * newcomer finds it too. A package that is absent there has no place.
   */
  private static final Map<String, Set<String>> MAY_USE = mayUse();

  private static Map<String, Set<String>> mayUse() {
    Map<String, Set<String>> table = new TreeMap<>();
    for (String line : document().lines().toList()) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        Set<String> used =
            NAME.matcher(row.group(2))
                .results()
                .map(name -> name.group(1))
                .map(name -> name.equals("gonet") ? name : "gonet." + name)
                .collect(Collectors.toCollection(TreeSet::new));
        table.put(row.group(1), used);
      }
    }
    return table;
  }

  private static String document() {
    try {
      return Files.readString(SourceFile.MODULE.resolve("../docs/architecture.md"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void arrowsPointDownOnly() {
    List<String> wrong = new ArrayList<>();
    for (SourceFile file : SourceFile.all()) {
      Set<String> allowed = MAY_USE.get(file.packageName());
      if (allowed == null) {
        wrong.add(file.path() + ": package " + file.packageName() + " has no place in the layers");
        continue;
      }
      for (String used : file.mentions()) {
        if (isOurs(used) && !allowed.contains(used)) {
          wrong.add(file.path() + ": must not know " + used);
        }
      }
    }
    assertNone(wrong);
  }

  /** What docs/architecture.md calls the contract between layers and the socket beneath them. */
  private static final Set<String> FOR_LAYERS =
      Set.of(
          "gonet.internal.layer.AcceptQueue",
          "gonet.internal.layer.Adoption",
          "gonet.internal.layer.CloseHook",
          "gonet.internal.layer.LateRead",
          "gonet.internal.layer.Passage",
          "gonet.internal.layer.Processes",
          "gonet.internal.layer.PromptClose",
          "gonet.internal.layer.Room",
          "gonet.internal.layer.SharedPath",
          "gonet.internal.layer.ThreadlessWait",
          "gonet.internal.management.Bean",
          "gonet.internal.poll.FD",
          "gonet.internal.poll.FDException",
          "gonet.internal.poll.ReadWait",
          "gonet.internal.signal.SignalShutdown",
          "gonet.internal.signal.Signals",
          "gonet.internal.time.Clock",
          "gonet.internal.time.Daemons",
          "gonet.internal.time.Durations",
          "gonet.internal.time.LogLimit",
          "gonet.internal.time.OwnStack",
          "gonet.internal.time.Pause");

  @Test
  void roomsAboveTheApiUseOfTheInternalsOnlyWhatLayersMayAskFor() {
    List<String> wrong = new ArrayList<>();
    for (SourceFile file : SourceFile.all()) {
      if (file.packageName().equals("gonet") || file.packageName().startsWith("gonet.internal.")) {
        continue;
      }
      for (String imported : file.imports()) {
        if (imported.startsWith("gonet.internal.") && !FOR_LAYERS.contains(imported)) {
          wrong.add(file.path() + ": " + imported + " is not for layers");
        }
      }
    }
    assertNone(wrong);
  }

  @Test
  void noTwoPackagesNeedEachOther() {
    assertEquals(List.of(), cycle(actualUses()));
  }

  @Test
  void onlyTheSyscallLayerTouchesForeignMemory() {
    assertNone(
        SourceFile.all().stream()
            .filter(file -> !file.packageName().equals("gonet.internal.sys"))
            .filter(file -> file.mentions().contains("java.lang.foreign"))
            .map(file -> file.path() + ": java.lang.foreign belongs to gonet.internal.sys")
            .toList());
  }

  @Test
  void nothingButTheJdkAndNullnessAnnotationsIsImported() {
    List<String> wrong = new ArrayList<>();
    for (SourceFile file : SourceFile.all()) {
      for (String used : file.mentions()) {
        boolean known =
            isOurs(used)
                || used.startsWith("java.")
                || used.startsWith("javax.")
                || used.startsWith("jdk.")
                || used.equals("com.sun.management") // the module jdk.management exports it
                || used.equals("org.jspecify.annotations");
        if (!known || used.startsWith("jdk.internal")) {
          wrong.add(file.path() + ": " + used + " is no part of the JDK's API");
        }
      }
    }
    assertNone(wrong);
  }

  @Test
  void everyPackageExplainsItself() {
    assertNone(
        SourceFile.all().stream()
            .map(file -> file.path().getParent())
            .distinct()
            .filter(dir -> !Files.exists(SourceFile.ROOT.resolve(dir).resolve("package-info.java")))
            .map(dir -> dir + ": no package-info.java")
            .toList());
  }

  @Test
  void everyPackageIsNullMarked() {
    assertNone(
        SourceFile.all().stream()
            .filter(file -> file.path().endsWith("package-info.java"))
            .filter(file -> !file.text().contains("\n@NullMarked\npackage "))
            .map(file -> file.path() + ": not @NullMarked, so NullAway looks away")
            .toList());
  }

  @Test
  void noFileOutgrowsItsReader() {
    assertNone(
        SourceFile.all().stream()
            .filter(file -> file.lines() > MAX_LINES)
            .map(file -> file.path() + ": " + file.lines() + " lines")
            .toList());
  }

  @Test
  void internalsAreNotExported() throws IOException {
    ModuleDescriptor module = descriptor();
    Set<String> exported =
        module.exports().stream()
            .map(ModuleDescriptor.Exports::source)
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(
        Set.of(
            "gonet",
            "gonet.admin",
            "gonet.cluster",
            "gonet.frame",
            "gonet.live",
            "gonet.netip",
            "gonet.proxyproto",
            "gonet.server",
            "gonet.socket",
            "gonet.tls",
            "gonet.wire"),
        exported);
    assertFalse(module.isOpen(), "an open module would hand out its internals");
    assertEquals(Set.of(), module.opens());
  }

  @Test
  void theReaderSeesImportsAndQualifiedNamesButNoComments() {
    SourceFile file =
        SourceFile.parse(
            Path.of("X.java"),
            """
            package gonet.netip; // gonet.internal.sys.Libc
            import static gonet.internal.poll.FD.x;
            import java.util.List;
            /** {@link gonet.internal.nio.NioBackend} */
            class X { String s = "gonet.internal.time.Clock"; gonet.Conn c; sun.misc.Unsafe u; }
            """);
    assertEquals("gonet.netip", file.packageName());
    assertEquals(Set.of("gonet", "gonet.internal.poll", "java.util", "sun.misc"), file.mentions());
  }

  @Test
  void theSearchForCyclesFindsOne() {
    Map<String, Set<String>> uses = Map.of("a", Set.of("b"), "b", Set.of("c"), "c", Set.of("b"));
    assertFalse(cycle(uses).isEmpty());
    assertTrue(cycle(Map.of("a", Set.of("b"), "b", Set.of("c"))).isEmpty());
  }

  static ModuleDescriptor descriptor() throws IOException {
    try (InputStream in =
        Files.newInputStream(SourceFile.MODULE.resolve("target/classes/module-info.class"))) {
      return ModuleDescriptor.read(in);
    }
  }

  private static Map<String, Set<String>> actualUses() {
    Map<String, Set<String>> uses = new TreeMap<>();
    for (SourceFile file : SourceFile.all()) {
      Set<String> used = uses.computeIfAbsent(file.packageName(), name -> new TreeSet<>());
      file.mentions().stream().filter(ArchitectureTest::isOurs).forEach(used::add);
    }
    return uses;
  }

  /** Takes away packages that use none of the rest, until nothing is left or nothing moves. */
  private static List<String> cycle(Map<String, Set<String>> uses) {
    Map<String, Set<String>> rest = new TreeMap<>(uses);
    while (rest.entrySet().removeIf(e -> e.getValue().stream().noneMatch(rest::containsKey))) {
      // Each round removes one layer.
    }
    return List.copyOf(rest.keySet());
  }

  private static boolean isOurs(String packageName) {
    return packageName.equals("gonet") || packageName.startsWith("gonet.");
  }

  private static void assertNone(List<String> wrong) {
    assertTrue(wrong.isEmpty(), () -> String.join("\n", wrong));
  }
}
