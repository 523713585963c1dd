package gonet.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command that started this JVM: options, class path, main class and arguments. proc(5). */
final class OwnCommand {
  private OwnCommand() {}

  static List<String> read() throws IOException {
    // ProcessHandle.Info reads no more than a page of it.
    List<String> words = split(Files.readString(Path.of("/proc/self/cmdline"), UTF_8));
    if (words.isEmpty()) {
      throw new ClusterException("this process has no command line to start workers with", null);
    }
    return of(java(), words);
  }

  private static String java() {
    return ProcessHandle.current()
        .info()
        .command()
        .orElseGet(() -> Path.of(System.getProperty("java.home"), "bin", "java").toString());
  }

  /** Without the options of a debugger, whose port is in use. */
  static List<String> of(String java, List<String> words) {
    List<String> command = new ArrayList<>();
    command.add(java);
    for (String each : words.subList(1, words.size())) {
      if (!each.startsWith("-agentlib:jdwp") && !each.startsWith("-Xrunjdwp")) {
        command.add(each);
      }
    }
    return List.copyOf(command);
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
