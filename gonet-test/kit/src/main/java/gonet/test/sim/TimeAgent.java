package gonet.test.sim;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.lang.instrument.UnmodifiableClassException;
import java.lang.invoke.MethodHandles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.ProtectionDomain;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.jspecify.annotations.Nullable;

/**
 * An agent of this process itself, which has calls of the clock ask a simulation. Without it {@link
 * Thread#sleep} and all timed waits of java.util.concurrent would look at the real clock after each
 * wait, and wait again.
 *
 * <p>{@code System.nanoTime()}, {@code System.currentTimeMillis()} and what {@link java.time.Clock}
 * asks become calls of a helper, {@code java.lang.GonetSimClock}, in the JDK's classes that wait
 * for threads and in all classes that are not the JDK's. On a thread that no simulation runs the
 * helper answers the truth. It stands in java.base, because the JDK's own classes see no other
 * place.
 *
 * <p>Once changed, classes stay so; a thread outside of a simulation pays a few nanoseconds for a
 * look at its carrier.
 */
public final class TimeAgent {
  private static final ClassDesc HELPER = ClassDesc.of("java.lang.GonetSimClock");
  private static final ClassDesc SYSTEM = ClassDesc.of("java.lang.System");
  private static final ClassDesc VM = ClassDesc.of("jdk.internal.misc.VM");
  private static final ClassDesc SUPPLIER = ClassDesc.of("java.util.function.LongSupplier");
  private static final MethodTypeDesc TO_LONG = MethodTypeDesc.of(ConstantDescs.CD_long);
  private static final MethodTypeDesc LONG_TO_LONG =
      MethodTypeDesc.of(ConstantDescs.CD_long, ConstantDescs.CD_long);

  private static final String LOCAL_RANDOM = "java/util/concurrent/ThreadLocalRandom";

  private static final String NANOS = "nanoTime";
  private static final String MILLIS = "currentTimeMillis";
  private static final String ADJUSTMENT = "getNanoTimeAdjustment";

  /**
   * Of the JDK, these ask the clock on behalf of a thread that waits, or of one that asks. No
   * regular expressions here: their classes may be those that are just being loaded.
   */
  private static final String[] JDK_WAITERS = {
    "java/lang/VirtualThread",
    "java/lang/Thread",
    "java/util/concurrent/",
    "java/util/Timer",
    "java/util/Date",
    "java/util/Calendar",
    "java/time/",
    "java/lang/ref/",
  };

  /** Their clocks are those of their own threads. */
  private static final String[] REAL = {
    "java/util/concurrent/ForkJoinPool",
    "java/util/concurrent/DelayScheduler",
    "gonet/test/sim/RealTime",
    "java/lang/GonetSimClock",
    "org/junit/",
    "org/apache/maven/",
  };

  private static final String[] JDK = {"java/", "jdk/", "sun/", "com/sun/", "javax/"};

  /** Null until the agent was loaded. Written once, by the JVM's own thread. */
  private static volatile @Nullable Instrumentation instrumentation;

  private TimeAgent() {}

  /** The JVM calls this. */
  public static void agentmain(String options, Instrumentation given) {
    instrumentation = given;
  }

  /** As {@link #agentmain}, for {@code -javaagent}. */
  public static void premain(String options, Instrumentation given) {
    instrumentation = given;
  }

  /**
   * Loads the agent into this process, opens java.lang to this module, and changes classes.
   *
   * @throws IllegalStateException if the JVM does not let it, with the flags that help
   */
  static void install(LongSupplier nanos, LongSupplier wallNanos) {
    try {
      if (instrumentation == null) {
        loadItself();
      }
      Instrumentation given = instrumentation;
      if (given == null) {
        throw new IllegalStateException("the agent was loaded and not called");
      }
      given.redefineModule(
          Object.class.getModule(),
          Set.of(),
          Map.of(),
          Map.of("java.lang", Set.of(TimeAgent.class.getModule())),
          Set.of(),
          Map.of());
      defineHelper(nanos, wallNanos);
      given.addTransformer(new Redirect(), true);
      retransform(given, loaded(given));
    } catch (IOException | ReflectiveOperationException | UnmodifiableClassException e) {
      throw new IllegalStateException("a simulation cannot have its clock here: " + e, e);
    }
  }

  private static void loadItself() throws IOException {
    Path jar = Files.createTempFile("gonet-sim", ".jar");
    try {
      writeJar(jar);
      com.sun.tools.attach.VirtualMachine vm =
          com.sun.tools.attach.VirtualMachine.attach(Long.toString(ProcessHandle.current().pid()));
      try {
        vm.loadAgent(jar.toString());
      } finally {
        vm.detach();
      }
    } catch (IOException
        | com.sun.tools.attach.AttachNotSupportedException
        | com.sun.tools.attach.AgentLoadException
        | com.sun.tools.attach.AgentInitializationException e) {
      throw new IllegalStateException(
          "a simulation needs an agent in its own JVM: start java with"
              + " -Djdk.attach.allowAttachSelf=true -XX:+EnableDynamicAgentLoading",
          e);
    } finally {
      Files.deleteIfExists(jar);
    }
  }

  /** The class itself comes from the class path; the jar only names it. */
  private static void writeJar(Path jar) throws IOException {
    Manifest manifest = new Manifest();
    Attributes main = manifest.getMainAttributes();
    main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    main.putValue("Agent-Class", TimeAgent.class.getName());
    main.putValue("Can-Retransform-Classes", "true");
    main.putValue("Can-Redefine-Classes", "true");
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream empty = new JarOutputStream(out, manifest)) {
      empty.finish();
    }
  }

  private static void defineHelper(LongSupplier nanos, LongSupplier wallNanos)
      throws ReflectiveOperationException {
    byte[] bytes =
        ClassFile.of()
            .build(
                HELPER,
                b ->
                    b.withFlags(ClassFile.ACC_PUBLIC)
                        .withField("nanos", SUPPLIER, ClassFile.ACC_PUBLIC | ClassFile.ACC_STATIC)
                        .withField("wall", SUPPLIER, ClassFile.ACC_PUBLIC | ClassFile.ACC_STATIC)
                        .withMethodBody(
                            NANOS,
                            TO_LONG,
                            ClassFile.ACC_PUBLIC | ClassFile.ACC_STATIC,
                            c -> ask(c, "nanos").lreturn())
                        .withMethodBody(
                            MILLIS,
                            TO_LONG,
                            ClassFile.ACC_PUBLIC | ClassFile.ACC_STATIC,
                            c -> ask(c, "wall").loadConstant(1_000_000L).ldiv().lreturn())
                        .withMethodBody(
                            ADJUSTMENT,
                            LONG_TO_LONG,
                            ClassFile.ACC_PUBLIC | ClassFile.ACC_STATIC,
                            c ->
                                ask(c, "wall")
                                    .lload(0)
                                    .loadConstant(1_000_000_000L)
                                    .lmul()
                                    .lsub()
                                    .lreturn()));
    Class<?> helper =
        MethodHandles.privateLookupIn(Thread.class, MethodHandles.lookup()).defineClass(bytes);
    helper.getField("nanos").set(null, nanos);
    helper.getField("wall").set(null, wallNanos);
  }

  private static CodeBuilder ask(CodeBuilder code, String field) {
    return code.getstatic(HELPER, field, SUPPLIER).invokeinterface(SUPPLIER, "getAsLong", TO_LONG);
  }

  private static Class<?>[] loaded(Instrumentation given) {
    List<Class<?>> classes = new ArrayList<>();
    for (Class<?> each : given.getAllLoadedClasses()) {
      if (!each.isArray()
          && !each.isHidden()
          && given.isModifiableClass(each)
          && changes(each.getName().replace('.', '/'))) {
        classes.add(each);
      }
    }
    return classes.toArray(Class<?>[]::new);
  }

  /**
   * The JVM refuses all classes for the sake of one that it cannot link, such as an appender whose
   * library nobody has, or whose initializer failed. Nothing runs in that one: it stays as it is.
   */
  private static void retransform(Instrumentation given, Class<?>[] classes)
      throws UnmodifiableClassException {
    try {
      given.retransformClasses(classes);
    } catch (InternalError | NoClassDefFoundError e) {
      if (classes.length > 1) {
        int half = classes.length / 2;
        retransform(given, Arrays.copyOf(classes, half));
        retransform(given, Arrays.copyOfRange(classes, half, classes.length));
      } else if (classes.length == 0 || classes[0].getClassLoader() == null) {
        throw e;
      }
    }
  }

  private static boolean changes(String name) {
    if (startsWith(name, REAL)) {
      return false;
    }
    return !startsWith(name, JDK) || startsWith(name, JDK_WAITERS);
  }

  private static boolean startsWith(String name, String[] prefixes) {
    for (String each : prefixes) {
      if (name.startsWith(each)) {
        return true;
      }
    }
    return false;
  }

  private static final class Redirect implements ClassFileTransformer {
    @Override
    public byte @Nullable [] transform(
        @Nullable Module module,
        @Nullable ClassLoader loader,
        @Nullable String name,
        @Nullable Class<?> redefined,
        @Nullable ProtectionDomain domain,
        byte[] bytes) {
      if (name == null || !changes(name)) {
        return null;
      }
      String text = new String(bytes, ISO_8859_1);
      boolean random = name.equals(LOCAL_RANDOM);
      if (!random
          && !text.contains(NANOS)
          && !text.contains(MILLIS)
          && !text.contains(ADJUSTMENT)) {
        return null;
      }
      ClassFile format = format(loader);
      return format.transformClass(
          format.parse(bytes),
          ClassTransform.transformingMethodBodies(random ? Redirect::forget : Redirect::redirect));
    }

    /**
     * Reads files of classes where frames are computed. The usual way loads these classes, and may
     * come to the very one that is just being loaded.
     */
    private static ClassFile format(@Nullable ClassLoader loader) {
      if (loader == null) {
        return ClassFile.of();
      }
      return ClassFile.of(
          ClassFile.ClassHierarchyResolverOption.of(
              ClassHierarchyResolver.ofResourceParsing(loader)
                  .orElse(ClassHierarchyResolver.defaultResolver())));
    }

    /**
     * Takes the number of the thread, which counts for the whole process, out of its randomness.
     */
    private static void forget(CodeBuilder code, CodeElement element) {
      if (element instanceof InvokeInstruction call
          && call.name().stringValue().equals("threadId")) {
        code.pop().lconst_0();
        return;
      }
      code.with(element);
    }

    private static void redirect(CodeBuilder code, CodeElement element) {
      if (element instanceof InvokeInstruction call && call.opcode() == Opcode.INVOKESTATIC) {
        ClassDesc owner = call.owner().asSymbol();
        String method = call.name().stringValue();
        if (owner.equals(SYSTEM) && (method.equals(NANOS) || method.equals(MILLIS))) {
          code.invokestatic(HELPER, method, TO_LONG);
          return;
        }
        if (owner.equals(VM) && method.equals(ADJUSTMENT)) {
          code.invokestatic(HELPER, method, LONG_TO_LONG);
          return;
        }
      }
      code.with(element);
    }
  }
}
