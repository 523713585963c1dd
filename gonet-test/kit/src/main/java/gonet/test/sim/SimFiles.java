package gonet.test.sim;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The files of Unix sockets, in a folder of the run: real ones, with nobody behind them, because
 * gonet and programs look at the file that stands at a path. Which socket a file is says {@link
 * UnixNames}, by the file's key.
 *
 * <p>Each file is made among the others in a folder of its own and stays there, and its path is a
 * second link to it: so no key is given out twice in a run, however fast files come and go. Made
 * and used on the carrier, deleted when it has ended.
 */
final class SimFiles {
  private static final AtomicLong RUNS = new AtomicLong();

  /** No host's name. */
  private static final String INODES = "";

  private static final long MINUTE_MILLIS = 60_000;

  private @Nullable Path root;
  private final Map<String, Path> folders = new HashMap<>();
  private int made;

  /** The folder of a host. */
  Path folder(Host host) {
    return folder(host.name());
  }

  private Path folder(String name) {
    Path known = folders.get(name);
    if (known == null) {
      try {
        known = Files.createDirectory(root().resolve(Integer.toString(folders.size())));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      folders.put(name, known);
    }
    return known;
  }

  private Path root() throws IOException {
    Path known = root;
    while (known == null) {
      String name = "gonet-sim-" + ProcessHandle.current().pid() + "-" + RUNS.incrementAndGet();
      try {
        known =
            Files.createDirectory(
                Path.of(System.getProperty("java.io.tmpdir"), name),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        root = known;
      } catch (FileAlreadyExistsException e) {
        // Of a process that had this number before.
      }
    }
    return known;
  }

  /** Makes the file of a socket; its key. */
  Object make(Path path) throws IOException {
    made++;
    Path inode = folder(INODES).resolve(Integer.toString(made));
    try (ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      ServerSocketChannel _ = channel.bind(UnixDomainSocketAddress.of(inode));
    }
    // Of two files that are made in one moment of real time, minutes of virtual time may lie
    // between; programs tell them apart by their times.
    Path _ = Files.setLastModifiedTime(inode, FileTime.fromMillis(made * MINUTE_MILLIS));
    Path _ = Files.createLink(path, inode);
    return key(path);
  }

  /** The key of the file at a path, behind links. */
  static Object key(Path path) throws IOException {
    Object key = Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    if (key == null) {
      throw new IOException("files have no keys here: " + path);
    }
    return key;
  }

  /** The user, or group, of the program: whose the folder is. */
  int owner(String attribute) {
    try {
      return (Integer) Files.getAttribute(root(), attribute, LinkOption.NOFOLLOW_LINKS);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Once the run is over. */
  void delete() {
    Path known = root;
    if (known == null) {
      return;
    }
    try (Stream<Path> all = Files.walk(known)) {
      List<Path> deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
      for (Path each : deepestFirst) {
        Files.deleteIfExists(each);
      }
    } catch (IOException | UncheckedIOException e) {
      // A thread of a run that was given up still makes files: they stay.
    }
  }
}
