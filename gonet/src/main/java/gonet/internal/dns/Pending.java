package gonet.internal.dns;

import org.jspecify.annotations.Nullable;

/** One question on its way from server to server. Belongs to the thread that asks. */
final class Pending {
  final Question question;

  /** Of the query that is out. */
  int id;

  /** False once a server did not understand it. */
  boolean edns = true;

  /** Sent to the present server, which has not answered yet. */
  boolean waiting;

  /** The present server's answer needs a stream. */
  boolean truncated;

  /** The other family has an answer, and this one took too long. */
  boolean givenUp;

  /** What ends it. */
  private @Nullable Message reply;

  /** Of the server that was asked last. */
  private @Nullable LookupFailure failure;

  /** Who sent the reply. */
  private String server = "";

  Pending(Question question) {
    this.question = question;
  }

  boolean isOpen() {
    return reply == null && !givenUp;
  }

  /** Whether there are records. */
  boolean isPositive() {
    return reply != null
        && reply.answers().stream().anyMatch(record -> record.type() == question.type());
  }

  /** A server has answered: that may be the end, or a reason to ask the next one. */
  void answered(Message message, String by) {
    waiting = false;
    server = by;
    if (message.isConclusive()) {
      reply = message;
    } else {
      String why = message.isLame() ? "lame referral" : LookupFailure.MISBEHAVING;
      failure = new LookupFailure(LookupFailure.Kind.TEMPORARY, why, by);
    }
  }

  void failed(LookupFailure because) {
    waiting = false;
    truncated = false;
    failure = because;
  }

  /** The conclusive answer. */
  Message reply() throws LookupFailure {
    if (reply != null) {
      return reply;
    }
    // No server was asked if there was no time from the beginning.
    throw failure != null ? failure : LookupFailure.timeout("");
  }

  String server() {
    return server;
  }
}
