package gonet.test.bench.peer.netty;

import gonet.test.bench.peer.JdkTls;
import gonet.test.bench.peer.Peer;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.File;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The server over Netty: as many event loops as cores, the pooled allocator that is its default.
 */
public final class NettyPeer {
  private NettyPeer() {}

  /** Serves until its standard input ends. */
  public static void main(String[] args) throws Exception {
    Peer.Mode mode = Peer.mode(args);
    String target = mode == Peer.Mode.PROXY ? Peer.argument("target", args) : "";
    @Nullable SslContext tls = Peer.speaksTls(args) ? tls(args) : null;
    EventLoopGroup loops =
        new MultiThreadIoEventLoopGroup(
            Runtime.getRuntime().availableProcessors(), EpollIoHandler.newFactory());
    Channel listener =
        new ServerBootstrap()
            .group(loops)
            .channel(EpollServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, Peer.BACKLOG)
            .childOption(ChannelOption.TCP_NODELAY, true)
            // The proxy reads from a client once it has its target.
            .childOption(ChannelOption.AUTO_READ, mode != Peer.Mode.PROXY)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    if (tls != null) {
                      channel.pipeline().addLast(tls.newHandler(channel.alloc()));
                    }
                    channel.pipeline().addLast(handler(mode, target));
                  }
                })
            .bind(InetAddress.getLoopbackAddress(), 0)
            .sync()
            .channel();
    int port = ((InetSocketAddress) listener.localAddress()).getPort();
    Peer.listening(port, () -> "backend=netty lane=epoll");
    listener.closeFuture().sync();
  }

  /** By the JDK's engine, or with {@code tls=openssl} by netty-tcnative. */
  private static SslContext tls(String[] args) throws Exception {
    boolean openssl = Arrays.asList(args).contains("tls=openssl");
    SslContextBuilder builder =
        openssl
            ? SslContextBuilder.forServer(
                new File(Peer.argument("cert", args)), new File(Peer.argument("key", args)))
            : SslContextBuilder.forServer(JdkTls.keys(args));
    return builder.sslProvider(openssl ? SslProvider.OPENSSL : SslProvider.JDK).build();
  }

  private static ChannelHandler handler(Peer.Mode mode, String target) {
    return switch (mode) {
      case ECHO, IDLE -> new EchoHandler();
      case SOURCE -> new SourceHandler();
      case SINK -> new SinkHandler();
      case PROXY -> new ProxyHandler(target);
      default -> throw new IllegalArgumentException("no mode " + mode);
    };
  }
}
