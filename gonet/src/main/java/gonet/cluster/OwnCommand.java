package gonet.cluster;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The command that started this JVM: options, class path, main class and arguments. proc(5). */
final class OwnCommand {

  /**
   * Beginnings of options that open a port, which one process can have: a worker would not start.
   */
  private static final List<String> OF_ONE_PROCESS =
      List.of(
          "-agentlib:jdwp",
          "-Xrunjdwp",
          "-Dcom.sun.management.jmxremote.port=",
          "-Dcom.sun.management.jmxremote.rmi.port=",
          "-Dcom.sun.management.config.file=");

  private static final String DELETED = " (deleted)";

  /** Where JVMs find further options: JVMTI's, the launcher's, HotSpot's. */
  private static final List<String> VARIABLES =
      List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS");

  /** What stands between spaces, or in quotes. Possessive, so that long ones need no stack. */
  private static final Pattern WORD = Pattern.compile("(?:[^\\s\"']++|\"[^\"]*+\"|'[^']*+')++");

  private OwnCommand() {}

  static List<String> read() throws IOException {
    // ProcessHandle.Info reads no more than a page of it.
    byte[] cmdline = Files.readAllBytes(Path.of("/proc/self/cmdline"));
    // As ProcessBuilder encodes it again.
    List<String> words = split(decode(cmdline, System.getProperty("sun.jnu.encoding", "UTF-8")));
    if (words.isEmpty()) {
      throw new ClusterException("this process has no command line to start workers with", null);
    }
    return of(java(), words);
  }

  private static String java() {
    return java(ProcessHandle.current().info().command().orElse(null));
  }

  /**
   * @param running what runs, if that is known; proc(5) adds a word to the path of a file that was
   *     replaced since, as by an upgrade, and the new one is what is wanted
   */
  static String java(@Nullable String running) {
    if (running == null) {
      return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }
    boolean replaced = running.endsWith(DELETED) && !Files.exists(Path.of(running));
    return replaced ? running.substring(0, running.length() - DELETED.length()) : running;
  }

  /** Refuses what would reach a worker as something else, such as a folder in the locale C. */
  static String decode(byte[] cmdline, String encoding) throws ClusterException {
    Charset charset = Charset.forName(encoding);
    String text = new String(cmdline, charset);
    if (!Arrays.equals(cmdline, text.getBytes(charset))) {
      throw new ClusterException(
          "the command of this process has characters that its locale, of "
              + encoding
              + ", cannot pass to workers: start it with LC_ALL=C.UTF-8, or say a command",
          null);
    }
    return text;
  }

  /** Without the options of a debugger and of remote management, whose ports are in use. */
  static List<String> of(String java, List<String> words) {
    List<String> command = new ArrayList<>();
    command.add(java);
    for (String each : words.subList(1, words.size())) {
      if (!isOfOneProcess(each)) {
        command.add(each);
      }
    }
    return List.copyOf(command);
  }

  private static boolean isOfOneProcess(String word) {
    return OF_ONE_PROCESS.stream().anyMatch(word::startsWith)
        || (word.startsWith("-agentpath:") && word.contains("jdwp"));
  }

  /** Takes the same options out of an environment. */
  static void clean(Map<String, String> env) {
    for (String name : VARIABLES) {
      String options = env.get(name);
      if (options != null && words(options).stream().anyMatch(OwnCommand::isOfOneProcessQuoted)) {
        List<String> left = new ArrayList<>(words(options));
        left.removeIf(OwnCommand::isOfOneProcessQuoted);
        env.put(name, String.join(" ", left));
      }
    }
  }

  private static List<String> words(String options) {
    return WORD.matcher(options).results().map(MatchResult::group).toList();
  }

  private static boolean isOfOneProcessQuoted(String word) {
    return isOfOneProcess(word.replace("\"", "").replace("'", ""));
  }

  /** Each word ends with a NUL. */
  static List<String> split(String cmdline) {
    if (cmdline.isEmpty()) {
      return List.of();
    }
    String words = cmdline.endsWith("\0") ? cmdline.substring(0, cmdline.length() - 1) : cmdline;
    return List.of(words.split("\0", -1));
  }
}
