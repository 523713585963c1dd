package gonet.internal.poll;

import gonet.internal.backend.Descriptor;
import gonet.internal.time.Clock;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Run by {@link FDFairnessTest} in a JVM with one carrier; exits with 0 when nobody starves. */
final class OneCarrier {
  private OneCarrier() {}

  public static void main(String[] args) throws Exception {
    FakeDescriptor socket = new FakeDescriptor();
    socket.receive.always(1);
    socket.accept.always(0);
    FD fd = new FD(socket, new ManualLane(), true);
    byte[] buf = new byte[1];
    boolean fair =
        switch (args[0]) {
          case "readers" -> fair(() -> fd.read(buf, 0, 1, Clock.NONE));
          case "writers" -> fair(() -> fd.write(buf, 0, 1, Clock.NONE));
          case "the poller" -> outsidersGetThrough();
          case "acceptors" -> fair(() -> fd.accept(new Descriptor.Accepted(), null, Clock.NONE));
          default -> throw new IllegalArgumentException(args[0]);
        };
    System.exit(fair ? 0 : 1);
  }

  /**
   * Whether threads that platform threads start get through although the kernel always has
   * something to report: each of those threads puts them into a queue of its own.
   */
  private static boolean outsidersGetThrough() throws Exception {
    FakeKernel kernel = new FakeKernel();
    new SharedLane(kernel).register(new FakeDescriptor(), events -> {});
    kernel.busy = true;
    while (kernel.pollers.size() < 3) {
      Thread.onSpinWait();
    }
    CountDownLatch ran = new CountDownLatch(8);
    for (int i = 0; i < 8; i++) {
      Thread.ofPlatform().daemon().start(() -> Thread.startVirtualThread(ran::countDown));
    }
    return ran.await(10, TimeUnit.SECONDS);
  }

  /** Whether a second thread gets through while a first one never has to wait. */
  private static boolean fair(Call.Body endless) throws InterruptedException {
    CountDownLatch first = new CountDownLatch(10_000);
    CountDownLatch second = new CountDownLatch(100);
    Call<String> busy =
        Call.run(
            () -> {
              for (; ; ) {
                endless.run();
                first.countDown();
              }
            });
    // From here on the carrier is taken, and its queue never runs empty by itself.
    first.await();
    Call<String> other =
        Call.run(
            () -> {
              for (; ; ) {
                endless.run();
                second.countDown();
              }
            });
    return second.await(10, TimeUnit.SECONDS) && !busy.done() && !other.done();
  }
}
