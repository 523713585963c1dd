package gonet.test.hard;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gonet.Net;
import gonet.test.machine.ChildJvm;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The wall clock jumps: somebody sets it, NTP steps it, a virtual machine wakes up. Whatever looks
 * at it twice to measure a time is wrong by the jump then. A deadline is given as a moment of the
 * wall clock, and so that is looked at once, when the deadline is set.
 */
class WallClockTest {
  private static final Set<String> WALL_CLOCKS =
      Set.of(
          "java/time/Instant.now",
          "java/time/LocalDateTime.now",
          "java/time/ZonedDateTime.now",
          "java/time/Clock.systemUTC",
          "java/time/Clock.systemDefaultZone",
          "java/lang/System.currentTimeMillis",
          "java/util/Date.<init>");

  /** TLS compares with the moment of a session, which JSSE takes from the same clock. */
  @Test
  void onlyWhatTakesAMomentFromTheUserLooksAtTheWallClock() throws Exception {
    assertEquals(
        List.of("gonet/internal/time/Durations", "gonet/tls/Handshake"), wallClockReaders());
  }

  private static List<String> wallClockReaders() throws IOException {
    Path location = ChildJvm.locationOf(Net.class);
    if (Files.isDirectory(location)) {
      return wallClockReaders(location);
    }
    try (FileSystem jar = FileSystems.newFileSystem(location)) {
      return wallClockReaders(jar.getPath("/"));
    }
  }

  private static List<String> wallClockReaders(Path root) throws IOException {
    Set<String> readers = new TreeSet<>();
    int classes = 0;
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        if (file.toString().endsWith(".class")) {
          classes++;
          ClassModel model = ClassFile.of().parse(Files.readAllBytes(file));
          for (PoolEntry entry : model.constantPool()) {
            if (entry instanceof MemberRefEntry member
                && WALL_CLOCKS.contains(
                    member.owner().asInternalName() + "." + member.name().stringValue())) {
              readers.add(model.thisClass().asInternalName());
            }
          }
        }
      }
    }
    if (classes < 50) {
      throw new IOException("only " + classes + " classes in " + root);
    }
    return List.copyOf(readers);
  }
}
