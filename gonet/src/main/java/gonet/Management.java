package gonet;

import gonet.internal.management.Bean;
import java.util.Map;

/** {@link Net}'s bean. Apart from it, because it must not need the module java.management. */
final class Management {
  private static final Map<String, String> ATTRIBUTES =
      Map.ofEntries(
          Map.entry("Backend", "epoll or nio"),
          Map.entry("Lane", "who waits for the kernel: carrier, shared or thread"),
          Map.entry("Registered", "descriptors in the poller now"),
          Map.entry("ArmedTimers", "deadlines that somebody waits for now"),
          Map.entry("Open", "connections open now"),
          Map.entry("Accepted", "connections accepted since the start"),
          Map.entry("Dialed", "connections dialled since the start"),
          Map.entry("DialFailures", "dials that failed"),
          Map.entry("Adopted", "connections made of descriptors from elsewhere"),
          Map.entry("Closed", "connections closed since the start"),
          Map.entry("Dropped", "connections and listeners that the program forgot to close"),
          Map.entry("Deadlines", "operations that ran out of time"),
          Map.entry("PollerBatches", "polls that found descriptors ready"),
          Map.entry("ReadyDescriptors", "descriptors that these polls found ready"),
          Map.entry("SpareCarriers", "carriers that wait for a carrier that is held"),
          Map.entry("HandOvers", "times that a spare went on for a held carrier"),
          Map.entry("RefusedHandOvers", "times that there was no spare to go on"));

  private Management() {}

  /** No effect if there is one, by an earlier call or by another copy of gonet. */
  static void register() {
    var _ = Bean.register(NetMXBean.NAME, new Snapshots(), NetMXBean.class, "gonet", ATTRIBUTES);
  }

  /** A snapshot for each question. */
  private static final class Snapshots implements NetMXBean {
    @Override
    public String getBackend() {
      return Net.stats().backend();
    }

    @Override
    public String getLane() {
      return Net.stats().lane();
    }

    @Override
    public int getRegistered() {
      return Net.stats().registered();
    }

    @Override
    public int getArmedTimers() {
      return Net.stats().armedTimers();
    }

    @Override
    public long getOpen() {
      return Net.stats().open();
    }

    @Override
    public long getAccepted() {
      return Net.stats().accepted();
    }

    @Override
    public long getDialed() {
      return Net.stats().dialed();
    }

    @Override
    public long getDialFailures() {
      return Net.stats().dialFailures();
    }

    @Override
    public long getAdopted() {
      return Net.stats().adopted();
    }

    @Override
    public long getClosed() {
      return Net.stats().closed();
    }

    @Override
    public long getDropped() {
      return Net.stats().dropped();
    }

    @Override
    public long getDeadlines() {
      return Net.stats().deadlines();
    }

    @Override
    public long getPollerBatches() {
      return Net.stats().pollerBatches();
    }

    @Override
    public long getReadyDescriptors() {
      return Net.stats().readyDescriptors();
    }

    @Override
    public int getSpareCarriers() {
      return Net.stats().spareCarriers();
    }

    @Override
    public long getHandOvers() {
      return Net.stats().handOvers();
    }

    @Override
    public long getRefusedHandOvers() {
      return Net.stats().refusedHandOvers();
    }
  }
}
