package gonet.test.bench;

import java.util.ArrayList;
import java.util.List;

/** Which cores server and load run on. */
enum Placement {
  /** The server alone on core 0, the load on core 1. */
  SPLIT,
  /** Both on all cores. */
  FREE;

  List<String> server(List<String> command) {
    return pinned("0", command);
  }

  List<String> load(List<String> command) {
    return pinned("1", command);
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
