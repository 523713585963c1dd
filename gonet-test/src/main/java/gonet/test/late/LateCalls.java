package gonet.test.late;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.instruction.ReturnInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.ProtectionDomain;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.jspecify.annotations.Nullable;

/**
 * An agent that lets calls of gonet return some milliseconds after they have had their effect: a
 * write after the peer may have the bytes, a close after the peer may see the end. A machine that
 * is busy does the same, now and then. {@code bin/late} runs the tests with it.
 *
 * <p>A delay comes at random, and for so few calls of those that follow each other closely that a
 * test of many calls is slowed down by half at most.
 */
public final class LateCalls {
  private static final Set<String> CLASSES =
      Set.of(
          "gonet/DatagramConn",
          "gonet/Dialer",
          "gonet/PipeConn",
          "gonet/SocketConn",
          "gonet/SocketListener",
          "gonet/TcpConn",
          "gonet/TcpListener",
          "gonet/UdpConn",
          "gonet/UnixConn",
          "gonet/UnixListener",
          "gonet/UnixgramConn",
          "gonet/server/AcceptLoop",
          "gonet/server/CountingConn",
          "gonet/server/ServerConn",
          "gonet/tls/TlsConn");

  private static final Set<String> METHODS =
      Set.of(
          "abort",
          "accept",
          "close",
          "closeRead",
          "closeWrite",
          "dial",
          "pause",
          "read",
          "readFrom",
          "readFully",
          "receive",
          "resume",
          "send",
          "write",
          "writeTo");

  /** Of 4 calls this many are delayed, as long as there are tokens. */
  private static final int OF_FOUR = 3;

  private static final int MAX_MILLIS = 15;
  private static final int MAX_TOKENS = 40;
  private static final long NANOS_FOR_TOKEN = 12_000_000;

  private static final ClassDesc SELF = ClassDesc.of(LateCalls.class.getName());
  private static final MethodTypeDesc TO_NOTHING = MethodTypeDesc.of(ConstantDescs.CD_void);

  private static final AtomicLong DELAYS = new AtomicLong();

  // Guarded by the monitor of the class.
  private static long tokens = MAX_TOKENS;
  private static long filledAt = System.nanoTime();

  private LateCalls() {}

  /** The JVM calls this, for {@code -javaagent}. */
  public static void premain(@Nullable String options, Instrumentation given) {
    given.addTransformer(new Delays());
  }

  /**
   * Writes a jar with the agent, which not every test has on its class path. Argument: its path.
   */
  public static void main(String[] args) throws IOException {
    Manifest manifest = new Manifest();
    Attributes attributes = manifest.getMainAttributes();
    attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    attributes.putValue("Premain-Class", LateCalls.class.getName());
    try (OutputStream out = Files.newOutputStream(Path.of(args[0]));
        JarOutputStream jar = new JarOutputStream(out, manifest)) {
      for (Class<?> part : List.of(LateCalls.class, Delays.class)) {
        String name = part.getName().replace('.', '/') + ".class";
        try (InputStream in = part.getClassLoader().getResourceAsStream(name)) {
          if (in == null) {
            throw new IOException(name + " is missing");
          }
          jar.putNextEntry(new JarEntry(name));
          var _ = in.transferTo(jar);
        }
      }
    }
  }

  /** How many calls have been delayed. */
  public static long delays() {
    return DELAYS.get();
  }

  /** What is woven in, at the end of a call. Leaves interrupts as they are. */
  public static void delay() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    if (random.nextInt(4) >= OF_FOUR || Thread.currentThread().isInterrupted() || !takeToken()) {
      return;
    }
    DELAYS.incrementAndGet();
    try {
      Thread.sleep(random.nextInt(1, MAX_MILLIS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static synchronized boolean takeToken() {
    long now = System.nanoTime();
    long fresh = (now - filledAt) / NANOS_FOR_TOKEN;
    if (fresh > 0) {
      tokens = Math.min(MAX_TOKENS, tokens + fresh);
      filledAt = now;
    }
    if (tokens == 0) {
      return false;
    }
    tokens--;
    return true;
  }

  /** Weaves {@link #delay} into the ends of the calls. */
  private static final class Delays implements ClassFileTransformer {
    @Override
    public byte @Nullable [] transform(
        @Nullable ClassLoader loader,
        String name,
        @Nullable Class<?> redefined,
        @Nullable ProtectionDomain domain,
        byte[] bytes) {
      return CLASSES.contains(name) ? delayed(bytes) : null;
    }

    private static byte[] delayed(byte[] bytes) {
      // Frames stay as they are: what is woven in takes nothing and leaves nothing.
      ClassFile file =
          ClassFile.of(
              ClassHierarchyResolverOption.of(
                  ClassHierarchyResolver.ofResourceParsing(LateCalls.class.getClassLoader())
                      .orElse(ClassHierarchyResolver.defaultResolver())));
      return file.transformClass(
          file.parse(bytes),
          ClassTransform.transformingMethodBodies(
              method -> METHODS.contains(method.methodName().stringValue()),
              (code, element) -> {
                if (element instanceof ReturnInstruction) {
                  var _ = code.invokestatic(SELF, "delay", TO_NOTHING);
                }
                var _ = code.with(element);
              }));
    }
  }
}
