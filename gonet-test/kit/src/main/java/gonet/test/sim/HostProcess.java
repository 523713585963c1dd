package gonet.test.sim;

import gonet.internal.backend.Errno;
import gonet.internal.backend.SyscallException;
import gonet.internal.netpoll.Netpoll;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A process of a simulated host: threads, which threads of it start, and descriptors of its own.
 * All processes of a host share its kernel: addresses, Unix paths and names. Every host has one
 * whose threads {@link Host#run} starts; {@link Host#process} makes others. Confined to threads of
 * the simulation.
 *
 * <p>It is a process to sockets alone. Static fields and {@link ProcessHandle#current} are those of
 * the JVM, for all of them.
 */
public final class HostProcess {
  private static final int FIRST_NUMBER = 3;

  private final Machine machine;
  private final String name;
  private final int pid;
  private final Map<Task, Runnable> onEnd = new LinkedHashMap<>();
  private final TreeMap<Integer, OpenSocket> numbers = new TreeMap<>();
  private final BitSet taken = new BitSet();
  private @Nullable Netpoll netpoll;
  private boolean killed;

  HostProcess(Machine machine, String name, int pid) {
    this.machine = machine;
    this.name = name;
    this.pid = pid;
  }

  Machine machine() {
    return machine;
  }

  /**
   * The number by which its peers know it, as {@code UnixConn.peerCredentials} tells. Another one
   * for each process of a host.
   */
  public int pid() {
    return pid;
  }

  /** Whether its threads run: neither it nor its host was ended. */
  public boolean alive() {
    return !gone();
  }

  boolean gone() {
    return killed || machine.gone();
  }

  /** As {@link Host#run(String, Sim.Body)}. */
  public Task run(String task, Sim.Body body) {
    return machine.sim().start(this, task, body, true);
  }

  /** As {@link Host#run(Sim.Body)}. */
  public Task run(Sim.Body body) {
    return run("main", body);
  }

  /** As {@link Host#serve(String, Sim.Body)}. */
  public Task serve(String task, Sim.Body body) {
    return machine.sim().start(this, task, body, false);
  }

  /** As {@link Host#serve(Sim.Body)}. */
  public Task serve(Sim.Body body) {
    return serve("serve", body);
  }

  /**
   * Ends it as SIGKILL does: no thread of it runs on, not even to the end of a {@code finally}, and
   * the kernel closes what it had open, which peers see. A thread that kills its own process stops
   * at its next wait. No effect on one that has ended.
   */
  public void kill() {
    if (gone()) {
      return;
    }
    machine.sim().note(this + " is killed");
    killed = true;
    ended();
    List<OpenSocket> open = new ArrayList<>(numbers.values());
    numbers.clear();
    open.forEach(OpenSocket::release);
  }

  /** Its threads are not waited for any more. */
  void ended() {
    onEnd.values().forEach(Runnable::run);
    onEnd.clear();
  }

  /** What is to be done for a task if this ends before it; null for nothing any more. */
  void onEnd(Task task, @Nullable Runnable action) {
    if (action == null) {
      onEnd.remove(task);
    } else {
      onEnd.put(task, action);
    }
  }

  Netpoll netpoll() {
    Netpoll made = netpoll;
    if (made == null) {
      Sim sim = machine.sim();
      made =
          Netpoll.of(
              new SimBackend(this), new SimPoller(new SimReadiness(machine), sim.scheduler()));
      netpoll = made;
    }
    return made;
  }

  // ---- descriptors -----------------------------------------------------------------------------

  /** A number for a socket, the lowest that is free. */
  int open(String call, OpenSocket socket) throws SyscallException {
    if (!hasNumber()) {
      throw new SyscallException(call, Errno.EMFILE);
    }
    int number = taken.nextClearBit(FIRST_NUMBER);
    taken.set(number);
    numbers.put(number, socket);
    socket.hold();
    return number;
  }

  boolean hasNumber() {
    return numbers.size() < machine.host().descriptorLimit();
  }

  /** What a number stands for; null if it is not open. */
  @Nullable OpenSocket socket(int number) {
    return numbers.get(number);
  }

  /** Closes a number. */
  void close(int number) {
    OpenSocket socket = numbers.remove(number);
    if (socket != null) {
      taken.clear(number);
      socket.release();
    }
  }

  /** Descriptors that are open now. */
  public int openDescriptors() {
    return numbers.size();
  }

  /** The host, and the process if it is not the host's first. */
  @Override
  public String toString() {
    return machine.name() + (name.isEmpty() ? "" : ":" + name);
  }
}
