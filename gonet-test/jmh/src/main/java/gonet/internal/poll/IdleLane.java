package gonet.internal.poll;

import gonet.internal.backend.Descriptor;
import gonet.internal.backend.Readiness;

/** A poller without a kernel: the benchmark is the poller. */
final class IdleLane extends Poller {
  static final IdleLane LANE = new IdleLane();

  private IdleLane() {
    super(new NoKernel());
  }

  @Override
  public String lane() {
    return "idle";
  }

  @Override
  protected void start() {}

  @Override
  public Thread sleeper() {
    return null;
  }

  private static final class NoKernel implements Readiness {
    @Override
    public void register(Descriptor descriptor, Sink sink) {}

    @Override
    public void deregister(Descriptor descriptor) {}

    @Override
    public void arm(Descriptor descriptor, int mode) {}

    @Override
    public int poll(long timeoutNanos) {
      return 0;
    }

    @Override
    public void wake() {}

    @Override
    public int registered() {
      return 0;
    }

    @Override
    public void close() {}
  }
}
