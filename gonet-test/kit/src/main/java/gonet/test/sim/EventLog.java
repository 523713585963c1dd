package gonet.test.sim;

import org.jspecify.annotations.Nullable;

/** What happened, a line each, in order. Kept only where somebody will read it. */
final class EventLog {
  private final Time time;
  private final @Nullable StringBuilder text;
  private boolean ended;

  EventLog(Time time, boolean kept) {
    this.time = time;
    text = kept ? new StringBuilder(1 << 12) : null;
  }

  boolean kept() {
    return text != null && !ended;
  }

  /** What comes now is no part of it. */
  void end() {
    ended = true;
  }

  /** Adds a line. A caller for whom the text is dear asks {@link #kept} first. */
  void add(String who, String what) {
    if (text != null && !ended) {
      text.append(time.stamp()).append("  ").append(who).append("  ").append(what).append('\n');
    }
  }

  String text() {
    return text == null ? "" : text.toString();
  }
}
