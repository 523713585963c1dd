package gonet.server;

import java.util.List;
import java.util.Map;

/**
 * {@link ServerStats} for JMX. See {@link Server#registerMXBean}. The names of the methods are as
 * JMX wants them.
 *
 * @since 0.1
 */
public interface ServerMXBean {
  /** {@link Server#addrs}, as text. */
  List<String> getAddresses();

  /** {@link ServerStats#state}. */
  String getState();

  /** {@link ServerStats#open}. */
  int getOpen();

  /** {@link ServerStats#accepted}. */
  long getAccepted();

  /** {@link ServerStats#ended}. */
  long getEnded();

  /** {@link ServerStats#dropped}, by the names of the reasons. */
  Map<String, Long> getDropped();

  /** {@link ServerStats#failed}. */
  long getFailed();

  /** {@link ServerStats#idle}. */
  long getIdle();

  /** {@link ServerStats#bytesRead}. */
  long getBytesRead();

  /** {@link ServerStats#bytesWritten}. */
  long getBytesWritten();
}
