package gonet.internal.netpoll;

import gonet.internal.backend.Backend;
import gonet.internal.backend.BackendUnavailableException;
import gonet.internal.backend.Hooks;
import gonet.internal.backend.SyscallException;
import gonet.internal.time.OwnStack;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The one step that has all there that gonet's calls need: descriptors, classes, method handles,
 * call sites. On stacks of its own, because what meets the end of a stack at its first use may stay
 * broken for the life of the process; and on two of them, because it takes the JVM a while.
 *
 * <p>It can fail and be tried again. Up to the start of the threads it needs no class that has an
 * initializer, but for what {@link OwnStack#requireRoom} has room for. What few programs use, and
 * takes long, has a step of its own before its first use; see {@link OwnStack}.
 *
 * <p>Guarded by the lock of whoever runs it, its threads aside.
 */
final class Start {
  /** Kept when the other part fails. */
  private @Nullable Netpoll made;

  /** Checked, of the first part. Read when its thread has ended. */
  private @Nullable Exception failure;

  /**
   * Runs it.
   *
   * @throws StackOverflowError if there is no room to begin; nothing has happened
   */
  Netpoll run() throws BackendUnavailableException, LaneUnavailableException, SyscallException {
    failure = null;
    OwnStack.run("gonet-start", new MakeNetpoll(this), new LoadClasses());
    Exception thrown = failure;
    if (thrown instanceof BackendUnavailableException e) {
      throw e;
    }
    if (thrown instanceof LaneUnavailableException e) {
      throw e;
    }
    if (thrown instanceof SyscallException e) {
      throw e;
    }
    Netpoll done = Objects.requireNonNull(made);
    StartLog.begin(done); // behind the other part, which may have brought the log's system up
    return done;
  }

  private record MakeNetpoll(Start start) implements Runnable {
    @Override
    public void run() {
      start.make();
    }
  }

  private record LoadClasses() implements Runnable {
    @Override
    public void run() {
      ClassFiles.load();
      Initializers.run();
    }
  }

  private void make() {
    try {
      if (made == null) {
        Backend chosen = Netpoll.choose();
        chosen.walkThrough();
        made = new Netpoll(Hooks.decorate(chosen));
      }
    } catch (BackendUnavailableException | LaneUnavailableException | SyscallException e) {
      failure = e;
    }
  }
}
