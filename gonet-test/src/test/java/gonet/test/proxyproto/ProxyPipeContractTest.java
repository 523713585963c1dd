package gonet.test.proxyproto;

import gonet.Conn;
import gonet.Net;
import gonet.proxyproto.ProxyHeader;
import gonet.proxyproto.ProxyVersion;
import gonet.test.Callers;
import gonet.test.ConnContract;
import gonet.test.ConnPair;
import gonet.test.ConnPairs;
import gonet.test.Proves;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The same over a pipe, which has no buffer, so a header waits there for its reader. */
@ParameterizedClass
@EnumSource(names = {"PLATFORM", "VIRTUAL"})
@Proves("proxy-conn")
class ProxyPipeContractTest extends ConnContract {
  ProxyPipeContractTest(Callers callers) {
    super(ProxyPipeContractTest::connectPipe, callers);
  }

  private static ConnPair connectPipe() throws IOException {
    ConnPair pair = ConnPairs.pipe().connect();
    CompletableFuture<Conn> behind = new CompletableFuture<>();
    var _ =
        Net.go(
            "header",
            () -> {
              try {
                behind.complete(ProxyPairs.LOCAL.over(pair.right()));
              } catch (Throwable t) {
                behind.completeExceptionally(t);
              }
            });
    try {
      ProxyHeader.unknown(ProxyVersion.V2).sendTo(pair.left());
      return new ConnPair(pair.left(), behind.get());
    } catch (ExecutionException e) {
      throw new IOException("the header", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }
}
