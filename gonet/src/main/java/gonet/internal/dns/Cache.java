package gonet.internal.dns;

import gonet.internal.time.Clock;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Remembers what servers have said, as long as they allow: answers for their TTL, and that there is
 * nothing for what the SOA record says (RFC 2308). Silence and trouble are not remembered. Guarded
 * by its monitor, which is held for a step of a map.
 */
public final class Cache {
  /** RFC 8767, 4 suggests to believe in nothing for longer. */
  private static final long MAX_SECONDS = TimeUnit.DAYS.toSeconds(7);

  /** RFC 2308, 5: three hours are a sensible limit for what is not there. */
  private static final long MAX_NEGATIVE_SECONDS = TimeUnit.HOURS.toSeconds(3);

  /** What was said: the records, or null for "nothing". */
  record Entry(@Nullable Answer answer, long until) {}

  private final int size;
  private final SequencedMap<Question, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);

  /** For so many questions; the one not asked for the longest time goes first. */
  public Cache(int size) {
    this.size = size;
  }

  synchronized @Nullable Entry get(Question question) {
    Question key = key(question);
    Entry entry = entries.get(key);
    if (entry != null && entry.until <= Clock.now()) {
      entries.remove(key);
      return null;
    }
    return entry;
  }

  void put(Question question, Answer answer, long ttlSeconds) {
    add(question, answer, Math.min(ttlSeconds, MAX_SECONDS));
  }

  void putNothing(Question question, long ttlSeconds) {
    add(question, null, Math.min(ttlSeconds, MAX_NEGATIVE_SECONDS));
  }

  private synchronized void add(Question question, @Nullable Answer answer, long seconds) {
    if (seconds <= 0) {
      return;
    }
    Question key = key(question);
    entries.put(key, new Entry(answer, Clock.after(TimeUnit.SECONDS.toNanos(seconds))));
    if (entries.size() > size) {
      entries.pollFirstEntry();
    }
  }

  private static Question key(Question question) {
    return new Question(Names.lower(question.name()), question.type());
  }
}
