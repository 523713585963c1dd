package gonet.test;

import gonet.Net;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** The kind of thread that calls a connection: every promise holds for all. */
public enum Callers {
  PLATFORM,

  /** Virtual threads of gonet's own. */
  VIRTUAL,

  /** Virtual threads of the JDK's default scheduler, if made by one of those or a platform one. */
  STRANGER;

  /**
   * The kinds that differ: where gonet has no carriers of its own, its threads are the default
   * scheduler's.
   */
  public static List<Callers> kinds() {
    try {
      Net.listen("tcp", "127.0.0.1:0").close(); // so that there is a lane to ask for
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Net.stats().lane().equals("carrier")
        ? List.of(PLATFORM, VIRTUAL, STRANGER)
        : List.of(PLATFORM, VIRTUAL);
  }

  /** An unstarted thread of this kind, a daemon. */
  public Thread thread(String name, Runnable body) {
    return switch (this) {
      case PLATFORM -> Thread.ofPlatform().daemon().name(name).unstarted(body);
      case VIRTUAL -> {
        Thread thread = Net.threadFactory().newThread(body);
        thread.setName(name);
        yield thread;
      }
      case STRANGER -> Thread.ofVirtual().name(name).unstarted(body);
    };
  }
}
