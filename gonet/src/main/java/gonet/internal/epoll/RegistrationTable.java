package gonet.internal.epoll;

import gonet.internal.backend.Descriptor;
import gonet.internal.backend.Readiness.Sink;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Registrations by descriptor number. Reading takes no lock and never waits, since the reader is
 * the poller; writing takes one only when a number is the first of its chunk. Chunks are shared by
 * all versions of the outer array, so that growing it loses no write.
 */
final class RegistrationTable {
  /** One stay of a descriptor in the epoll instance. */
  record Registration(Descriptor descriptor, Sink sink, int sequence) {}

  private static final int CHUNK_BITS = 10;
  private static final int CHUNK = 1 << CHUNK_BITS;

  private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(Registration[].class);

  private final ReentrantLock growing = new ReentrantLock();

  /** Copied on growth. Written under {@link #growing}. */
  private volatile @Nullable Registration[] @Nullable [] chunks = new Registration[16][];

  @Nullable Registration get(int fd) {
    @Nullable Registration[] @Nullable [] all = chunks;
    int index = fd >>> CHUNK_BITS;
    @Nullable Registration @Nullable [] chunk = index < all.length ? all[index] : null;
    return chunk == null ? null : (Registration) SLOT.getAcquire(chunk, fd & (CHUNK - 1));
  }

  /** Returns what stood there before. */
  @Nullable Registration put(int fd, Registration registration) {
    int index = fd >>> CHUNK_BITS;
    @Nullable Registration[] @Nullable [] all = chunks;
    @Nullable Registration @Nullable [] chunk = index < all.length ? all[index] : null;
    return (Registration)
        SLOT.getAndSet(chunk == null ? grow(index) : chunk, fd & (CHUNK - 1), registration);
  }

  /** Empties the slot if it still holds {@code registration}. */
  boolean remove(int fd, Registration registration) {
    @Nullable Registration @Nullable [] chunk = chunks[fd >>> CHUNK_BITS];
    return chunk != null
        && SLOT.compareAndSet(chunk, fd & (CHUNK - 1), registration, (Registration) null);
  }

  /** Calls {@code visitor} for each that stands in it all the while, and perhaps for others. */
  void forEach(Consumer<Registration> visitor) {
    for (@Nullable Registration @Nullable [] chunk : chunks) {
      for (int i = 0; chunk != null && i < CHUNK; i++) {
        Registration registration = (Registration) SLOT.getAcquire(chunk, i);
        if (registration != null) {
          visitor.accept(registration);
        }
      }
    }
  }

  private @Nullable Registration[] grow(int index) {
    growing.lock();
    try {
      @Nullable Registration[] @Nullable [] all = chunks;
      if (index >= all.length) {
        all = Arrays.copyOf(all, Math.max(index + 1, all.length * 2));
      }
      @Nullable Registration @Nullable [] chunk = all[index];
      if (chunk == null) {
        chunk = new Registration[CHUNK];
        all[index] = chunk;
      }
      // The volatile write also publishes a chunk stored into the array readers already have.
      chunks = all;
      return chunk;
    } finally {
      growing.unlock();
    }
  }
}
