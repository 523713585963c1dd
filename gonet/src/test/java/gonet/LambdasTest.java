package gonet;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * A call site of a lambda that meets the end of a stack when it is linked fails for the life of the
 * process, with a BootstrapMethodError (JVMS 5.4.3.6). So there is none where calls of users come
 * by; concatenated strings and switches over types are made by the same means.
 */
class LambdasTest {
  private static final Path CLASSES = SourceFile.MODULE.resolve("target/classes");

  /** Where nobody comes by whose stack may be at its end, or beginnings of names; and why. */
  private static final List<String> ELSEWHERE =
      List.of(
          "gonet.Management.", // once, from a program's start
          "gonet.NetThreads$TaskLog.", // the end of a thread, whose stack is empty by then
          "gonet.StandardResolver.choose", // once, before the first lookup, on a stack of its own
          "gonet.SystemResolver.<init>", // a resolver of a test's
          "gonet.admin.", // a listener of its own, whose questions each have a thread
          "gonet.cluster.", // a program's start, and threads of their own
          "gonet.internal.carrier.", // threads of gonet's own
          "gonet.DnsResolver.", // each lookup asks for room; the first walks on a stack of its own
          "gonet.internal.dns.",
          "gonet.internal.lookup.LookupGroup.waiting", // of tests
          "gonet.internal.netpoll.ClassFiles.",
          "gonet.internal.nio.NioReadiness.", // the poller
          "gonet.internal.epoll.EpollReadiness.replaceInner", // the poller
          "gonet.internal.poll.Dropped.start",
          "gonet.internal.poll.Poller.",
          "gonet.internal.poll.SharedLane.",
          "gonet.internal.poll.ThreadLane.",
          "gonet.internal.signal.", // a program's start, and threads of their own
          "gonet.internal.sys.FirstCalls.",
          "gonet.internal.sys.Link.",
          "gonet.internal.time.Timers.start",
          "gonet.live.",
          "gonet.server.",
          "gonet.tls.CipherSuites.", // once for a configuration, as the next
          "gonet.tls.Contexts.",
          "gonet.tls.Der",
          "gonet.tls.KeyMatch.",
          "gonet.tls.KeyReader.",
          "gonet.tls.PemBlock.",
          "gonet.tls.PrivateKeys.",
          "gonet.tls.TlsConfig",
          "gonet.tls.TlsKey",
          "gonet.wire.");

  @Test
  void noCallIsTheFirstToLinkALambda() throws IOException {
    TreeSet<String> wrong = new TreeSet<>();
    try (Stream<Path> files = Files.walk(CLASSES)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".class")).toList()) {
        ClassModel model = ClassFile.of().parse(file);
        for (MethodModel method : model.methods()) {
          String name =
              model.thisClass().asInternalName().replace('/', '.')
                  + "."
                  + method.methodName().stringValue();
          boolean elsewhere =
              name.endsWith(".<clinit>") || ELSEWHERE.stream().anyMatch(name::startsWith);
          if (!elsewhere && method.code().map(LambdasTest::linksWithoutRoom).orElse(false)) {
            wrong.add(name);
          }
        }
      }
    }
    assertEquals("", String.join("\n", wrong), "make a class of it");
  }

  private static boolean linksWithoutRoom(CodeModel code) {
    for (CodeElement element : code) {
      if (element instanceof InvokeInstruction call
          && call.owner().asInternalName().endsWith("/OwnStack")
          && call.name().equalsString("requireRoom")) {
        return false;
      }
      if (element instanceof InvokeDynamicInstruction site
          && !site.bootstrapMethod().owner().displayName().equals("ObjectMethods")) {
        return true; // a record's texts and hashes are for people who look for mistakes
      }
    }
    return false;
  }
}
