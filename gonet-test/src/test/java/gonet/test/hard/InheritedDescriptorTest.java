package gonet.test.hard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Dialer;
import gonet.ListenConfig;
import gonet.Net;
import gonet.TcpConn;
import gonet.TcpListener;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import gonet.test.machine.ProcFd;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * A child process inherits every descriptor that is not marked close-on-exec, and a connection
 * lives until the last copy of it is closed.
 */
@LeakCheck
class InheritedDescriptorTest {

  /** FD_CLOEXEC as /proc/PID/fdinfo shows it: O_CLOEXEC, proc(5). */
  private static final int O_CLOEXEC = 02000000;

  /** Of open(2) in the same place, on x86 and ARM. */
  private static final int O_NONBLOCK = 04000;

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "starts the command sleep")
  void aChildProcessDoesNotKeepAClosedConnectionOpen() throws Exception {
    try (TcpPair pair = TcpPair.connect()) {
      pair.server().setReadTimeout(Duration.ofSeconds(10));
      Process child = new ProcessBuilder("sleep", "30").start();
      try {
        pair.client().close();
        assertEquals(-1, pair.server().read(new byte[1]));
        assertTrue(child.isAlive());
      } finally {
        child.destroyForcibly().waitFor();
      }
    }
  }

  /** The JDK's launcher closes what it finds open; other ways to start a process do not. */
  @Test
  @Proves({"sys-flags", "sys-accept4", "uv-accept4", "D7", "D15"})
  @EnabledOnOs(value = OS.LINUX, disabledReason = "reads /proc/self/fdinfo")
  void everyDescriptorThatGonetOpensIsClosedOnExecAndItsSocketsDoNotBlock() throws Exception {
    try (Child child = Child.start(Opener.class, List.of())) {
      String backend = child.hear();
      int count = child.hearInt();
      String inherited = child.hear();
      if (backend.equals("epoll")) {
        // Two epoll instances, an eventfd, a listener and the two ends of a connection.
        assertTrue(count >= 6, () -> count + " descriptors");
        assertEquals("[]", inherited);
        assertEquals("3 sockets, of which block: []", child.hear());
      } // beneath the other backend it is the JDK that opens them
    }
  }

  /** Opens one of each kind and lists what a child would inherit. */
  static final class Opener {
    public static void main(String[] args) throws IOException {
      try (TcpListener listener = ListenConfig.defaults().listenTcp("tcp", "127.0.0.1:0");
          TcpConn client = Dialer.defaults().dialTcp("tcp", listener.addr());
          TcpConn server = listener.accept()) {
        client.write(new byte[1]);
        server.awaitReadable();
        Child.tell(Net.stats().backend());
        int count = 0;
        int sockets = 0;
        Set<String> inherited = new TreeSet<>();
        Set<String> blocking = new TreeSet<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
          for (Path entry : entries) {
            String number = entry.getFileName().toString();
            String target = linkTarget(entry);
            if (target.startsWith("socket:") || target.startsWith("anon_inode:")) {
              count++;
              int flags = ProcFd.flags(Integer.parseInt(number));
              if ((flags & O_CLOEXEC) == 0) {
                inherited.add(number + " " + target);
              }
              if (target.startsWith("socket:")) {
                sockets++;
                if ((flags & O_NONBLOCK) == 0) {
                  blocking.add(number);
                }
              }
            }
          }
        }
        Child.tell(count);
        Child.tell(inherited);
        Child.tell(sockets + " sockets, of which block: " + blocking);
      }
    }

    private static String linkTarget(Path entry) {
      try {
        return Files.readSymbolicLink(entry).toString();
      } catch (IOException closedMeanwhile) {
        return "";
      }
    }
  }
}
