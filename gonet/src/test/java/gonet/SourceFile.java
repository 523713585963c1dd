package gonet;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** One Java file of the library, seen as text: its package, its length and what it mentions. */
record SourceFile(Path path, String packageName, String text, int lines, Set<String> mentions) {

  /** The module's folder: surefire sets it, an IDE starts there. */
  static final Path MODULE = Path.of(System.getProperty("basedir", ".")).toAbsolutePath();

  static final Path ROOT = MODULE.resolve("src/main/java");

  private static final Pattern NOT_CODE =
      Pattern.compile(
          "\"\"\".*?\"\"\"|\"(?:\\\\.|[^\"\\\\\n])*\"|'(?:\\\\.|[^'\\\\])+'|//[^\n]*|/\\*.*?\\*/",
          Pattern.DOTALL);

  private static final Pattern PACKAGE = Pattern.compile("\\bpackage\\s+([\\w.]+)\\s*;");

  private static final Pattern IMPORT =
      Pattern.compile("\\bimport\\s+(?:static\\s+)?([\\w.]+?\\.[A-Z]\\w*)");

  // A qualified name in an import or in the middle of code: lower-case parts, then a type or '*'.
  private static final Pattern QUALIFIED =
      Pattern.compile("(?<![\\w.])((?:[a-z]\\w*\\.)+)(?:[A-Z]\\w*|\\*)");

  static List<SourceFile> all() {
    try (Stream<Path> files = Files.walk(ROOT)) {
      return files
          .filter(path -> path.toString().endsWith(".java"))
          .filter(path -> !path.endsWith("module-info.java"))
          .sorted()
          .map(SourceFile::read)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static SourceFile read(Path path) {
    try {
      String text = Files.readString(path);
      return parse(ROOT.relativize(path), text);
    } catch (IOException e) {
      throw new UncheckedIOException(path.toString(), e);
    }
  }

  static SourceFile parse(Path path, String text) {
    String code = NOT_CODE.matcher(text).replaceAll(" ");
    Matcher declaration = PACKAGE.matcher(code);
    String packageName = declaration.find() ? declaration.group(1) : "";
    Set<String> mentions = new TreeSet<>();
    Matcher qualified = QUALIFIED.matcher(code);
    while (qualified.find()) {
      String prefix = qualified.group(1);
      String name = prefix.substring(0, prefix.length() - 1);
      // One part is a variable and its constant (x.MAX), except in "gonet.Conn".
      if (name.equals("gonet") || name.indexOf('.') > 0 && startsLikePackage(name)) {
        mentions.add(name);
      }
    }
    mentions.remove(packageName);
    return new SourceFile(
        path, packageName, text, (int) text.lines().count(), Set.copyOf(mentions));
  }

  /** The types it imports by name. */
  List<String> imports() {
    return IMPORT
        .matcher(NOT_CODE.matcher(text).replaceAll(" "))
        .results()
        .map(found -> found.group(1))
        .toList();
  }

  private static boolean startsLikePackage(String name) {
    return name.matches("(java|javax|jdk|sun|com|org|net|io|gonet)\\..*");
  }
}
