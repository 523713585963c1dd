package gonet.internal.dns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import gonet.support.Proves;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The machine's files are read again when they change. */
@Proves("names-records")
class SystemFilesTest {
  @TempDir private Path dir;
  private Path resolvConf;
  private Path hosts;
  private Path nameSwitch;

  @BeforeEach
  void name() {
    resolvConf = dir.resolve("resolv.conf");
    hosts = dir.resolve("hosts");
    nameSwitch = dir.resolve("nsswitch.conf");
  }

  private SystemFiles files(long lookNanos) {
    return new SystemFiles(resolvConf, hosts, nameSwitch, lookNanos);
  }

  /** With a time of its own, as a file system may count in seconds. */
  private static void write(Path file, int second, String text) throws IOException {
    Files.writeString(file, text);
    Files.setLastModifiedTime(file, FileTime.from(Instant.ofEpochSecond(second)));
  }

  @Test
  void aChangeIsSeenAtTheNextLook() throws IOException {
    write(resolvConf, 1, "nameserver 192.0.2.1");
    SystemFiles files = files(0);
    ResolvConf first = files.resolvConf();
    assertEquals("[192.0.2.1:53]", first.servers().toString());
    assertSame(first, files.resolvConf());
    write(resolvConf, 2, "nameserver 192.0.2.2");
    assertEquals("[192.0.2.2:53]", files.resolvConf().servers().toString());
  }

  @Test
  void thereAreNoLooksInBetween() throws IOException {
    write(hosts, 1, "192.0.2.1 a");
    SystemFiles files = files(Long.MAX_VALUE);
    assertNotNull(files.hosts().host("a"));
    write(hosts, 2, "192.0.2.1 b");
    assertNull(files.hosts().host("b"));
  }

  @Test
  void aFileMayForbidToBeReadAgain() throws IOException {
    write(resolvConf, 1, "nameserver 192.0.2.1\noptions no-reload");
    SystemFiles files = files(0);
    ResolvConf first = files.resolvConf();
    write(resolvConf, 2, "nameserver 192.0.2.2");
    assertSame(first, files.resolvConf());
  }

  @Test
  void aFileThatGoesStaysKnownAndOneThatComesIsRead() throws IOException {
    SystemFiles files = files(0);
    assertEquals("[127.0.0.1:53, [::1]:53]", files.resolvConf().servers().toString());
    assertNull(files.hosts().host("a"));
    assertEquals(NameSwitch.standard().order(), files.nameSwitch().order());
    write(hosts, 1, "192.0.2.1 a");
    write(nameSwitch, 1, "hosts: files");
    assertNotNull(files.hosts().host("a"));
    assertEquals(List.of(NameSwitch.Source.FILES), files.nameSwitch().order());
    Files.delete(hosts);
    assertNotNull(files.hosts().host("a"));
  }

  @Test
  void bytesOfAnyEncodingDoNoHarm() throws IOException {
    Files.write(
        hosts,
        new byte[] {
          '#', (byte) 0xff, (byte) 0xfe, '\n', '1', '.', '1', '.', '1', '.', '1', ' ', 'a'
        });
    assertNotNull(files(0).hosts().host("a"));
  }
}
