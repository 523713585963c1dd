package gonet.examples.resp;

import java.util.Arrays;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A hash table from byte strings to values. Found by the bytes in a request's buffer, so that a
 * look-up allocates nothing. The entries stand densely in arrays, in no order, so that a random one
 * is found at once; beside them an index with open addressing and linear probing.
 *
 * <p>Guarded by the lock of the {@link Keyspace}.
 *
 * @param <V> the values
 */
final class Dict<V> {
  private static final int FIRST_ENTRIES = 4;

  private byte[][] keys = new byte[FIRST_ENTRIES][];
  private int[] hashes = new int[FIRST_ENTRIES];
  private @Nullable Object[] values = new @Nullable Object[FIRST_ENTRIES];
  private int size;

  /** Entry number plus one, 0 for none. Twice as long as the arrays, a power of two. */
  private int[] index = new int[2 * FIRST_ENTRIES];

  int size() {
    return size;
  }

  /** The value, or null. */
  @Nullable V get(byte[] buf, int off, int len) {
    int entry = find(buf, off, len, ByteHash.hash(buf, off, len));
    return entry < 0 ? null : value(entry);
  }

  /** As {@link #get(byte[], int, int)}, by a word of a request. */
  @Nullable V get(RequestReader request, int word) {
    return get(request.bytes(), request.offset(word), request.length(word));
  }

  /** Puts a value in the place of the one before, which is returned. The key is copied if new. */
  @Nullable V put(RequestReader request, int word, V value) {
    byte[] buf = request.bytes();
    int off = request.offset(word);
    int len = request.length(word);
    int hash = ByteHash.hash(buf, off, len);
    int entry = find(buf, off, len, hash);
    if (entry >= 0) {
      V before = value(entry);
      values[entry] = value;
      return before;
    }
    add(request.copy(word), hash, value);
    return null;
  }

  /** Takes the key out; its value, or null. */
  @Nullable V remove(RequestReader request, int word) {
    return remove(request.bytes(), request.offset(word), request.length(word));
  }

  @Nullable V remove(byte[] buf, int off, int len) {
    int entry = find(buf, off, len, ByteHash.hash(buf, off, len));
    if (entry < 0) {
      return null;
    }
    V value = value(entry);
    removeEntry(entry);
    return value;
  }

  /** Takes a random key out. Not for an empty table. */
  byte[] removeAny(RandomGenerator random) {
    int entry = random.nextInt(size);
    byte[] key = keys[entry];
    removeEntry(entry);
    return key;
  }

  /** The key of an entry from 0 to size − 1. */
  byte[] key(int entry) {
    return keys[entry];
  }

  @SuppressWarnings("unchecked") // put in by this class alone; null is not allowed in
  private V value(int entry) {
    return (V) Objects.requireNonNull(values[entry]);
  }

  void clear() {
    keys = new byte[FIRST_ENTRIES][];
    hashes = new int[FIRST_ENTRIES];
    values = new @Nullable Object[FIRST_ENTRIES];
    index = new int[2 * FIRST_ENTRIES];
    size = 0;
  }

  private int find(byte[] buf, int off, int len, int hash) {
    int mask = index.length - 1;
    for (int i = hash & mask; index[i] != 0; i = i + 1 & mask) {
      int entry = index[i] - 1;
      if (hashes[entry] == hash) {
        byte[] key = keys[entry];
        if (key.length == len && Arrays.equals(key, 0, len, buf, off, off + len)) {
          return entry;
        }
      }
    }
    return -1;
  }

  private void add(byte[] key, int hash, V value) {
    if (size == keys.length) {
      resize(2 * size);
    }
    keys[size] = key;
    hashes[size] = hash;
    values[size] = value;
    link(size++);
  }

  private void link(int entry) {
    int mask = index.length - 1;
    int i = hashes[entry] & mask;
    while (index[i] != 0) {
      i = i + 1 & mask;
    }
    index[i] = entry + 1;
  }

  private void resize(int capacity) {
    keys = Arrays.copyOf(keys, capacity);
    hashes = Arrays.copyOf(hashes, capacity);
    values = Arrays.copyOf(values, capacity);
    index = new int[2 * capacity];
    for (int entry = 0; entry < size; entry++) {
      link(entry);
    }
  }

  @SuppressWarnings("NullAway") // the places behind the last entry hold nothing
  private void removeEntry(int entry) {
    unlink(place(entry));
    int last = --size;
    if (entry != last) {
      index[place(last)] = entry + 1;
      keys[entry] = keys[last];
      hashes[entry] = hashes[last];
      values[entry] = values[last];
    }
    keys[last] = null;
    values[last] = null;
    if (keys.length > FIRST_ENTRIES && size <= keys.length / 4) {
      resize(keys.length / 2);
    }
  }

  /** Where the index speaks of an entry. */
  private int place(int entry) {
    int mask = index.length - 1;
    int i = hashes[entry] & mask;
    while (index[i] != entry + 1) {
      i = i + 1 & mask;
    }
    return i;
  }

  /** Empties a place; whoever was pushed beyond it moves back, so that no gap hides them. */
  private void unlink(int place) {
    int mask = index.length - 1;
    int hole = place;
    for (int i = place + 1 & mask; index[i] != 0; i = i + 1 & mask) {
      int wanted = hashes[index[i] - 1] & mask;
      if ((i - wanted & mask) >= (i - hole & mask)) {
        index[hole] = index[i];
        hole = i;
      }
    }
    index[hole] = 0;
  }
}
