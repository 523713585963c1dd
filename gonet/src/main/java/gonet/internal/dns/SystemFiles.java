package gonet.internal.dns;

import gonet.internal.time.Clock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The files of the machine that say how names are looked up. Each is read when it is first needed,
 * looked at again when the last look is five seconds old, and read again if it has changed. One
 * that cannot be read any more stays as it was; one that never could be is empty.
 */
public final class SystemFiles {
  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final Watched<ResolvConf> resolvConf;
  private final Watched<HostsFile> hosts;
  private final Watched<NameSwitch> nameSwitch;
  private final Watched<String> ownName =
      new Watched<>(
          Path.of("/proc/sys/kernel/hostname"),
          lines -> lines.isEmpty() ? "" : lines.getFirst(),
          LOOK_NANOS);

  /** The files at these places. */
  public SystemFiles(Path resolvConf, Path hosts, Path nameSwitch) {
    this(resolvConf, hosts, nameSwitch, LOOK_NANOS);
  }

  /** For tests, which cannot wait for so long. */
  public SystemFiles(Path resolvConf, Path hosts, Path nameSwitch, long lookNanos) {
    this.resolvConf = new Watched<>(resolvConf, ResolvConf::parse, lookNanos);
    this.hosts = new Watched<>(hosts, HostsFile::parse, lookNanos);
    this.nameSwitch = new Watched<>(nameSwitch, NameSwitch::parse, lookNanos);
  }

  /** Those of this machine. */
  public static SystemFiles ofThisMachine() {
    return new SystemFiles(
        Path.of("/etc/resolv.conf"), Path.of("/etc/hosts"), Path.of("/etc/nsswitch.conf"));
  }

  /** What it says now. */
  public ResolvConf resolvConf() {
    ResolvConf known = resolvConf.known();
    return known == null || known.reloads() ? resolvConf.get() : known;
  }

  /** What it says now. */
  public HostsFile hosts() {
    return hosts.get();
  }

  /** What it says now. */
  public NameSwitch nameSwitch() {
    return nameSwitch.get();
  }

  /** What the machine calls itself; empty where that cannot be read. */
  String ownName() {
    return ownName.get();
  }

  /** One file. Fields are guarded by the monitor, which is held while the file is read. */
  private static final class Watched<T> {
    private final Path path;
    private final Function<List<String>, T> parser;
    private final long lookNanos;
    private volatile @Nullable T content;

    /** When it was looked at last, and the file as it was then. */
    private volatile long looked;

    private @Nullable String state;

    Watched(Path path, Function<List<String>, T> parser, long lookNanos) {
      this.path = path;
      this.parser = parser;
      this.lookNanos = lookNanos;
    }

    @Nullable T known() {
      return content;
    }

    T get() {
      T known = content;
      if (known != null && Clock.now() - looked < lookNanos) {
        return known;
      }
      return look();
    }

    private synchronized T look() {
      T known = content;
      if (known != null && Clock.now() - looked < lookNanos) {
        return known; // somebody else was faster
      }
      try {
        BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
        String is = now.lastModifiedTime() + " " + now.size() + " " + now.fileKey();
        if (known == null || !is.equals(state)) {
          // Every byte is a character in ISO 8859-1: a comment in some other encoding does no harm.
          known = parser.apply(Files.readAllLines(path, StandardCharsets.ISO_8859_1));
          state = is; // as it was before it was read: a change meanwhile is seen at the next look
        }
      } catch (IOException | SecurityException e) {
        known = known == null ? parser.apply(List.of()) : known;
      }
      content = known;
      looked = Clock.now();
      return known;
    }
  }
}
