package gonet.live;

import gonet.Conn;
import gonet.LayerConn;
import gonet.TimeLimit;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A layer that guards its reads, with one guard for all of them: itself. */
abstract class GuardedReads extends LayerConn implements Guarded.Guard {

  GuardedReads(Conn conn) {
    super(conn);
  }

  @Override
  public int read(byte[] buf, int off, int len, @Nullable TimeLimit limit) throws IOException {
    return len == 0
        ? beneath().read(buf, off, 0, limit)
        : guarded(limit, (before, bound) -> beneath().read(buf, off, len, bound));
  }

  @Override
  public int read(ByteBuffer dst, @Nullable TimeLimit limit) throws IOException {
    return dst.hasRemaining()
        ? guarded(limit, (before, bound) -> beneath().read(dst, bound))
        : beneath().read(dst, limit);
  }

  final int guarded(@Nullable TimeLimit limit, Guarded.Part part) throws IOException {
    return Guarded.run("read", this, this, readTimeout(), limit, part);
  }
}
