package gonet.test.sim;

import gonet.internal.backend.Errno;
import gonet.internal.backend.SyscallException;
import gonet.internal.backend.UnixName;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The Unix sockets of a machine by their names (unix(7)). A path is a file's, and the file says by
 * its key which socket it is, as an inode does; the file of a socket that is closed stays. An
 * abstract name goes with its socket. Confined to the carrier.
 */
final class UnixNames {
  /** gonet's lock of a path, whose name is made of it: the folder is another one in each run. */
  private static final String LOCK = "@gonet-listen-";

  private static final int LAST_FREE = 0xFFFFF;

  private final Machine machine;
  private final Map<Object, UnixSocket> byFile = new HashMap<>();
  private final Map<String, UnixSocket> byName = new HashMap<>();
  private int nextFree;

  UnixNames(Machine machine) {
    this.machine = machine;
  }

  /** bind(2). */
  void bind(UnixSocket socket, UnixName wanted) throws SyscallException {
    if (wanted.isPath()) {
      socket.fileKey = make(file(wanted));
      byFile.put(socket.fileKey, socket);
      socket.name = wanted;
      return;
    }
    UnixName name = wanted.text().isEmpty() ? free() : wanted;
    if (byName.putIfAbsent(name.text(), socket) != null) {
      throw new SyscallException("bind", Errno.EADDRINUSE);
    }
    socket.name = name;
  }

  /** What the kernel chooses: five digits. */
  private UnixName free() {
    for (; ; ) {
      nextFree = (nextFree + 1) & LAST_FREE;
      String text = String.format(Locale.ROOT, "@%05x", nextFree);
      if (!byName.containsKey(text)) {
        return new UnixName(text);
      }
    }
  }

  private Object make(Path file) throws SyscallException {
    try {
      return machine.sim().files().make(file);
    } catch (FileAlreadyExistsException e) {
      throw new SyscallException("bind", Errno.EADDRINUSE);
    } catch (IOException e) {
      throw new SyscallException("bind", errno(e, file));
    }
  }

  void forget(UnixSocket socket) {
    if (socket.fileKey != null) {
      byFile.remove(socket.fileKey, socket);
    } else {
      byName.remove(socket.name.text(), socket);
    }
  }

  /**
   * Who has this name.
   *
   * @return null if nobody has, behind a file or none
   * @throws SyscallException {@code connect}, if the path leads nowhere
   */
  @Nullable UnixSocket find(UnixName name) throws SyscallException {
    if (!name.isPath()) {
      return byName.get(name.text());
    }
    Path file = file(name);
    try {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      if (!Files.isWritable(file)) {
        throw new SyscallException("connect", Errno.EACCES);
      }
      return attributes.isOther() ? byFile.get(SimFiles.key(file)) : null;
    } catch (IOException e) {
      throw new SyscallException("connect", errno(e, file));
    }
  }

  private static int errno(IOException e, Path file) {
    if (e instanceof AccessDeniedException) {
      return Errno.EACCES;
    }
    Path above = file.getParent();
    while (above != null && !Files.exists(above)) {
      above = above.getParent();
    }
    if (above != null && !Files.isDirectory(above)) {
      return Errno.ENOTDIR;
    }
    return e instanceof NoSuchFileException ? Errno.ENOENT : Errno.EIO;
  }

  private Path file(UnixName name) {
    Path path = Path.of(name.text()).toAbsolutePath().normalize();
    if (!path.startsWith(folder())) {
      throw machine.sim().lacks("Unix sockets at paths that are not in Host.folder");
    }
    return path;
  }

  private Path folder() {
    return machine.host().folder();
  }

  /** As a log shows a name: the same in each run. */
  String shown(UnixName name) {
    String text = name.text();
    if (name.isPath()) {
      return text.replace(folder().toString(), "~");
    }
    return text.startsWith(LOCK) ? LOCK + "…" : text;
  }
}
