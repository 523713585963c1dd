package gonet.examples.resp;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A list of values, quick at both ends and by position. Guarded by the keyspace's lock. */
final class ValueList {
  private static final int FIRST_PLACES = 8;

  /** A ring; a power of two. */
  private byte[] @Nullable [] ring = new byte[FIRST_PLACES][];

  private int head;
  private int size;

  int size() {
    return size;
  }

  byte[] get(int position) {
    return Objects.requireNonNull(ring[head + position & ring.length - 1]);
  }

  void addFirst(byte[] value) {
    grow();
    head = head - 1 & ring.length - 1;
    ring[head] = value;
    size++;
  }

  void addLast(byte[] value) {
    grow();
    ring[head + size++ & ring.length - 1] = value;
  }

  byte[] removeFirst() {
    byte[] value = get(0);
    ring[head] = null;
    head = head + 1 & ring.length - 1;
    size--;
    shrink();
    return value;
  }

  byte[] removeLast() {
    byte[] value = get(size - 1);
    ring[head + --size & ring.length - 1] = null;
    shrink();
    return value;
  }

  private void grow() {
    if (size == ring.length) {
      resize(2 * size);
    }
  }

  private void shrink() {
    if (ring.length > FIRST_PLACES && size <= ring.length / 4) {
      resize(ring.length / 2);
    }
  }

  private void resize(int places) {
    byte[] @Nullable [] bigger = new byte[places][];
    for (int i = 0; i < size; i++) {
      bigger[i] = get(i);
    }
    ring = bigger;
    head = 0;
  }
}
