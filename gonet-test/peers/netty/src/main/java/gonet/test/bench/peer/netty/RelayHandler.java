package gonet.test.bench.peer.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/** Passes bytes on; reads the next ones once the other side has taken these. */
@SuppressWarnings("FutureReturnValueIgnored") // a failure closes the channel, which is enough
final class RelayHandler extends ChannelInboundHandlerAdapter {
  private final Channel to;

  RelayHandler(Channel to) {
    this.to = to;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object bytes) {
    to.writeAndFlush(bytes)
        .addListener(
            (ChannelFuture written) -> {
              if (written.isSuccess()) {
                context.channel().read();
              } else {
                context.close();
              }
            });
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    to.close();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    context.close();
  }
}
