package gonet;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A listener on top of another, to extend: passes every call on to {@link #beneath}, except those
 * that a subclass overrides. As safe for any thread as the listener beneath.
 *
 * @since 0.1
 */
public abstract class ForwardingListener implements Listener {
  private final Listener listener;

  /** A layer over a listener. */
  protected ForwardingListener(Listener listener) {
    this.listener = Objects.requireNonNull(listener, "listener");
  }

  /** Where calls go. */
  @Override
  public Listener beneath() {
    return listener;
  }

  @Override
  public Conn accept() throws IOException {
    return beneath().accept();
  }

  @Override
  public NetAddr addr() {
    return beneath().addr();
  }

  @Override
  public void close() {
    beneath().close();
  }

  @Override
  public boolean isClosed() {
    return beneath().isClosed();
  }

  @Override
  public void setDeadline(@Nullable Instant when) throws IOException {
    beneath().setDeadline(when);
  }

  @Override
  public void setTimeout(@Nullable Duration each) throws IOException {
    beneath().setTimeout(each);
  }

  @Override
  public @Nullable Instant deadline() {
    return beneath().deadline();
  }

  @Override
  public @Nullable Duration timeout() {
    return beneath().timeout();
  }

  @Override
  public String toString() {
    return beneath().toString();
  }
}
