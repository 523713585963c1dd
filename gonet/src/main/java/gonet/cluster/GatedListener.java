package gonet.cluster;

import gonet.Conn;
import gonet.ForwardingListener;
import gonet.Listener;
import gonet.NetInterruptedException;
import gonet.OpFailure;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;

/**
 * An inherited listener: accepts nothing before the predecessor has agreed. A process that dies in
 * the middle of a hand-over has no connection then that it would take along.
 */
final class GatedListener extends ForwardingListener {
  private final CountDownLatch gate = new CountDownLatch(1);

  GatedListener(Listener listener) {
    super(listener);
  }

  void open() {
    gate.countDown();
  }

  @Override
  public Conn accept() throws IOException {
    try {
      gate.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NetInterruptedException(OpFailure.of("accept", this, "operation was canceled"));
    }
    return beneath().accept();
  }

  @Override
  public void close() {
    super.close();
    open(); // whoever waits finds it closed
  }
}
