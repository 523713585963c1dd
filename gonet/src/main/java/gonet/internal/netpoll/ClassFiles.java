package gonet.internal.netpoll;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads gonet's classes while there are descriptors to read them with. A class that is first needed
 * when the process is out of descriptors, such as what closes one, stays broken for good (JVMS
 * 5.4.3), and then nothing is ever closed again.
 *
 * <p>Only classes in a folder have that trouble, one file each: the JVM keeps a jar open. So a
 * program that is deployed as jars pays nothing here.
 */
final class ClassFiles {
  private static final String SUFFIX = ".class";

  private ClassFiles() {}

  /** Loads what lies in a folder, and initializes nothing. No failure matters now. */
  static void load() {
    try {
      Path root = folder();
      if (root != null) {
        try (Stream<Path> files = Files.walk(root.resolve("gonet"))) {
          files.map(file -> root.relativize(file).toString()).forEach(ClassFiles::load);
        }
      }
    } catch (IOException | RuntimeException e) {
      // Whoever needs the class will say what is wrong with it.
    }
  }

  private static @Nullable Path folder() {
    CodeSource source = ClassFiles.class.getProtectionDomain().getCodeSource();
    if (source == null || source.getLocation() == null) {
      return null;
    }
    URI location = URI.create(source.getLocation().toExternalForm());
    if (!"file".equals(location.getScheme())) {
      return null;
    }
    Path path = Path.of(location);
    return Files.isDirectory(path) ? path : null;
  }

  private static void load(String file) {
    if (file.endsWith(SUFFIX) && !file.endsWith("-info" + SUFFIX)) {
      String name = file.substring(0, file.length() - SUFFIX.length());
      try {
        Class.forName(
            name.replace(File.separatorChar, '.'), false, ClassFiles.class.getClassLoader());
      } catch (ClassNotFoundException | LinkageError e) {
        // As above.
      }
    }
  }
}
