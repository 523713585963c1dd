package gonet.internal.poll;

import org.jspecify.annotations.Nullable;

/** A lane without a thread: the test is the poller. Its timers are real. */
class ManualLane extends Poller {
  final FakeReadiness kernel;

  ManualLane() {
    this(new FakeReadiness());
  }

  private ManualLane(FakeReadiness kernel) {
    super(kernel);
    this.kernel = kernel;
  }

  @Override
  public String lane() {
    return "manual";
  }

  @Override
  protected void start() {}

  @Override
  public @Nullable Thread sleeper() {
    return null;
  }
}
