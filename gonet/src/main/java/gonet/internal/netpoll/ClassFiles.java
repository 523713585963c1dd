package gonet.internal.netpoll;

import gonet.internal.backend.Unloading;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/**
 * Reads gonet's classes while they can be read. A class that cannot be loaded when it is first
 * needed stays broken for good (JVMS 5.4.3), and there are two reasons for that:
 *
 * <ul>
 *   <li>The process is out of descriptors, and the class lies in a folder, one file each: what
 *       closes a descriptor may be such a class, and then nothing is ever closed again. The JVM
 *       keeps a jar open.
 *   <li>A container has closed the loader that it had made for gonet, as {@link
 *       java.net.URLClassLoader#close} does, and gonet's threads end a while after that.
 * </ul>
 *
 * <p>So a program that is started from jars pays nothing here.
 */
final class ClassFiles {
  private static final String SUFFIX = ".class";
  private static final String ROOT = "gonet/";

  private ClassFiles() {}

  /** Loads what could be missing later, and initializes nothing. No failure matters now. */
  static void load() {
    try {
      Path place = place();
      if (place == null) {
        return;
      }
      if (Files.isDirectory(place)) {
        try (Stream<Path> files = Files.walk(place.resolve(ROOT))) {
          files
              .map(file -> place.relativize(file).toString().replace(File.separatorChar, '/'))
              .forEach(ClassFiles::load);
        }
      } else if (Unloading.possible()) {
        try (ZipFile jar = new ZipFile(place.toFile())) {
          jar.stream()
              .map(ZipEntry::getName)
              .filter(name -> name.startsWith(ROOT)) // a fat jar has others' classes, too
              .forEach(ClassFiles::load);
        }
      }
    } catch (IOException | RuntimeException e) {
      // Whoever needs the class will say what is wrong with it.
    }
  }

  private static @Nullable Path place() {
    CodeSource source = ClassFiles.class.getProtectionDomain().getCodeSource();
    if (source == null || source.getLocation() == null) {
      return null;
    }
    URI location = URI.create(source.getLocation().toExternalForm());
    return "file".equals(location.getScheme()) ? Path.of(location) : null;
  }

  private static void load(String file) {
    if (file.endsWith(SUFFIX) && !file.endsWith("-info" + SUFFIX)) {
      String name = file.substring(0, file.length() - SUFFIX.length());
      try {
        Class.forName(name.replace('/', '.'), false, ClassFiles.class.getClassLoader());
      } catch (ClassNotFoundException | LinkageError e) {
        // As above.
      }
    }
  }
}
