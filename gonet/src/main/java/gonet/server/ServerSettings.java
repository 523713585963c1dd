package gonet.server;

import gonet.netip.AddrSet;
import java.time.Duration;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link ServerBuilder} collected: checked, immutable.
 *
 * @param perRequest whether the handler is for a request, not for a connection
 * @param maxConns {@link #UNLIMITED} for no limit, as {@code maxPerAddr}
 * @param ipv4Bits how many leading bits of an IPv4 address make one client
 * @param allowsUnaddressed whether {@code allowed} lets in peers without an IP address
 * @param layerNanos how long layers may take in all
 * @param idleNanos zero for no limit
 * @param lingerTime how long to wait for the other side at the end; zero for a plain close
 */
record ServerSettings(
    String name,
    ServerHandler handler,
    boolean perRequest,
    int maxConns,
    WhenFull whenFull,
    int maxPerAddr,
    int ipv4Bits,
    int ipv6Bits,
    @Nullable AddrSet allowed,
    boolean allowsUnaddressed,
    AddrSet denied,
    long idleNanos,
    IdleAction idleAction,
    boolean halfOpen,
    boolean pauseOnConnect,
    Duration lingerTime,
    long layerNanos,
    Duration drainDelay,
    Consumer<ServerConn> onConnect,
    Consumer<Drop> onDrop,
    @Nullable BiConsumer<ServerConn, Throwable> onError,
    Consumer<Server> onDrain,
    Consumer<ServerConn> onFinish) {

  static final int UNLIMITED = Integer.MAX_VALUE;
}
