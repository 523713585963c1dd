package gonet.test.hard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Net;
import gonet.test.machine.ChildJvm;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A class whose static initializer meets the end of a stack is broken for the life of the process
 * (JVMS 5.5). So no call of a connection may be the first to need one: a hostile client, whose
 * nesting makes a handler call gonet at the end of its stack, would end the service for all others.
 */
@Timeout(180)
class FirstUseTest {

  /**
   * Initialized on a stack of their own before their first use, which few programs come to, and
   * which costs some milliseconds each.
   */
  private static final Set<String> OWN_STEP =
      Set.of(
          "gonet.DnsResolver$1",
          "gonet.DnsResolver$Defaults",
          "gonet.Management",
          "gonet.StandardResolver$Chosen",
          "gonet.internal.flight.Events",
          "gonet.internal.lookup.AddrPolicy",
          "gonet.internal.lookup.LookupGroup$Threads",
          "gonet.internal.sys.Libc$Fcntl",
          "gonet.internal.sys.Libc$Ioctl",
          "gonet.internal.sys.Libc$Pipe2",
          "gonet.internal.sys.Libc$ReadPipe",
          "gonet.internal.sys.Libc$RecvDirect",
          "gonet.internal.sys.Libc$Recvfrom",
          "gonet.internal.sys.Libc$Recvmmsg",
          "gonet.internal.sys.Libc$SendDirect",
          "gonet.internal.sys.Libc$Sendmmsg",
          "gonet.internal.sys.Libc$Sendto",
          "gonet.internal.sys.Libc$Splice",
          "gonet.proxyproto.BinaryHeader",
          "gonet.proxyproto.ProxyProtocolException$Reason",
          "gonet.proxyproto.ProxyVersion",
          "gonet.proxyproto.TextHeader",
          "gonet.server.ServerManagement",
          "gonet.socket.ConnSocketImpl",
          "gonet.socket.NetSocketFactory$Default");

  /** As above, before the first lookup. */
  private static final String LOOKUPS = "gonet.internal.dns.";

  /** As above, before the first key pair or configuration. */
  private static final String TLS = "gonet.tls.";

  /** A listener of its own, each of whose answers begins at the beginning of a stack. */
  private static final String ADMIN = "gonet.admin.";

  /** A program's start and its last act, and threads of their own: no connection comes by. */
  private static final String GENERATIONS = "gonet.cluster.";

  /** Classes of the JDK's that connections may be the first to use, and why they may be. */
  private static final Map<String, String> HARMLESS =
      Map.of(
          "java.lang.invoke.",
          "the JDK makes one for each shape of a lambda, a program's included");

  /**
   * A line of the JVM's log about a class that has an initializer, on a thread that is none of
   * gonet's own: their stacks end nowhere near.
   */
  private static final Pattern INITIALIZED =
      Pattern.compile("Initializing '([^'+]+)[^']*' \\(.*by thread \"(?!gonet-)");

  @ParameterizedTest
  @EnumSource
  void theFirstCallOfAllMayMeetTheEndOfTheStack(FirstUses.Entry entry) throws Exception {
    try (Child child = Child.start(FirstUses.FirstOfAll.class, List.of(), entry.name())) {
      assertEquals("overflowed", child.hear());
      assertEquals(FirstUses.SERVED, child.hear());
      assertEquals("read 1", child.hear());
      assertEquals(0, child.awaitExit(), child::output);
    }
  }

  /**
   * One carrier as well: the JVM cannot unmount a virtual thread near the end of its stack, so what
   * it waits for must need none.
   */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theFirstCallOfEachKindMayMeetTheEndOfAHandlersStack(boolean oneCarrier) throws Exception {
    List<String> flags = oneCarrier ? Child.ONE_CARRIER : List.of();
    try (Child child = Child.start(FirstUses.Handlers.class, flags)) {
      for (FirstUses.Op op : FirstUses.Op.values()) {
        assertEquals(op + " overflowed", child.hear());
      }
      assertEquals(FirstUses.SERVED, child.hear());
      assertEquals(0, child.awaitExit(), child::output);
    }
  }

  @Test
  void noClassOfGonetsCanBeBrokenWhenAServerRuns() throws Exception {
    List<String> names = new ArrayList<>();
    for (String name : withInitializers()) {
      if (!OWN_STEP.contains(name)
          && !name.startsWith(LOOKUPS)
          && !name.startsWith(TLS)
          && !name.startsWith(GENERATIONS)
          && !name.startsWith(ADMIN)) {
        names.add(name);
      }
    }
    names.add(FirstUses.Victim.class.getName());
    try (Child child =
        Child.start(FirstUses.Sabotage.class, List.of(), names.toArray(String[]::new))) {
      List<String> broken = new ArrayList<>();
      String line = child.hear();
      while (!line.equals("all tried")) {
        broken.add(line.substring("broken ".length()));
        line = child.hear();
      }
      assertTrue(broken.remove(FirstUses.Victim.class.getName()), "the saboteur breaks nothing");
      broken.removeIf(FirstUseTest::isOfAnotherLane);
      assertEquals(List.of(), broken, "to be initialized before the first connection");
      assertEquals(FirstUses.SERVED, child.hear());
      assertEquals(0, child.awaitExit(), child::output);
    }
  }

  @Test
  void aConnectionIsTheFirstToUseNoClass() throws Exception {
    try (Child child =
        Child.start(FirstUses.Work.class, List.of("-Xlog:class+init=info:stdout:none"))) {
      assertEquals(0, child.awaitExit(), child::output);
      List<String> late = new ArrayList<>();
      boolean working = false;
      for (String line : child.output().lines().toList()) {
        working = working ? !line.equals(FirstUses.Work.END) : line.equals(FirstUses.Work.BEGIN);
        Matcher initialized = INITIALIZED.matcher(line);
        if (working && initialized.find()) {
          String name = initialized.group(1).replace('/', '.');
          if (!mayBeLate(name)) {
            late.add(line);
          }
        }
      }
      assertFalse(working, child::output);
      assertEquals("", String.join("\n", late), "initialized by a connection");
    }
  }

  private static boolean mayBeLate(String name) {
    return name.startsWith("gonet.test.") || HARMLESS.keySet().stream().anyMatch(name::startsWith);
  }

  /** Other backends and lanes than this JVM's are not needed here. */
  private static boolean isOfAnotherLane(String name) {
    boolean nio = System.getProperty("gonet.backend", "").equals("nio");
    boolean carrier = System.getProperty("gonet.lane", "").equals("carrier");
    return name.startsWith("gonet.internal.carrier.") && !carrier
        || name.startsWith("gonet.internal.nio.") && !nio
        || (name.startsWith("gonet.internal.epoll.") || name.startsWith("gonet.internal.sys."))
            && nio;
  }

  /** The names of all classes of gonet's that have a static initializer. */
  private static List<String> withInitializers() throws IOException {
    Path place = ChildJvm.locationOf(Net.class);
    if (Files.isDirectory(place)) {
      return withInitializers(place.resolve("gonet"));
    }
    try (FileSystem jar = FileSystems.newFileSystem(place)) {
      return withInitializers(jar.getPath("gonet"));
    }
  }

  private static List<String> withInitializers(Path folder) throws IOException {
    List<String> names = new ArrayList<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".class")).sorted().toList()) {
        ClassModel model = ClassFile.of().parse(Files.readAllBytes(file));
        if (model.methods().stream().anyMatch(m -> m.methodName().equalsString("<clinit>"))) {
          names.add(model.thisClass().asInternalName().replace('/', '.'));
        }
      }
    }
    return names;
  }
}
