package gonet.server;

import gonet.NetAddr;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a connection of a {@link Server} is doing. A snapshot for people, made by {@link
 * ServerConn#dump}; immutable and safe for any thread.
 *
 * @since 0.1
 */
public final class ConnDump {
  private final long id;
  private final NetAddr local;
  private final NetAddr remote;
  private final ServerConn.Phase phase;
  private final Duration age;
  private final long bytesRead;
  private final long bytesWritten;
  private final @Nullable Duration readDeadlineIn;
  private final @Nullable Duration writeDeadlineIn;
  private final @Nullable String thread;
  private final String waits;

  ConnDump(
      long id,
      NetAddr local,
      NetAddr remote,
      ServerConn.Phase phase,
      Duration age,
      long bytesRead,
      long bytesWritten,
      @Nullable Duration readDeadlineIn,
      @Nullable Duration writeDeadlineIn,
      @Nullable String thread,
      String waits) {
    this.id = id;
    this.local = local;
    this.remote = remote;
    this.phase = phase;
    this.age = age;
    this.bytesRead = bytesRead;
    this.bytesWritten = bytesWritten;
    this.readDeadlineIn = readDeadlineIn;
    this.writeDeadlineIn = writeDeadlineIn;
    this.thread = thread;
    this.waits = waits;
  }

  /** Its number: {@link ServerConn#id}. */
  public long id() {
    return id;
  }

  /** The address it came in at. */
  public NetAddr local() {
    return local;
  }

  /** Where it came from. */
  public NetAddr remote() {
    return remote;
  }

  /** What happens with it. */
  public ServerConn.Phase phase() {
    return phase;
  }

  /** Since when it is open. */
  public Duration age() {
    return age;
  }

  /** Bytes read so far. */
  public long bytesRead() {
    return bytesRead;
  }

  /** Bytes written so far. */
  public long bytesWritten() {
    return bytesWritten;
  }

  /** How long reads may wait yet; negative if that has passed, null without a deadline. */
  public @Nullable Duration readDeadlineIn() {
    return readDeadlineIn;
  }

  /** The same for writes. */
  public @Nullable Duration writeDeadlineIn() {
    return writeDeadlineIn;
  }

  /** The name of its handler's thread; null while it has none. */
  public @Nullable String thread() {
    return thread;
  }

  /**
   * What the netpoller knows: for each direction whether the kernel is known to have nothing
   * ({@code empty}), something ({@code ready}), neither ({@code unknown}), or which thread is
   * parked on it; empty for a connection that is not of the system.
   */
  public String waits() {
    return waits;
  }

  /** One line. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(200);
    text.append(id).append(' ').append(local).append(" <- ").append(remote).append(' ');
    text.append(phase).append(", age ").append(age);
    text.append(", read ").append(bytesRead).append(", written ").append(bytesWritten);
    if (readDeadlineIn != null) {
      text.append(", read deadline in ").append(readDeadlineIn);
    }
    if (writeDeadlineIn != null) {
      text.append(", write deadline in ").append(writeDeadlineIn);
    }
    if (thread != null) {
      text.append(", thread \"").append(thread).append('"');
    }
    return text.append(waits.isEmpty() ? "" : ", " + waits).toString();
  }
}
