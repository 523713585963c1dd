package gonet;

import java.lang.management.ManagementFactory;
import javax.management.InstanceAlreadyExistsException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/** Registers the bean. Apart from {@link Net}, which must not need the module java.management. */
final class Management {
  private Management() {}

  static void register() {
    MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    try {
      server.registerMBean(new Bean(), new ObjectName(NetMXBean.NAME));
    } catch (InstanceAlreadyExistsException e) {
      // By an earlier call, or by another copy of gonet, whose class loader came first.
    } catch (JMException e) {
      throw new IllegalStateException(NetMXBean.NAME + " cannot be registered", e);
    }
  }

  /** A snapshot for each question. */
  private static final class Bean implements NetMXBean {
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
