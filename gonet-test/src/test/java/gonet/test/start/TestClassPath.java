package gonet.test.start;

import gonet.Net;
import gonet.test.machine.ChildJvm;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;

/** The least a program of this package needs: no logging library, so the JDK's own speaks. */
final class TestClassPath {
  private TestClassPath() {}

  static String get() {
    return String.join(File.pathSeparator, entries().map(Path::toString).toList());
  }

  /**
   * The same as jars, as programs are deployed; those that are folders here are made in a folder.
   */
  static String packed(Path folder) throws IOException {
    List<String> packed = new ArrayList<>();
    for (Path entry : entries().toList()) {
      Path jar = Files.isDirectory(entry) ? pack(entry, folder) : entry;
      packed.add(jar.toString());
    }
    return String.join(File.pathSeparator, packed);
  }

  private static Stream<Path> entries() {
    return Stream.of(ChildJvm.locationOf(Net.class), ChildJvm.locationOf(Programs.class));
  }

  private static Path pack(Path entry, Path folder) throws IOException {
    Path jar = Files.createTempFile(folder, "packed", ".jar");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
        Stream<Path> files = Files.walk(entry)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = entry.relativize(file).toString().replace(File.separatorChar, '/');
        out.putNextEntry(new ZipEntry(name));
        Files.copy(file, out);
      }
    }
    return jar;
  }
}
