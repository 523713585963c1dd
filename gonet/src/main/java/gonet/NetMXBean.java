package gonet;

/**
 * {@link NetStats} for JMX, under the name {@value #NAME}. See {@link Net#registerMXBean}. The
 * names of the methods are as JMX wants them.
 *
 * @since 0.1
 */
public interface NetMXBean {
  /** The object name it is registered under. */
  String NAME = "gonet:type=Net";

  /** {@link NetStats#backend}. */
  String getBackend();

  /** {@link NetStats#lane}. */
  String getLane();

  /** {@link NetStats#registered}. */
  int getRegistered();

  /** {@link NetStats#armedTimers}. */
  int getArmedTimers();

  /** {@link NetStats#open}. */
  long getOpen();

  /** {@link NetStats#accepted}. */
  long getAccepted();

  /** {@link NetStats#dialed}. */
  long getDialed();

  /** {@link NetStats#dialFailures}. */
  long getDialFailures();

  /** {@link NetStats#adopted}. */
  long getAdopted();

  /** {@link NetStats#closed}. */
  long getClosed();

  /** {@link NetStats#dropped}. */
  long getDropped();

  /** {@link NetStats#deadlines}. */
  long getDeadlines();

  /** {@link NetStats#pollerBatches}. */
  long getPollerBatches();

  /** {@link NetStats#readyDescriptors}. */
  long getReadyDescriptors();

  /** {@link NetStats#spareCarriers}. */
  int getSpareCarriers();

  /** {@link NetStats#handOvers}. */
  long getHandOvers();

  /** {@link NetStats#refusedHandOvers}. */
  long getRefusedHandOvers();
}
