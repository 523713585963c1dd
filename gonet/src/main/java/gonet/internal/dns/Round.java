package gonet.internal.dns;

import gonet.internal.time.Clock;
import gonet.netip.AddrPort;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Asks one server once, and listens until all questions have an answer or the time is over. What
 * does not fit the question is not heard (RFC 5452, 9): anybody may send it. Belongs to one thread.
 */
final class Round {
  /** RFC 8305, 3 waits 50 ms for the slower family before it connects; here it would be lost. */
  private static final long SLOWER_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

  private static final int SLOWER_FACTOR = 4;

  /**
   * A datagram may get lost on its way; it is sent again at half of the try's time, and not before
   * that: most servers that are slow are busy, and more queries make them slower.
   */
  private static final long RESEND_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** How long somebody waits who found no descriptor free, before he tries again. */
  private static final long SHORTAGE_MILLIS = 20;

  /** Seeds itself from the system; one for all, as it is safe for any thread. */
  private static final class Ids {
    static final SecureRandom RANDOM = new SecureRandom();
  }

  private final Exchange exchange;
  private final ResolvConf conf;
  private final AddrPort server;
  private final long until;

  /** Whether the server has said anything. */
  private boolean heard;

  /** Until a moment of {@link Clock}. */
  Round(Exchange exchange, ResolvConf conf, AddrPort server, long until) {
    this.exchange = exchange;
    this.conf = conf;
    this.server = server;
    this.until = until;
  }

  /**
   * Asks. Each question has an answer or a failure afterwards.
   *
   * @return whether the server is one to ask first next time
   */
  boolean ask(List<Pending> questions) throws InterruptedIOException {
    for (Pending question : questions) {
      question.waiting = true;
      question.truncated = conf.stream();
    }
    if (!conf.stream()) {
      byDatagrams(questions);
    }
    for (Pending question : questions) {
      if (question.truncated) {
        byStream(question);
      }
    }
    // One that was truncated may turn out to have no records: nobody is given up for it.
    if (questions.stream().noneMatch(Pending::isPositive)) {
      questions.forEach(question -> question.givenUp = false);
    }
    return heard;
  }

  // ---- datagrams -------------------------------------------------------------------------------

  private void byDatagrams(List<Pending> questions) throws InterruptedIOException {
    long end = until;
    try (Exchange.Link link = link(false)) {
      long begun = Clock.now();
      long resend = Clock.plus(begun, Math.max(RESEND_NANOS, (until - begun) / 2));
      for (Pending question : questions) {
        send(link, question);
      }
      while (!open(questions).isEmpty()) {
        byte[] bytes = receive(link, Math.min(end, resend), end);
        if (bytes == null) {
          resend = Long.MAX_VALUE;
          sendAgain(link, questions);
          continue;
        }
        hear(link, bytes, questions);
        if (end == until && questions.stream().anyMatch(Round::hasRecords)) {
          long more = Math.max(SLOWER_NANOS, SLOWER_FACTOR * (Clock.now() - begun));
          end = Math.min(until, Clock.after(more));
        }
      }
    } catch (SocketTimeoutException e) {
      silent(open(questions), end < until);
    } catch (InterruptedIOException e) {
      throw e;
    } catch (IOException e) {
      failed(open(questions), e);
    }
  }

  /** Those that wait for a datagram, and not for a stream that is still to come. */
  private static List<Pending> open(List<Pending> questions) {
    return questions.stream().filter(question -> question.waiting && !question.truncated).toList();
  }

  /** There are some, or there will be by a stream. */
  private static boolean hasRecords(Pending question) {
    return question.truncated || question.isPositive();
  }

  /** Null when it is time to send again. */
  private static byte @Nullable [] receive(Exchange.Link link, long next, long end)
      throws IOException {
    try {
      return link.receive(next);
    } catch (SocketTimeoutException e) {
      if (next == end) {
        throw e;
      }
      return null;
    }
  }

  private void send(Exchange.Link link, Pending question) throws IOException {
    question.id = Ids.RANDOM.nextInt(1 << 16);
    write(link, question);
  }

  private void sendAgain(Exchange.Link link, List<Pending> questions) throws IOException {
    for (Pending question : open(questions)) {
      write(link, question);
    }
  }

  private void write(Exchange.Link link, Pending question) throws IOException {
    link.send(
        QueryWriter.write(question.id, question.question, question.edns, conf.trustAd()), until);
  }

  private void hear(Exchange.Link link, byte[] bytes, List<Pending> questions) throws IOException {
    Message.Header header;
    try {
      header = MessageReader.header(bytes);
    } catch (BadMessageException e) {
      return;
    }
    for (Pending question : questions) {
      if (question.waiting && question.edns && header.refuses(question.id)) {
        heard = true;
        question.edns = false; // an old server, which does not even repeat the question
        send(link, question);
        return;
      }
      if (question.waiting && header.answers(question.id, question.question)) {
        heard = true;
        if (header.is(Wire.TRUNCATED)) {
          question.truncated = true;
        } else if (!read(question, bytes)) {
          send(link, question);
        }
        return;
      }
    }
  }

  /** Returns false if the server wants the question without EDNS (RFC 6891, 7). */
  private boolean read(Pending question, byte[] bytes) {
    Message message;
    try {
      message = MessageReader.read(bytes);
    } catch (BadMessageException e) {
      question.failed(
          new LookupFailure(
              LookupFailure.Kind.TEMPORARY,
              "cannot unmarshal DNS message: " + e.getMessage(),
              server.toString()));
      return true;
    }
    int rcode = message.rcode();
    if (question.edns && (rcode == Wire.FORMAT_ERROR || rcode == Wire.NOT_IMPLEMENTED)) {
      question.edns = false;
      return false;
    }
    question.answered(message, server.toString());
    return true;
  }

  // ---- streams ---------------------------------------------------------------------------------

  private void byStream(Pending question) throws InterruptedIOException {
    try (Exchange.Link link = link(true)) {
      send(link, question);
      while (question.waiting) {
        byte[] bytes = link.receive(until);
        Message.Header header = MessageReader.header(bytes);
        heard = true;
        if (!header.answers(question.id, question.question) || header.is(Wire.TRUNCATED)) {
          throw new BadMessageException("not what was asked for, or truncated in a stream");
        }
        if (!read(question, bytes)) {
          send(link, question);
        }
      }
    } catch (BadMessageException e) {
      question.failed(
          new LookupFailure(
              LookupFailure.Kind.TEMPORARY,
              "invalid DNS response: " + e.getMessage(),
              server.toString()));
    } catch (SocketTimeoutException e) {
      silent(List.of(question), false);
    } catch (InterruptedIOException e) {
      throw e;
    } catch (IOException e) {
      failed(List.of(question), e);
    }
  }

  // ---- both ------------------------------------------------------------------------------------

  /**
   * Waits a little where there are no descriptors: other lookups are about to give theirs back. If
   * the time is over before, the lack is the reason, and not a server that nobody could ask.
   */
  private Exchange.Link link(boolean stream) throws IOException {
    IOException lack = null;
    for (; ; ) {
      try {
        return stream ? exchange.stream(server, until) : exchange.datagrams(server, until);
      } catch (SocketTimeoutException e) {
        throw lack == null ? e : lack;
      } catch (IOException e) {
        if (!exchange.isShortage(e) || Clock.now() >= until) {
          throw e;
        }
        lack = e;
        try {
          Thread.sleep(SHORTAGE_MILLIS);
        } catch (InterruptedException interrupted) {
          Thread.currentThread().interrupt();
          throw new InterruptedIOException("interrupted");
        }
      }
    }
  }

  private void silent(List<Pending> questions, boolean otherHasAnswer) {
    for (Pending question : questions) {
      question.givenUp = otherHasAnswer;
      question.failed(LookupFailure.timeout(server.toString()));
    }
  }

  private void failed(List<Pending> questions, IOException e) {
    for (Pending question : questions) {
      question.failed(
          new LookupFailure(
              LookupFailure.Kind.TEMPORARY, String.valueOf(e.getMessage()), server.toString()));
    }
  }
}
