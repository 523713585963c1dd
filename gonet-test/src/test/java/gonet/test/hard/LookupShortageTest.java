package gonet.test.hard;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gonet.DnsResolver;
import gonet.Net;
import gonet.TimeLimit;
import gonet.netip.Addr;
import gonet.test.Proves;
import gonet.test.dns.NameServer;
import java.io.FileInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** A lookup in a process that has no descriptor left: it waits for one, as long as it may. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "elsewhere the JVM looks names up")
@Timeout(180)
class LookupShortageTest {

  @Test
  @Proves("names-records")
  void aLookupWithoutDescriptorsFailsAtItsLimitAndGoesOnAsSoonAsThereAreSome() throws Exception {
    try (Child child = Child.startWithDescriptors(256, Lookups.class)) {
      assertEquals("with descriptors: 192.0.2.1", child.hear());
      assertEquals("without: socket: too many open files", child.hear());
      assertEquals("at the caller's limit: true", child.hear());
      assertEquals("waits", child.hear());
      assertEquals("after one was given back: 192.0.2.1", child.hear());
      assertEquals(0, child.awaitExit(), child::output);
    }
  }

  /** Looks a name up with descriptors, without any, and while one becomes free. */
  static final class Lookups {
    private Lookups() {}

    public static void main(String[] args) throws Exception {
      NameServer server =
          NameServer.start(
              "127.0.0.1", (q, out) -> out.send(q.reply().addr("192.0.2.1").soa(1).bytes()));
      NameServer gone = NameServer.start("127.0.0.1", (q, out) -> {});
      gone.close();
      DnsResolver names = DnsResolver.defaults().withServers(List.of(server.addr()));
      try { // so that the classes of a failure are there
        throw new IllegalStateException(
            "found " + names.withServers(List.of(gone.addr())).lookupHost("www.test"));
      } catch (IOException e) {
        Child.tell("with descriptors: " + host(names));
      }
      Deque<FileInputStream> all = takeAll();
      try {
        throw new IllegalStateException(
            "found " + names.withTries(Duration.ofMillis(500), 1).lookupHost("www.test"));
      } catch (IOException e) {
        Child.tell("without: " + e.getMessage().replaceFirst(".*(socket: )", "$1"));
      }
      try {
        throw new IllegalStateException(
            "found " + names.lookupHost("www.test", TimeLimit.after(Duration.ofMillis(500))));
      } catch (IOException e) {
        // The lookup ends with the lack, its caller with a timeout: either may come first.
        String why = e.getMessage();
        Child.tell(
            "at the caller's limit: "
                + (why.endsWith(": i/o timeout") || why.endsWith(": too many open files")));
      }
      FutureTask<String> lookup = new FutureTask<>(() -> host(names));
      Thread thread = Net.go(lookup::run);
      while (thread.getState() != Thread.State.TIMED_WAITING) {
        LockSupport.parkNanos(1_000_000);
      }
      Child.tell("waits");
      for (int i = 0; i < 5; i++) { // the poller may want one, too
        all.pop().close();
      }
      Child.tell("after one was given back: " + lookup.get());
      Runtime.getRuntime().halt(0);
    }

    private static String host(DnsResolver names) throws IOException {
      return String.join(", ", names.lookupHost("www.test").stream().map(Addr::toString).toList());
    }

    private static Deque<FileInputStream> takeAll() {
      Deque<FileInputStream> taken = new ArrayDeque<>();
      try {
        for (; ; ) {
          taken.push(new FileInputStream("/dev/null"));
        }
      } catch (IOException e) {
        return taken; // there are no more
      }
    }
  }
}
