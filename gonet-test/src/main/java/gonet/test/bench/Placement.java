package gonet.test.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Which cores server and load run on. */
enum Placement {
  /** The server alone on core 0, the load on core 1. */
  SPLIT,
  /** Both on all cores. */
  FREE;

  private static final String SERVER_CORE = "0";

  List<String> server(List<String> command) {
    return pinned(SERVER_CORE, command);
  }

  List<String> load(List<String> command) {
    return pinned("1", command);
  }

  /** Moves a server there that was started on all cores, with all its threads. */
  void move(long pid) throws IOException, InterruptedException {
    if (this == FREE) {
      return;
    }
    Process taskset =
        new ProcessBuilder("taskset", "-a", "-c", "-p", SERVER_CORE, "" + pid)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (taskset.waitFor() != 0) {
      throw new IOException("taskset could not move the server");
    }
  }

  private List<String> pinned(String core, List<String> command) {
    if (this == FREE) {
      return command;
    }
    List<String> pinned = new ArrayList<>(List.of("taskset", "-c", core));
    pinned.addAll(command);
    return pinned;
  }
}
