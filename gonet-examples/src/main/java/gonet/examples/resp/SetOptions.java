package gonet.examples.resp;

/**
 * What may stand behind {@code SET key value}, in any order: {@code [NX | XX] [GET] [EX seconds |
 * PX milliseconds | EXAT second | PXAT millisecond | KEEPTTL]}.
 */
final class SetOptions {
  private static final int MILLIS = 1000;

  /** Words of which at most one may stand there, though twice. */
  private enum Time {
    NONE,
    EX,
    PX,
    EXAT,
    PXAT,
    KEEPTTL
  }

  private boolean ifAbsent;
  private boolean ifPresent;
  private boolean tellOld;
  private Time time = Time.NONE;
  private int timeWord;

  private SetOptions() {}

  static SetOptions read(RequestReader in) throws CommandException {
    SetOptions options = new SetOptions();
    for (int word = 3; word < in.count(); word++) {
      if (in.is(word, "NX")) {
        options.ifAbsent = true;
      } else if (in.is(word, "XX")) {
        options.ifPresent = true;
      } else if (in.is(word, "GET")) {
        options.tellOld = true;
      } else {
        word = options.readTime(in, word);
      }
    }
    if (options.ifAbsent && options.ifPresent) {
      throw CommandException.syntax();
    }
    return options;
  }

  /** The last word that it took. */
  private int readTime(RequestReader in, int word) throws CommandException {
    Time given = timeOf(in, word);
    if (given == Time.NONE || (time != Time.NONE && time != given)) {
      throw CommandException.syntax();
    }
    time = given;
    if (given == Time.KEEPTTL) {
      return word;
    }
    timeWord = word + 1;
    if (timeWord == in.count()) {
      throw CommandException.syntax();
    }
    return timeWord;
  }

  private static Time timeOf(RequestReader in, int word) {
    for (Time each : Time.values()) {
      if (each != Time.NONE && in.is(word, each.name())) {
        return each;
      }
    }
    return Time.NONE;
  }

  /** Whether a value is to be set, by whether there is one. */
  boolean wants(boolean present) {
    return present ? !ifAbsent : !ifPresent;
  }

  boolean tellsOld() {
    return tellOld;
  }

  boolean keepsTime() {
    return time == Time.KEEPTTL;
  }

  /** Whether the key is to expire. */
  boolean expires() {
    return timeWord > 0;
  }

  /** When, in milliseconds since 1970. */
  long moment(RequestReader in, long nowMillis) throws CommandException {
    long value = in.integer(timeWord);
    int unitMillis = time == Time.EX || time == Time.EXAT ? MILLIS : 1;
    long from = time == Time.EX || time == Time.PX ? nowMillis : 0;
    if (value <= 0 || value > (Long.MAX_VALUE - from) / unitMillis) {
      throw CommandException.expireTime("set");
    }
    return from + value * unitMillis;
  }
}
