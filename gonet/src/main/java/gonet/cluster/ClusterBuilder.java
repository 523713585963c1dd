package gonet.cluster;

import gonet.ListenConfig;
import gonet.internal.time.Durations;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Says how a {@link Cluster} is to be. One thread; {@link #start} may be called again, for another
 * cluster.
 *
 * @since 0.1
 */
public final class ClusterBuilder {

  /** A port that the primary opens before there is a worker. */
  record Place(String network, String address) {}

  // What the parts of a cluster read; they get a copy.
  int workers = Runtime.getRuntime().availableProcessors();
  SharePolicy policy = SharePolicy.SHARED;
  PrimaryDeath death = PrimaryDeath.END;
  ListenConfig config = ListenConfig.defaults();
  List<Place> places = new ArrayList<>();
  @Nullable List<String> command;
  boolean ownCommand; // it is this JVM's; written when a cluster starts
  Consumer<? super ProcessBuilder> process = builder -> {};
  Consumer<? super WorkerStatus> onChange = status -> {};
  Duration readyLimit = Duration.ofMinutes(1);
  Duration grace = Duration.ofSeconds(10);
  Duration firstBackOff = Duration.ofMillis(100);
  Duration maxBackOff = Duration.ofSeconds(30);
  Duration healthy = Duration.ofSeconds(10);

  ClusterBuilder() {}

  private ClusterBuilder copy() {
    ClusterBuilder copy = new ClusterBuilder();
    copy.workers = workers;
    copy.policy = policy;
    copy.death = death;
    copy.config = config;
    copy.places = List.copyOf(places);
    copy.command = command;
    copy.process = process;
    copy.onChange = onChange;
    copy.readyLimit = readyLimit;
    copy.grace = grace;
    copy.firstBackOff = firstBackOff;
    copy.maxBackOff = maxBackOff;
    copy.healthy = healthy;
    return copy;
  }

  /**
   * How many workers. Default: one for each processor.
   *
   * @throws IllegalArgumentException if {@code count} is below 1
   */
  public ClusterBuilder workers(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("workers are " + count + ", below 1");
    }
    workers = count;
    return this;
  }

  /** How connections come to workers. Default: {@link SharePolicy#SHARED}. */
  public ClusterBuilder policy(SharePolicy policy) {
    this.policy = Objects.requireNonNull(policy, "policy");
    return this;
  }

  /** What workers do when the primary dies. Default: {@link PrimaryDeath#END}. */
  public ClusterBuilder whenPrimaryDies(PrimaryDeath death) {
    this.death = Objects.requireNonNull(death, "death");
    return this;
  }

  /** How the primary listens on the ports that workers share. Default: the defaults. */
  public ClusterBuilder listenConfig(ListenConfig config) {
    this.config = Objects.requireNonNull(config, "config");
    return this;
  }

  /**
   * Opens a port at the start, so that a wrong or taken address fails there, and its connections
   * wait until the first worker is ready. Workers ask for it in the same words, or by the address
   * that it has. A port that is not said here is opened when the first worker asks for it.
   */
  public ClusterBuilder listenOn(String network, String address) {
    places.add(
        new Place(
            Objects.requireNonNull(network, "network"),
            Objects.requireNonNull(address, "address")));
    return this;
  }

  /**
   * The command of the workers. Default: the command of this JVM, with its options, class path,
   * main class and arguments; so the program asks {@link Worker#isWorker} which of the two it is.
   * Options of a debugger ({@code jdwp}) and of remote management ({@code
   * com.sun.management.jmxremote.port}, {@code config.file}) are left out, also those in {@code
   * JAVA_TOOL_OPTIONS} and its like, because a port is open in one process only. Any other option
   * that names a port or a file, such as that of another agent, is used by all of them: with such a
   * port workers need a command of their own.
   *
   * @throws IllegalArgumentException if there is no word
   */
  public ClusterBuilder command(List<String> command) {
    if (command.isEmpty()) {
      throw new IllegalArgumentException("no command");
    }
    this.command = List.copyOf(command);
    return this;
  }

  /**
   * Changes the process of each worker before it starts: environment, folder, where its output
   * goes. By default output and errors go where the primary's go, and input is empty. {@link
   * ProcessBuilder.Redirect#PIPE} is refused for output and errors, since nobody would read it.
   * {@code GONET_WORKER} is there in any case. Called on the thread that looks after that worker,
   * as {@link #onChange} is.
   */
  public ClusterBuilder process(Consumer<? super ProcessBuilder> change) {
    this.process = Objects.requireNonNull(change, "change");
    return this;
  }

  /**
   * Tells of each change of a worker, one after the other, on the thread that looks after that
   * worker: it should return soon, because nobody sees that worker die or lets it end meanwhile. It
   * may call {@link Cluster#beginShutdown}, and must not wait for the cluster: {@link
   * Cluster#awaitClosed()} and {@link Cluster#shutdown} fail here. What it throws is logged.
   */
  public ClusterBuilder onChange(Consumer<? super WorkerStatus> listener) {
    this.onChange = Objects.requireNonNull(listener, "listener");
    return this;
  }

  /**
   * How long a worker may take from its start to {@link Worker#ready}; then it is killed, and
   * counts as dead. Default: a minute.
   *
   * @throws IllegalArgumentException if it is not above zero
   */
  public ClusterBuilder readyLimit(Duration limit) {
    var _ = Durations.positiveNanos(limit, "ready limit");
    readyLimit = limit;
    return this;
  }

  /**
   * How long workers may drain when {@link Cluster#close} or the primary's death ends them.
   * Default: ten seconds.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public ClusterBuilder grace(Duration grace) {
    var _ = Durations.nanos(grace, "grace");
    this.grace = grace;
    return this;
  }

  /**
   * How soon a worker that died is replaced: after {@code first}, then twice as long each time, and
   * at most {@code max}; from {@code first} on again when a process was ready for {@code healthy}.
   * Default: 100 ms, 30 s, 10 s.
   *
   * @throws IllegalArgumentException if one is not above zero, or {@code first} is above {@code
   *     max}
   */
  public ClusterBuilder backOff(Duration first, Duration max, Duration healthy) {
    var _ = Durations.positiveNanos(first, "first back-off");
    var _ = Durations.positiveNanos(max, "longest back-off");
    var _ = Durations.positiveNanos(healthy, "time of health");
    if (first.compareTo(max) > 0) {
      throw new IllegalArgumentException("first back-off " + first + " is above " + max);
    }
    firstBackOff = first;
    maxBackOff = max;
    this.healthy = healthy;
    return this;
  }

  /**
   * Opens the ports of {@link #listenOn} and starts the workers; does not wait for them: {@link
   * Cluster#awaitReady}.
   *
   * @throws IOException a {@link gonet.NetFailure} if a port cannot be opened; nothing is open then
   * @throws IllegalStateException in a worker, without a {@link #command} for workers of its own
   * @throws UnsupportedOperationException with the nio backend, which passes no descriptors
   */
  public Cluster start() throws IOException {
    ClusterBuilder settings = copy();
    if (settings.command == null && Worker.isWorker()) {
      throw new IllegalStateException(
          "this process is a worker, and its command would start it again and again");
    }
    return Cluster.start(settings);
  }
}
