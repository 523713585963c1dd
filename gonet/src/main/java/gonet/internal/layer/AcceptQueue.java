package gonet.internal.layer;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A listener as somebody uses it who keeps each connection until its end: the connections are not
 * watched for being dropped. Any thread.
 *
 * @param <C> the kind of connection
 */
public interface AcceptQueue<C> {

  /** Waits for the next connection, as {@code Listener.accept} does. */
  C accept() throws IOException;

  /** A connection that stands in the queue already; null when there is none. Does not wait. */
  @Nullable C acceptQueued() throws IOException;
}
