package gonet.test;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What all threads are doing, virtual ones included: {@code jcmd Thread.dump_to_file} from inside.
 * JUnit's own dump shows platform threads only.
 */
public final class ThreadDump {
  private ThreadDump() {}

  /** The dump as text; a copy as JSON stays in a temporary file that the first line names. */
  public static String take() {
    try {
      Path dir = Files.createTempDirectory("gonet-threads");
      Path text = dir.resolve("threads.txt");
      Path json = dir.resolve("threads.json");
      var bean = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
      bean.dumpThreads(text.toString(), ThreadDumpFormat.TEXT_PLAIN);
      bean.dumpThreads(json.toString(), ThreadDumpFormat.JSON);
      return "(as JSON: " + json + ")\n" + Files.readString(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
