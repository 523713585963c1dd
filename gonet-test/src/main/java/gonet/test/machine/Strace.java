package gonet.test.machine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The system calls of a child JVM, seen by strace(1). */
public final class Strace {
  private static final Pattern CALL =
      Pattern.compile("^([\\d.]+) (\\w+)\\((.*)\\) += (-?\\d+|\\?) ?(\\w*).*$");

  /**
   * One call that has returned.
   *
   * @param thread who made it, as the kernel numbers threads
   * @param time seconds
   * @param name as in section 2 of the manual
   * @param arguments as strace prints them
   * @param result −1 for failures and for calls that never return
   * @param errno the symbol, empty for none
   */
  public record Call(
      int thread, double time, String name, String arguments, long result, String errno) {

    /** Whether the first argument is this descriptor. */
    public boolean concerns(int fd) {
      return arguments.equals("" + fd) || arguments.startsWith(fd + ",");
    }

    /** Whether this is an epoll_ctl(2) of that operation for that descriptor. */
    public boolean controls(String operation, int fd) {
      return name.equals("epoll_ctl") && arguments.contains(operation + ", " + fd + ",");
    }
  }

  private Strace() {}

  /** Whether strace is installed and may trace here. */
  public static boolean works() throws InterruptedException {
    try {
      return new ProcessBuilder("strace", "-o", "/dev/null", "true")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Starts {@code java} with the arguments under strace, its standard streams piped.
   *
   * @param folder empty; takes one file for each thread
   * @param calls what to trace, in strace's words: {@code network,close}
   */
  public static Process start(Path folder, String calls, List<String> arguments)
      throws IOException {
    // One file for each thread, so that no call is torn in two by another thread's.
    List<String> command =
        new ArrayList<>(List.of("strace", "-ff", "-ttt", "-o", folder.resolve("trace").toString()));
    command.addAll(List.of("-e", "trace=" + calls, ChildJvm.java().toString()));
    command.addAll(arguments);
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
  }

  /** The calls so far, of all threads, in the order of their beginnings. */
  public static List<Call> read(Path folder) throws IOException {
    List<Call> calls = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        String fileName = file.getFileName().toString();
        int thread = Integer.parseInt(fileName.substring(fileName.lastIndexOf('.') + 1));
        for (String line : Files.readAllLines(file, StandardCharsets.ISO_8859_1)) {
          Matcher m = CALL.matcher(line);
          if (m.matches()) {
            long result = m.group(4).equals("?") ? -1 : Long.parseLong(m.group(4));
            String errno = result < 0 ? m.group(5) : "";
            double time = Double.parseDouble(m.group(1));
            calls.add(new Call(thread, time, m.group(2), m.group(3), result, errno));
          }
        }
      }
    }
    calls.sort(Comparator.comparingDouble(Call::time));
    return calls;
  }
}
