package gonet.internal.nio;

import java.io.IOException;
import java.nio.channels.Selector;

/** A daemon that polls without limit, as the descriptor layer's poller does. */
final class PollerThread {
  final NioReadiness readiness;
  final Thread thread;
  private volatile boolean stopped;

  PollerThread() throws IOException {
    readiness = new NioReadiness(Selector.open());
    thread = Thread.ofPlatform().daemon().name("test poller").start(this::run);
  }

  private void run() {
    while (!stopped) {
      readiness.poll(-1);
    }
  }

  void stop() throws InterruptedException {
    stopped = true;
    readiness.wake();
    thread.join();
    readiness.close();
  }
}
