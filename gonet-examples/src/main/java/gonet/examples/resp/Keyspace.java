package gonet.examples.resp;

import java.time.InstantSource;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * All the data. One lock guards it: commands take some hundred nanoseconds, so that sharing them
 * out would cost more than it brings, and each command, of several keys too, is atomic.
 *
 * <p>A key's value is a {@code byte[]}, which never changes, or one of the collections. A key whose
 * time is over is taken out by whoever comes across it first: a command for it, or {@link Expiry}.
 */
public final class Keyspace {
  private final ReentrantLock lock = new ReentrantLock();
  private final Dict<Object> dict = new Dict<>();
  private final Expiry expiry;

  /** An empty one, with the clock of the system. */
  public Keyspace() {
    this(InstantSource.system());
  }

  /** An empty one, whose keys expire by this clock. */
  public Keyspace(InstantSource clock) {
    expiry = new Expiry(dict, clock);
  }

  void lock() {
    lock.lock();
  }

  void unlock() {
    lock.unlock();
  }

  // ---- everything below with the lock held -----------------------------------------------------

  int size() {
    return dict.size();
  }

  void clear() {
    dict.clear();
    expiry.clear();
  }

  Expiry expiry() {
    return expiry;
  }

  boolean contains(RequestReader request, int word) {
    return value(request, word) != null;
  }

  /** The value of a key, or null; a command for another type fails. */
  <T> @Nullable T get(RequestReader request, int word, Class<T> type) throws CommandException {
    Object value = value(request, word);
    if (value == null) {
      return null;
    }
    if (!type.isInstance(value)) {
      throw CommandException.wrongType();
    }
    return type.cast(value);
  }

  private @Nullable Object value(RequestReader request, int word) {
    expiry.check(request, word);
    return dict.get(request, word);
  }

  /** Puts a value in the place of the one before; when the key expires does not change. */
  void put(RequestReader request, int word, Object value) {
    dict.put(request, word, value);
  }

  /** Whether the key was there. */
  boolean remove(RequestReader request, int word) {
    expiry.check(request, word);
    expiry.never(request, word);
    return dict.remove(request, word) != null;
  }
}
