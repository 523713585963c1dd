package gonet.frame;

/** A frame that is read to its end without being kept. Belongs to one reader. */
final class Skip {
  private final Framing framing;

  /** How long it is, as announced, head included; −1 if it ends with a delimiter. */
  private final long wholeBytes;

  private long doneBytes;

  Skip(Framing framing, long wholeBytes) {
    this.framing = framing;
    this.wholeBytes = wholeBytes;
  }

  Framing framing() {
    return framing;
  }

  long wholeBytes() {
    return wholeBytes;
  }

  /** What has come of the frame so far. */
  long gotBytes(InputBuffer in) {
    return doneBytes + in.held();
  }

  /** Drops what belongs to the frame; whether that was all of it. */
  boolean advance(InputBuffer in) {
    if (wholeBytes >= 0) {
      int n = (int) Math.min(in.held(), wholeBytes - doneBytes);
      drop(in, n);
      return doneBytes == wholeBytes;
    }
    int frameEnd = framing.endOf(in.bytes(), in.start(), in.held());
    if (frameEnd >= 0) {
      drop(in, frameEnd - in.start());
      return true;
    }
    drop(in, Math.max(0, in.held() - framing.undecidedBytes()));
    return false;
  }

  private void drop(InputBuffer in, int n) {
    in.drop(n);
    doneBytes += n;
  }
}
