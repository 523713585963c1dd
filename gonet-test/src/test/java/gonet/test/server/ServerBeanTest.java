package gonet.test.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Net;
import gonet.NetMXBean;
import gonet.server.Server;
import gonet.server.ServerMXBean;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import java.lang.management.ManagementFactory;
import java.util.Set;
import javax.management.JMX;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server shows itself to JMX as long as it lives. */
@LeakCheck
@Proves("jvm-metrics")
@Timeout(180)
class ServerBeanTest {
  private static final MBeanServer BEANS = ManagementFactory.getPlatformMBeanServer();
  private static final String NAME = "odd=name,with:\"all\"*?";

  private static Server start() throws Exception {
    return Server.builder()
        .name(NAME)
        .listenOn("tcp", "127.0.0.1:0")
        .handler(c -> c.inputStream().transferTo(c.outputStream()))
        .start();
  }

  private static ObjectName name(Server server) throws Exception {
    return new ObjectName(
        "gonet:type=Server,name="
            + ObjectName.quote(NAME)
            + ",addr="
            + ObjectName.quote(server.addr().toString()));
  }

  @Test
  void itsNumbersAreThoseOfTheServer() throws Exception {
    try (Server server = start()) {
      server.registerMXBean();
      server.registerMXBean(); // again: no effect
      ServerMXBean bean = JMX.newMXBeanProxy(BEANS, name(server), ServerMXBean.class);
      assertEquals("RUNNING", bean.getState());
      assertEquals(server.addr().toString(), bean.getAddresses().getFirst());
      try (Conn conn = Net.dial("tcp", server.addr().toString())) {
        conn.write(new byte[100]);
        byte[] back = new byte[100];
        conn.readFully(back);
        assertArrayEquals(new byte[100], back);
        assertEquals(1, bean.getOpen());
      }
      assertEquals(1, bean.getAccepted());
      assertEquals(100, bean.getBytesRead());
      // The client may have the bytes before the handler's thread has counted them.
      Clients.eventually(() -> bean.getBytesWritten() == 100);
      assertEquals(0, bean.getFailed());
      assertEquals(server.stats().dropped().size(), bean.getDropped().size());
    }
  }

  @Test
  void twoServersOfOneNameAreTwoBeans() throws Exception {
    Server one = start();
    try (Server other = start()) {
      one.registerMXBean();
      other.registerMXBean();
      assertTrue(BEANS.isRegistered(name(one)));
      assertTrue(BEANS.isRegistered(name(other)));
      one.close();
      assertFalse(BEANS.isRegistered(name(one)));
      assertTrue(BEANS.isRegistered(name(other)));
    }
  }

  @Test
  void aClosedServerHasNone() throws Exception {
    Server server = start();
    server.close();
    assertThrows(IllegalStateException.class, server::registerMXBean);
    assertFalse(BEANS.isRegistered(name(server)));
  }

  @Test
  void everyAttributeIsDescribed() throws Exception {
    Net.registerMXBean();
    try (Server server = start()) {
      server.registerMXBean();
      for (ObjectName name : Set.of(name(server), new ObjectName(NetMXBean.NAME))) {
        for (MBeanAttributeInfo attribute : BEANS.getMBeanInfo(name).getAttributes()) {
          assertNotEquals(attribute.getName(), attribute.getDescription());
          assertFalse(attribute.getDescription().isBlank(), attribute.getName());
        }
      }
    }
  }
}
