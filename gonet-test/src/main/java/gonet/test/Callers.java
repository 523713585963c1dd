package gonet.test;

/** The kind of thread that calls a connection: every promise holds for both. */
public enum Callers {
  PLATFORM,

  /** Virtual threads of the JDK's default scheduler. */
  VIRTUAL;

  /** An unstarted thread of this kind, a daemon. */
  public Thread thread(String name, Runnable body) {
    return switch (this) {
      case PLATFORM -> Thread.ofPlatform().daemon().name(name).unstarted(body);
      case VIRTUAL -> Thread.ofVirtual().name(name).unstarted(body);
    };
  }
}
