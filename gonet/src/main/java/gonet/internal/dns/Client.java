package gonet.internal.dns;

import gonet.internal.time.Clock;
import gonet.netip.AddrPort;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks servers for one name. Questions of both families go out at once and by one socket, so that a
 * lookup needs one descriptor; each is asked of the next server until an answer is conclusive.
 *
 * <pre>
 *   for each attempt, for each server:  send all open questions ── wait ──┬── id, question match?
 *                                                                         │      no: wait on
 *                       without EDNS again  ◄── FORMERR, NOTIMP ──────────┤
 *                       by TCP              ◄── truncated ────────────────┤
 *                       next server         ◄── SERVFAIL, lame, silence ──┤
 *                       done                ◄── records, or none ─────────┘
 * </pre>
 *
 * <p>Where one family has records and the other is silent, the silent one gets a little time more
 * and is given up then: a router that drops queries for AAAA would cost ten seconds otherwise (Go
 * issue 43398).
 *
 * <p>Safe for any thread. A call blocks, and ends soon after its thread is interrupted.
 */
public final class Client {
  /** A try gets so much if there is so much, however many more have to share the time. */
  private static final long SHORTEST_TRY_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  /** A server that gives an alias alone is asked for its target; so often, as in a circle. */
  private static final int MAX_QUESTIONS = 8;

  private final Exchange exchange;
  private final @Nullable Cache cache;
  private final Servers servers = new Servers();

  /** One for each call that may have a socket open. */
  private final Semaphore sockets;

  /**
   * A client with memory of its own.
   *
   * @param cache null to ask each time
   * @param maxSockets how many there may be at the same time; further calls wait
   */
  public Client(Exchange exchange, @Nullable Cache cache, int maxSockets) {
    this.exchange = exchange;
    this.cache = cache;
    this.sockets = new Semaphore(maxSockets);
  }

  /**
   * Asks for the records of a name.
   *
   * @param name with the root at its end; no search list applies
   * @param types one or more, of which one with records is enough
   * @param until the moment when all is over, which may be put off meanwhile
   * @return the records; none if there is an alias, and nothing behind it
   * @throws LookupFailure if there is neither. That the name is not there is said only if no server
   *     has failed to say so
   * @throws InterruptedIOException if the thread is interrupted
   */
  public Answer ask(ResolvConf conf, String name, List<Type> types, LongSupplier until)
      throws LookupFailure, InterruptedIOException {
    List<Pending> asked = new ArrayList<>();
    Result result = new Result(name);
    for (Type type : types) {
      Question question = new Question(name, type);
      Cache.Entry known = cache == null ? null : cache.get(question);
      if (known == null) {
        asked.add(new Pending(question));
      } else if (known.answer() == null) {
        result.add(LookupFailure.noSuchHost());
      } else {
        result.add(known.answer(), "");
      }
    }
    if (conf.oneByOne()) {
      for (Pending question : asked) {
        askServers(conf, List.of(question), until);
      }
    } else if (!asked.isEmpty()) {
      askServers(conf, asked, until);
    }
    for (Pending question : asked) {
      try {
        result.add(follow(conf, question, until), question.server());
      } catch (LookupFailure e) {
        result.add(e);
      }
    }
    return result.get();
  }

  /** All types together. */
  private static final class Result {
    private final List<ResourceRecord> records = new ArrayList<>();
    private String canonical;
    private boolean aliased;
    private @Nullable LookupFailure failure;

    Result(String name) {
      this.canonical = name;
    }

    void add(Answer answer, String server) {
      records.addAll(answer.records());
      if (answer.aliased()) {
        canonical = answer.canonical();
        aliased = true;
      }
      if (answer.records().isEmpty()) {
        add(new LookupFailure(LookupFailure.Kind.NOT_FOUND, LookupFailure.NO_SUCH_HOST, server));
      }
    }

    /** The first one that leaves hope wins. */
    void add(LookupFailure other) {
      if (failure == null || failure.kind() == LookupFailure.Kind.NOT_FOUND) {
        failure = other;
      }
    }

    Answer get() throws LookupFailure {
      LookupFailure why = failure;
      boolean sure = why == null || why.kind() == LookupFailure.Kind.NOT_FOUND;
      if (records.isEmpty() && why != null && !(aliased && sure)) {
        throw why;
      }
      return new Answer(canonical, aliased, records);
    }
  }

  // ---- servers ---------------------------------------------------------------------------------

  private void askServers(ResolvConf conf, List<Pending> questions, LongSupplier until)
      throws InterruptedIOException {
    if (!acquire(until)) {
      return; // no server was asked, and the questions say so
    }
    try {
      int tries = conf.attempts() * conf.servers().size();
      for (int attempt = 0; attempt < conf.attempts(); attempt++) {
        for (AddrPort server : servers.order(conf)) {
          List<Pending> open = questions.stream().filter(Pending::isOpen).toList();
          long end = until.getAsLong();
          long left = end - Clock.now();
          if (open.isEmpty() || left <= 0) {
            return;
          }
          long share = Math.max(left / tries--, SHORTEST_TRY_NANOS);
          long nanos = Math.min(conf.timeoutNanos(), Math.min(share, left));
          if (new Round(exchange, conf, server, Clock.after(nanos)).ask(open)) {
            servers.good(server);
          } else {
            servers.bad(server);
          }
        }
      }
    } finally {
      sockets.release();
    }
  }

  private boolean acquire(LongSupplier until) throws InterruptedIOException {
    try {
      long left = until.getAsLong() - Clock.now();
      while (!sockets.tryAcquire(left, TimeUnit.NANOSECONDS)) {
        left = until.getAsLong() - Clock.now(); // it may have been put off
        if (left <= 0) {
          return false;
        }
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }

  // ---- aliases ---------------------------------------------------------------------------------

  /** Goes along the aliases, and asks for the target of one that the server did not follow. */
  private Answer follow(ResolvConf conf, Pending first, LongSupplier until)
      throws LookupFailure, InterruptedIOException {
    Pending question = first;
    String name = first.question.name();
    long ttl = Long.MAX_VALUE;
    for (int i = 0; ; i++) {
      Message reply = question.reply();
      Chain chain = Chain.of(question.question.name(), question.question.type(), reply.answers());
      boolean moved = !Names.same(chain.end(), question.question.name());
      if (moved || !chain.records().isEmpty()) {
        ttl = Math.min(ttl, chain.ttlSeconds());
      }
      boolean aliased = !Names.same(chain.end(), name);
      if (!chain.records().isEmpty()) {
        Answer answer = new Answer(chain.end(), aliased, chain.records());
        remember(first.question, answer, ttl);
        return answer;
      }
      if (!moved || reply.rcode() == Wire.NAME_ERROR || saysNothing(reply)) {
        Answer answer = new Answer(chain.end(), aliased, List.of());
        remember(first.question, aliased ? answer : null, Math.min(ttl, nothingSeconds(reply)));
        return answer;
      }
      if (i == MAX_QUESTIONS) {
        throw new LookupFailure(
            LookupFailure.Kind.PERMANENT, "too many aliases", question.server());
      }
      question = new Pending(new Question(chain.end(), first.question.type()));
      askServers(conf, List.of(question), until);
    }
  }

  private void remember(Question question, @Nullable Answer answer, long ttlSeconds) {
    if (cache != null) {
      if (answer == null) {
        cache.putNothing(question, ttlSeconds);
      } else {
        cache.put(question, answer, ttlSeconds);
      }
    }
  }

  /** Whether the server says that it knows, and that there is nothing: RFC 2308, 2.2. */
  private static boolean saysNothing(Message reply) {
    return reply.authorities().stream().anyMatch(record -> record.type() == Type.SOA);
  }

  /** How long that may be remembered; zero if the server does not say: RFC 2308, 5. */
  private static long nothingSeconds(Message reply) {
    for (ResourceRecord record : reply.authorities()) {
      if (record.data() instanceof Data.Authority authority) {
        return Math.min(record.ttlSeconds(), authority.minimumSeconds());
      }
    }
    return 0;
  }
}
