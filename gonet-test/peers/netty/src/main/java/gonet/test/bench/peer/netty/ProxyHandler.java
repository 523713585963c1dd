package gonet.test.bench.peer.netty;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;

/** The client's side of the proxy: dials the target on its own loop, then relays both ways. */
@SuppressWarnings("FutureReturnValueIgnored") // a failure closes the channel, which is enough
final class ProxyHandler extends ChannelInboundHandlerAdapter {
  private final String host;
  private final int port;

  ProxyHandler(String target) {
    int colon = target.lastIndexOf(':');
    host = target.substring(0, colon);
    port = Integer.parseInt(target.substring(colon + 1));
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    Channel client = context.channel();
    new Bootstrap()
        .group(client.eventLoop())
        .channel(EpollSocketChannel.class)
        .option(ChannelOption.TCP_NODELAY, true)
        .option(ChannelOption.AUTO_READ, false)
        .handler(new RelayHandler(client))
        .connect(host, port)
        .addListener(
            (ChannelFuture dialled) -> {
              if (!dialled.isSuccess()) {
                client.close();
                return;
              }
              Channel target = dialled.channel();
              client.pipeline().replace(this, "relay", new RelayHandler(target));
              client.read();
              target.read();
            });
  }
}
