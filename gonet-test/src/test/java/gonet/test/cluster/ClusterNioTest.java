package gonet.test.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import gonet.cluster.Cluster;
import gonet.test.Proves;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** What programs hear where descriptors are not passed. */
@Timeout(180)
@Proves("cluster")
class ClusterNioTest {
  @Test
  @EnabledIfSystemProperty(
      named = "gonet.backend",
      matches = "nio",
      disabledReason = "epoll passes descriptors: ClusterTest")
  void aClusterIsNotSupportedAndSaysSo() {
    UnsupportedOperationException e =
        assertThrows(
            UnsupportedOperationException.class,
            () -> Cluster.builder().command(List.of("true")).start().close());
    assertEquals(
        "cluster: descriptors are not passed here: not supported on this backend, nio",
        e.getMessage());
  }
}
