package gonet.server;

import gonet.NetAddr;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a connection of a {@link Server} is doing; a snapshot for people, {@link ServerConn#dump}.
 *
 * @param id its number
 * @param local the address it came in at
 * @param remote where it came from
 * @param phase what happens with it
 * @param age since when it is open
 * @param bytesRead bytes read so far
 * @param bytesWritten bytes written so far
 * @param readDeadlineIn how long reads may wait yet; negative if that has passed, null without a
 *     deadline
 * @param writeDeadlineIn the same for writes
 * @param thread the name of its handler's thread; null while it has none
 * @param waits what the netpoller knows: for each direction whether the kernel is known to have
 *     nothing ({@code empty}), something ({@code ready}), neither ({@code unknown}), or which
 *     thread is parked on it; empty for a connection that is not of the system
 */
public record ConnDump(
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
