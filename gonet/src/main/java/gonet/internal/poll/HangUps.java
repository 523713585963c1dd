package gonet.internal.poll;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Who wants to hear that the other side of a connection is gone. Beside the connections, because
 * hardly any of them has such a listener.
 *
 * <p>A listener is told once, by whoever takes it out: the poller, which notes the end first and
 * looks here then, or the one who brings it, who comes here first and looks for the end then. So
 * one of the two sees the other. Closing takes it out and tells nobody.
 *
 * <p>Any thread.
 */
final class HangUps {
  private final Map<PollDesc, Runnable> ears = new ConcurrentHashMap<>();

  void listen(PollDesc desc, Runnable ear) {
    ears.put(desc, ear);
    if (desc.hungUp()) {
      tell(desc);
    }
  }

  void tell(PollDesc desc) {
    Runnable ear = ears.remove(desc);
    if (ear != null) {
      ear.run();
    }
  }

  void forget(PollDesc desc) {
    ears.remove(desc);
  }
}
