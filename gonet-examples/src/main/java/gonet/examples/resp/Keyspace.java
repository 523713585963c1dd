package gonet.examples.resp;

import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * All the data. One lock guards it: commands take some hundred nanoseconds, so that sharing them
 * out would cost more than it brings, and each command, of several keys too, is atomic.
 *
 * <p>A key's value is a {@code byte[]}, which never changes, or one of the collections.
 */
public final class Keyspace {
  private final ReentrantLock lock = new ReentrantLock();
  private final Dict<Object> dict = new Dict<>();

  /** An empty one. */
  public Keyspace() {}

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
  }

  boolean contains(RequestReader request, int word) {
    return dict.get(request, word) != null;
  }

  /** The value of a key, or null; a command for another type fails. */
  <T> @Nullable T get(RequestReader request, int word, Class<T> type) throws CommandException {
    Object value = dict.get(request, word);
    if (value == null) {
      return null;
    }
    if (!type.isInstance(value)) {
      throw CommandException.wrongType();
    }
    return type.cast(value);
  }

  void put(RequestReader request, int word, Object value) {
    dict.put(request, word, value);
  }

  /** Whether the key was there. */
  boolean remove(RequestReader request, int word) {
    return dict.remove(request, word) != null;
  }
}
