package gonet.test.sim;

import gonet.netip.Addr;
import gonet.netip.AddrPort;
import java.nio.file.Path;

/**
 * A machine of the simulated network, with an address of each family. Threads that a thread of the
 * host starts are the host's, and of the same process. Confined to threads of the simulation.
 */
public final class Host {
  private final Sim sim;
  private final String name;
  private final int number;
  private final Addr addr;
  private final Addr addr6;
  private Machine machine;
  private int descriptorLimit = 1024;
  private int acceptErrno;
  private int acceptFailures;
  private Sim.@org.jspecify.annotations.Nullable Body program;

  Host(Sim sim, String name, int number, Addr addr, Addr addr6) {
    this.sim = sim;
    this.name = name;
    this.number = number;
    this.addr = addr;
    this.addr6 = addr6;
    this.machine = new Machine(sim, this);
  }

  /** As it was given. */
  public String name() {
    return name;
  }

  /** Its IPv4 address. */
  public Addr addr() {
    return addr;
  }

  /** Its IPv6 address. */
  public Addr addr6() {
    return addr6;
  }

  /** Its IPv4 address with a port, as a listen and a dial take it. */
  public String at(int port) {
    return AddrPort.of(addr, port).toString();
  }

  int number() {
    return number;
  }

  Machine machine() {
    return machine;
  }

  /** Whether it runs. */
  public boolean up() {
    return !machine.gone();
  }

  /** Starts a thread here that the simulation waits for. If it throws, the simulation fails. */
  public Task run(String task, Sim.Body body) {
    return machine.firstProcess().run(task, body);
  }

  /** As {@link #run(String, Sim.Body)}. */
  public Task run(Sim.Body body) {
    return run("main", body);
  }

  /**
   * Starts a thread here that the simulation does not wait for. If it throws, it fails all the
   * same.
   */
  public Task serve(String task, Sim.Body body) {
    return machine.firstProcess().serve(task, body);
  }

  /** As {@link #serve(String, Sim.Body)}. */
  public Task serve(Sim.Body body) {
    return serve("serve", body);
  }

  /** As {@link #serve(Sim.Body)}, and once more after each {@link #restart}. */
  public Task boot(Sim.Body body) {
    program = body;
    return serve("boot", body);
  }

  /**
   * The machine loses its power: no thread of it runs on, not even to the end of a {@code finally},
   * nobody is told, and whatever arrives for it is lost. A thread that crashes its own host stops
   * at its next wait.
   */
  public void crash() {
    if (up()) {
      sim.note(name + " crashes");
      machine.crash();
    }
  }

  /**
   * It runs again, with the same addresses and without any connection, and does what {@link #boot}
   * said. What comes for a connection of before is answered with a reset.
   */
  public void restart() {
    if (up()) {
      throw new IllegalStateException(name + " runs");
    }
    machine = new Machine(sim, this);
    sim.note(name + " starts again");
    Sim.Body again = program;
    if (again != null) {
      Task _ = serve("boot", again);
    }
  }

  /** How many descriptors each process of it may have, 1024 at first; what is open stays so. */
  public Host limitDescriptors(int limit) {
    descriptorLimit = limit;
    return this;
  }

  /** The next {@code times} accepts here fail with this errno, positive as Linux numbers it. */
  public Host failAccepts(int times, int errno) {
    acceptFailures = times;
    acceptErrno = errno;
    return this;
  }

  /** Descriptors that its first process has open now. */
  public int openDescriptors() {
    return machine.firstProcess().openDescriptors();
  }

  /**
   * One more process here, beside that of {@link #run}: as the next generation of a program, say.
   *
   * @param process for the log
   */
  public HostProcess process(String process) {
    if (!up()) {
      throw new IllegalStateException(this + " is down");
    }
    return machine.process(process);
  }

  /**
   * A folder for paths of Unix sockets, empty at first, which lives as long as the run. Each host
   * has its own. It is a real one, because gonet and programs look at the file of a socket; its
   * name is another one in each run, so that a log shows it as {@code ~}.
   */
  public Path folder() {
    return sim.files().folder(this);
  }

  int descriptorLimit() {
    return descriptorLimit;
  }

  /** An errno for the accept that is made now, or zero. */
  int acceptFailure() {
    if (acceptFailures == 0) {
      return 0;
    }
    acceptFailures--;
    return acceptErrno;
  }

  void arrived(Segment segment) {
    if (up()) {
      machine.arrived(segment);
    }
  }

  void arrived(UdpPacket packet) {
    if (up()) {
      machine.arrived(packet);
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
