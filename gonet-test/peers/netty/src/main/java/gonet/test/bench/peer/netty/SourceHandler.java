package gonet.test.bench.peer.netty;

import gonet.test.bench.peer.Peer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/** Writes blocks of 1 MiB while the channel takes them. */
@SuppressWarnings("FutureReturnValueIgnored") // a failure closes the channel, which is enough
final class SourceHandler extends ChannelInboundHandlerAdapter {
  private static final ByteBuf BLOCK =
      Unpooled.unreleasableBuffer(
          Unpooled.directBuffer(Peer.BLOCK_BYTES).writeBytes(Peer.block()).asReadOnly());

  @Override
  public void channelActive(ChannelHandlerContext context) {
    fill(context);
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    fill(context);
  }

  private static void fill(ChannelHandlerContext context) {
    while (context.channel().isWritable()) {
      context.writeAndFlush(BLOCK.duplicate(), context.voidPromise());
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    context.close();
  }
}
