package gonet.proxyproto;

import gonet.internal.layer.Passage;
import org.jspecify.annotations.Nullable;

/**
 * Says that bytes pass a layer as they are, so a transfer may go past it. Any thread.
 *
 * @param reading the layer, if its header may still have to come; null otherwise
 */
record Unchanged(Object layer, @Nullable HeaderConn reading) implements Passage {
  @Override
  public boolean isOpen() {
    return reading == null || reading.isOpen();
  }

  @Override
  public void countRead(int bytes) {}

  @Override
  public void countWritten(long bytes) {}
}
