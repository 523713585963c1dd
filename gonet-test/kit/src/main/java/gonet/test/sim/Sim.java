package gonet.test.sim;

import gonet.DnsException;
import gonet.Resolver;
import gonet.internal.netpoll.Netpoll;
import gonet.internal.time.Daemons;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A program, its threads, its clock and its network in one seed:
 *
 * <pre>{@code
 * Sim.run(42, sim -> {
 *   Host server = sim.host("server");
 *   Host client = sim.host("client");
 *   server.serve(() -> serve(Net.listen("tcp", ":80")));
 *   client.run(() -> ask(Net.dial("tcp", server.at(80))));
 * });
 * }</pre>
 *
 * <p>The program is ordinary blocking code on gonet. All its threads are virtual ones of one
 * carrier; the seed draws which of the ready ones runs next, how long each segment is under way and
 * what is lost. {@link Thread#sleep}, deadlines, timed waits, {@code System.nanoTime()} and {@code
 * Instant.now()} are in virtual time, which jumps to the next event when no thread can run. The
 * same seed gives the same run.
 *
 * <p>The scenario is a thread as well, on a host of its own called {@code test}. A run is over when
 * the scenario and all that {@link Host#run} started have ended and all of {@link #eventually} has
 * come true. It fails when a thread throws, a promise is broken, everybody waits for ever, or
 * somebody from outside takes part.
 *
 * <p>Outside stays: native code, sockets and files of the JDK, platform threads, hash codes of
 * objects without one of their own, the order of {@code Set.of} and {@code Map.of}, {@code new
 * Random()} and {@code SecureRandom}. {@link java.util.concurrent.ThreadLocalRandom} is the seed's.
 *
 * <p>The static methods are for any thread that is not simulated; the others for threads of the
 * simulation.
 */
public final class Sim {
  /** The property that replays one seed. */
  public static final String SEED = "gonet.sim.seed";

  // One stream of numbers for each purpose.
  private static final int CHOICES = 0;
  private static final int TIES = 1;
  private static final int NETWORK = 2;
  private static final int PROGRAM = 3;
  private static final int FAULTS = 4;
  private static final int LOCALS = 5;
  private static final int POINTS = 6;

  /** How often a system call lets others in before: drawn once for each run. */
  private static final double[] POINT_RATES = {0, 0.05, 0.3, 0.8};

  private static final int LONGEST_UNWINDING = 100_000;
  private static final int INTERRUPTS = 5;
  private static final long LOOK_MILLIS = 1_000;

  private static boolean installed;

  /** What a simulated network is asked to do. */
  @FunctionalInterface
  public interface Scenario {
    void run(Sim sim) throws Exception;
  }

  /** What a thread of a simulation does. */
  @FunctionalInterface
  public interface Body {
    void run() throws Exception;
  }

  /**
   * How to run a scenario.
   *
   * @param log whether to keep the log
   * @param limit of virtual time
   * @param steps the most
   * @param without numbers of faults that are left out
   */
  record Settings(boolean log, Duration limit, long steps, Set<Integer> without) {
    static final Settings DEFAULTS = new Settings(false, Duration.ofHours(6), 20_000_000, Set.of());

    Settings withLog(boolean kept) {
      return new Settings(kept, limit, steps, without);
    }

    Settings without(Set<Integer> faults) {
      return new Settings(log, limit, steps, Set.copyOf(faults));
    }
  }

  private record Promise(String text, BooleanSupplier holds, long until) {}

  private final long seed;
  private final Settings settings;
  private final Time time;
  private final EventLog log;
  private final Scheduler scheduler;
  private final Network network;
  private final Randomness networkRandom;
  private final Randomness points;
  private final Randomness faultRandom;
  private final Random program;
  private final double pointRate;
  private final SimFiles files = new SimFiles();
  private final List<Promise> always = new ArrayList<>();
  private final List<Promise> eventually = new ArrayList<>();
  private final List<Fault> faults = new ArrayList<>();
  private int drawnFaults;
  private int foreground;

  /** Also read by the watchdog. */
  private volatile boolean unwinding;

  /** The first one. Also written by the watchdog. */
  private volatile Outcome.@Nullable Failure failure;

  private Sim(long seed, Settings settings) {
    this.seed = seed;
    this.settings = settings;
    time = new Time(new Randomness(seed, TIES));
    log = new EventLog(time, settings.log());
    scheduler =
        new Scheduler(time, log, new Randomness(seed, CHOICES), new Randomness(seed, LOCALS));
    networkRandom = new Randomness(seed, NETWORK);
    points = new Randomness(seed, POINTS);
    pointRate = POINT_RATES[points.below(POINT_RATES.length)];
    faultRandom = new Randomness(seed, FAULTS);
    program = new Random(new Randomness(seed, PROGRAM).nextLong());
    network = new Network(this, time, networkRandom);
  }

  // ---- running ---------------------------------------------------------------------------------

  /**
   * Runs a scenario under a seed. When it fails it is run again, to keep the log, and with fewer
   * and fewer faults while it fails in the same way.
   *
   * @throws SimFailure if it fails
   * @throws IllegalStateException if this JVM does not let it, with the flags that help
   */
  public static Outcome run(long seed, Scenario scenario) {
    Outcome outcome = attempt(seed, scenario, false);
    if (outcome.failure() != null) {
      throw Shrinker.explain(outcome, scenario);
    }
    return outcome;
  }

  /** As {@link #run}, once, and a failure is part of the outcome. */
  public static Outcome attempt(long seed, Scenario scenario, boolean keepLog) {
    return attempt(seed, scenario, Settings.DEFAULTS.withLog(keepLog));
  }

  static Outcome attempt(long seed, Scenario scenario, Settings settings) {
    install();
    hearUncaught();
    Sim sim = new Sim(seed, settings);
    return sim.play(scenario);
  }

  private static synchronized void install() {
    if (installed) {
      return;
    }
    TimeAgent.install(new RealTime.Monotonic(), new RealTime.Wall());
    VirtualThreads.open();
    long _ = Time.BASE; // before a thread has virtual time
    Netpoll.others(Sim::netpollHere);
    Daemons.others(Sim::daemonHere);
    Watchdog.start();
    installed = true;
  }

  /** Each time anew: others set such a handler too, and libraries for a while. */
  private static void hearUncaught() {
    Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
    if (!(before instanceof Uncaught)) {
      Thread.setDefaultUncaughtExceptionHandler(new Uncaught(before));
    }
  }

  private static @Nullable Netpoll netpollHere() {
    if (!(VirtualThreads.carrier() instanceof Carrier carrier)) {
      return null;
    }
    HostProcess here = carrier.scheduler.here();
    return here == null ? null : here.netpoll();
  }

  private static @Nullable Thread daemonHere(String name, Runnable task) {
    // Looks for garbage of the whole process, simulated or not.
    if (!(VirtualThreads.carrier() instanceof Carrier carrier) || name.equals("gonet-dropped")) {
      return null;
    }
    if (name.equals("gonet-start") || name.equals("gonet-link")) {
      // Happens once in a process, and would be in the log of one run alone: so its caller does it.
      throw new OutOfMemoryError("unable to create native thread: none in a simulation");
    }
    Thread daemon = carrier.scheduler.builder().name(name).unstarted(task);
    carrier.scheduler.helps(daemon);
    return daemon;
  }

  private record Uncaught(Thread.@Nullable UncaughtExceptionHandler next)
      implements Thread.UncaughtExceptionHandler {
    @Override
    public void uncaughtException(Thread thread, Throwable thrown) {
      if (VirtualThreads.carrier() instanceof Carrier carrier) {
        carrier.sim.thrown(String.valueOf(carrier.scheduler.current()), thrown);
      } else if (next != null) {
        next.uncaughtException(thread, thrown);
      } else {
        thrown.printStackTrace();
      }
    }
  }

  private Outcome play(Scenario scenario) {
    long begin = RealTime.nanos();
    int[] unfinished = {0};
    Throwable[] broken = {null};
    Carrier carrier =
        new Carrier(
            "gonet-sim-" + seed,
            time,
            scheduler,
            this,
            () -> {
              try {
                loop(scenario);
                unfinished[0] = unwind();
                scheduler.over();
              } catch (Throwable t) {
                broken[0] = t;
              }
            });
    Watchdog.watch(this);
    carrier.start();
    boolean interrupted = false;
    while (carrier.isAlive() && !abandoned) {
      try {
        carrier.join(LOOK_MILLIS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    Watchdog.forget(this);
    files.delete();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (broken[0] != null) {
      throw new AssertionError("the simulation itself is broken, seed " + seed, broken[0]);
    }
    return new Outcome(
        seed,
        failure,
        log.text(),
        Duration.ofNanos(ended),
        Duration.ofNanos(RealTime.nanos() - begin),
        scheduler.steps(),
        List.copyOf(faults),
        abandoned ? Integer.MAX_VALUE : unfinished[0]);
  }

  /** A thread that does not end keeps the carrier, and nobody waits for it. */
  private volatile boolean abandoned;

  /** When the run was over. */
  private volatile long ended;

  private void loop(Scenario scenario) {
    Task _ =
        start(host("test").machine().firstProcess(), "scenario", () -> scenario.run(this), true);
    while (failure == null) {
      check();
      if (failure != null || over()) {
        break;
      }
      if (time.next() <= time.now()) {
        time.runNext();
        scheduler.comeBack();
      } else if (scheduler.anyReady()) {
        scheduler.step();
        if (scheduler.steps() > settings.steps()) {
          fail(Outcome.Kind.ENDLESS, "not over after " + settings.steps() + " steps" + waiting());
        }
      } else if (time.next() == Long.MAX_VALUE) {
        scheduler.awaitStrangers();
        if (!scheduler.anyReady() && scheduler.intrusion() == null) {
          fail(Outcome.Kind.DEADLOCK, "nobody can go on" + waiting());
        }
      } else if (time.next() > settings.limit().toNanos()) {
        fail(
            Outcome.Kind.ENDLESS,
            "not over after " + settings.limit().toMinutes() + " minutes" + waiting());
      } else {
        time.runNext();
        scheduler.comeBack();
      }
    }
    ended = time.now();
    if (log.kept()) {
      log.add("sim", failure == null ? "over" : "failed");
    }
    log.end();
  }

  private boolean over() {
    return foreground == 0 && eventually.isEmpty();
  }

  private void check() {
    String intrusion = scheduler.intrusion();
    if (intrusion != null) {
      fail(Outcome.Kind.LEFT, intrusion);
    }
    for (Promise each : always) {
      if (!holds(each)) {
        fail(Outcome.Kind.ALWAYS, "not always so: " + each.text());
      }
    }
    for (Iterator<Promise> all = eventually.iterator(); all.hasNext(); ) {
      Promise each = all.next();
      if (holds(each)) {
        note("at last: " + each.text());
        all.remove();
      } else if (time.now() >= each.until()) {
        fail(Outcome.Kind.EVENTUALLY, "not so in time: " + each.text() + waiting());
      }
    }
  }

  private boolean holds(Promise promise) {
    try {
      return promise.holds().getAsBoolean();
    } catch (RuntimeException | Error e) {
      thrown("\"" + promise.text() + "\"", e);
      return false;
    }
  }

  /**
   * Interrupts all threads that are left, until they end; how many do not. gonet's own end when
   * they have had nothing to do for a minute; nobody interrupts them anywhere.
   */
  private int unwind() {
    unwinding = true;
    scheduler.reviveTheDead();
    for (int i = 0; i < INTERRUPTS; i++) {
      for (SimThread each : scheduler.living()) {
        if (!scheduler.isHelper(each)) {
          each.thread.interrupt();
        }
      }
      scheduler.comeBack();
      long limit = time.now() + TimeUnit.MINUTES.toNanos(10);
      for (int n = 0; n < LONGEST_UNWINDING; n++) {
        if (scheduler.anyReady()) {
          scheduler.step();
        } else if (time.next() < limit) {
          time.runNext();
          scheduler.comeBack();
        } else {
          break;
        }
      }
    }
    return (int) scheduler.living().stream().filter(each -> !scheduler.isHelper(each)).count();
  }

  /** Whether threads run for no other purpose than to end. */
  boolean unwinding() {
    return unwinding;
  }

  // ---- failures --------------------------------------------------------------------------------

  private void fail(Outcome.Kind kind, String text) {
    fail(new Outcome.Failure(kind, text, null));
  }

  private void fail(Outcome.Failure first) {
    if (failure == null && !unwinding) {
      failure = first;
    }
  }

  void thrown(String who, Throwable thrown) {
    fail(new Outcome.Failure(Outcome.Kind.THROWN, who + " threw " + thrown, thrown));
  }

  /** A step does not end. By the watchdog, again and again. */
  void stuck() {
    SimThread holder = scheduler.current();
    if (holder == null) {
      return;
    }
    if (failure != null || unwinding) {
      abandoned = true; // whatever else there is to tell, that comes first
      return;
    }
    fail(
        Outcome.Kind.LEFT,
        holder
            + " holds the simulation's only carrier: it computes, or waits where a virtual thread"
            + " cannot leave its carrier"
            + Waits.stack(holder.thread));
    holder.thread.interrupt();
  }

  private String waiting() {
    return Waits.report(scheduler.living());
  }

  // ---- for the program -------------------------------------------------------------------------

  /** The seed. */
  public long seed() {
    return seed;
  }

  /** The host of this name, made if there is none yet. */
  public Host host(String name) {
    return network.host(Objects.requireNonNull(name, "name"));
  }

  /** The way between two hosts. */
  public Link link(Host one, Host other) {
    return network.link(one, other);
  }

  /** Cuts every link between a host of one side and a host of the other. */
  public void partition(List<Host> side, List<Host> others) {
    for (Host one : side) {
      for (Host other : others) {
        Link _ = link(one, other).cut();
      }
    }
  }

  /** Mends all links. */
  public void mend() {
    for (Host one : network.hosts()) {
      for (Host other : network.hosts()) {
        if (one.number() < other.number()) {
          Link _ = link(one, other).mend();
        }
      }
    }
  }

  /** Faults between these hosts, or of them, that the seed draws for the coming span of time. */
  public Chaos chaos(Duration span, Host... hosts) {
    return new Chaos(this, faultRandom, span, List.of(hosts));
  }

  /** Numbers for the program, of the seed. */
  public Random random() {
    return program;
  }

  /** Virtual time since the simulation began. */
  public Duration now() {
    return Duration.ofNanos(time.now());
  }

  /** As {@link Thread#sleep(Duration)}. */
  public void sleep(Duration duration) throws InterruptedException {
    Thread.sleep(duration);
  }

  /** A point where another thread may run, as it may between any two steps of a real one. */
  public void pause() {
    point();
  }

  /** Adds a line to the log. */
  public void log(String line) {
    if (log.kept()) {
      SimThread running = scheduler.current();
      log.add(running == null ? "sim" : running.toString(), line);
    }
  }

  /**
   * Something that must hold whenever no thread runs: it is asked before each step.
   *
   * @param holds must not wait
   */
  public void always(String text, BooleanSupplier holds) {
    always.add(new Promise(text, holds, Long.MAX_VALUE));
  }

  /**
   * Something that must hold at some moment within {@code limit} from now. The simulation waits for
   * it.
   *
   * @param holds must not wait
   */
  public void eventually(String text, Duration limit, BooleanSupplier holds) {
    long until = time.now() + limit.toNanos();
    eventually.add(new Promise(text, holds, until));
    time.at(until, () -> {}); // so that the deadline is noticed
  }

  /** Knows the names of the hosts, and no others. */
  public Resolver resolver() {
    return request -> {
      Host found = network.named(request.host());
      if (found == null) {
        throw DnsException.noSuchHost(request.host());
      }
      return List.of(found.addr());
    };
  }

  // ---- for the simulation's own ----------------------------------------------------------------

  Task start(HostProcess process, String name, Body body, boolean waitedFor) {
    if (process.gone()) {
      throw new IllegalStateException(process + " is down");
    }
    Task task = new Task(process + "/" + name);
    if (waitedFor) {
      foreground++;
      process.onEnd(task, () -> foreground--);
    }
    Thread thread =
        scheduler
            .builder()
            .name(name)
            .unstarted(
                () -> {
                  try {
                    body.run();
                  } catch (Throwable t) {
                    if (!process.gone()) {
                      thrown(task.toString(), t);
                    }
                  } finally {
                    process.onEnd(task, null);
                    task.ended();
                    if (waitedFor && !process.gone()) {
                      foreground--;
                    }
                  }
                });
    scheduler.at(process, thread::start);
    return task;
  }

  int nextFault() {
    return drawnFaults++;
  }

  void plan(Fault fault, long from, Runnable begin, long until, Runnable end) {
    if (settings.without().contains(fault.number())) {
      return;
    }
    faults.add(fault);
    time.after(
        from,
        () -> {
          note("fault " + fault);
          begin.run();
        });
    time.after(
        until,
        () -> {
          note("fault #" + fault.number() + " is over");
          end.run();
        });
  }

  void note(String what) {
    if (log.kept()) {
      log.add("sim", what);
    }
  }

  /**
   * A system call is about to be made: perhaps another thread comes first.
   *
   * @throws IllegalStateException on a thread of somebody else
   */
  @SuppressWarnings("ThreadPriorityCheck") // the simulation's own scheduler is meant
  void point() {
    if (!(VirtualThreads.carrier() instanceof Carrier carrier) || carrier.sim != this) {
      throw new IllegalStateException(
          "the thread \""
              + Thread.currentThread().getName()
              + "\", which is not of this simulation, uses a connection of it");
    }
    if (Thread.currentThread().isVirtual() && points.chance(pointRate)) {
      Thread.yield();
    }
  }

  /** The program has asked for what is not here: the run fails, whatever the program does then. */
  NotSimulated lacks(String what) {
    NotSimulated thrown = new NotSimulated(what);
    fail(
        new Outcome.Failure(
            Outcome.Kind.LEFT, scheduler.current() + ": " + thrown.getMessage(), thrown));
    return thrown;
  }

  /** A number below {@code bound}, for what the network does. */
  int network(int bound) {
    return networkRandom.below(bound);
  }

  boolean chance(double probability) {
    return networkRandom.chance(probability);
  }

  Time time() {
    return time;
  }

  EventLog log() {
    return log;
  }

  Scheduler scheduler() {
    return scheduler;
  }

  /** Where Unix sockets have their paths. */
  SimFiles files() {
    return files;
  }

  Network net() {
    return network;
  }

  @Override
  public String toString() {
    return "simulation of seed " + seed;
  }
}
