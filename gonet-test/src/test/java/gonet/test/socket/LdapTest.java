package gonet.test.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.unboundid.ldap.listener.InMemoryDirectoryServer;
import com.unboundid.ldap.listener.InMemoryDirectoryServerConfig;
import com.unboundid.ldap.listener.InMemoryListenerConfig;
import com.unboundid.ldap.sdk.LDAPConnection;
import com.unboundid.ldap.sdk.LDAPConnectionOptions;
import com.unboundid.ldap.sdk.SearchScope;
import gonet.Net;
import gonet.socket.NetSocketFactory;
import gonet.socket.SocketViews;
import gonet.test.Proves;
import java.net.InetAddress;
import java.util.Hashtable;
import javax.naming.AuthenticationException;
import javax.naming.Context;
import javax.naming.NamingEnumeration;
import javax.naming.directory.BasicAttributes;
import javax.naming.directory.DirContext;
import javax.naming.directory.InitialDirContext;
import javax.naming.directory.SearchControls;
import javax.naming.directory.SearchResult;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** LDAP over gonet's sockets: the JDK's client, by the name of the factory, and UnboundID's. */
@Timeout(180)
@Proves("socket-libraries")
class LdapTest {
  private static final String ROOT = "dc=gonet,dc=example";
  private static final String ADMIN = "cn=admin," + ROOT;
  private static final String PASSWORD = "secret";
  private static final int ENTRIES = 500;

  private InMemoryDirectoryServer server;

  @BeforeEach
  void start() throws Exception {
    InMemoryDirectoryServerConfig config = new InMemoryDirectoryServerConfig(ROOT);
    config.addAdditionalBindCredentials(ADMIN, PASSWORD);
    config.setListenerConfigs(
        new InMemoryListenerConfig("ldap", InetAddress.getLoopbackAddress(), 0, null, null, null));
    config.setSchema(null);
    server = new InMemoryDirectoryServer(config);
    server.add("dn: " + ROOT, "objectClass: domain", "dc: gonet");
    for (int i = 0; i < ENTRIES; i++) {
      server.add("dn: cn=n" + i + "," + ROOT, "objectClass: device", "description: entry " + i);
    }
    server.startListening();
  }

  @AfterEach
  void stop() {
    server.shutDown(true);
  }

  @SuppressWarnings("JdkObsolete") // JNDI takes a Hashtable
  private DirContext context(String password) throws Exception {
    Hashtable<String, String> settings = new Hashtable<>();
    settings.put(Context.INITIAL_CONTEXT_FACTORY, "com.sun.jndi.ldap.LdapCtxFactory");
    settings.put(Context.PROVIDER_URL, "ldap://127.0.0.1:" + server.getListenPort());
    settings.put("java.naming.ldap.factory.socket", NetSocketFactory.class.getName());
    settings.put("com.sun.jndi.ldap.connect.timeout", "20000");
    settings.put("com.sun.jndi.ldap.read.timeout", "20000");
    settings.put(Context.SECURITY_AUTHENTICATION, "simple");
    settings.put(Context.SECURITY_PRINCIPAL, ADMIN);
    settings.put(Context.SECURITY_CREDENTIALS, password);
    return new InitialDirContext(settings);
  }

  private static int count(DirContext context) throws Exception {
    NamingEnumeration<SearchResult> found =
        context.search(ROOT, "(objectClass=device)", new SearchControls());
    int count = 0;
    for (; found.hasMore(); count++) {
      String description = (String) found.next().getAttributes().get("description").get();
      assertTrue(description.startsWith("entry "), description);
    }
    return count;
  }

  @Test
  void jndiGoesOverGonetsConnections() throws Exception {
    long dialed = Net.stats().dialed();
    DirContext context = context(PASSWORD);
    try {
      assertTrue(Net.stats().dialed() > dialed, "by gonet");
      assertEquals(ENTRIES, count(context));
      BasicAttributes one = new BasicAttributes("objectClass", "device");
      one.put("description", "entry more");
      context.createSubcontext("cn=more," + ROOT, one).close();
      assertEquals(ENTRIES + 1, count(context));
      context.destroySubcontext("cn=more," + ROOT);
      assertEquals(ENTRIES, count(context));
    } finally {
      context.close();
    }
    assertThrows(AuthenticationException.class, () -> context("wrong").close());
  }

  @Test
  void unboundIdGoesOverGonetsConnections() throws Exception {
    long dialed = Net.stats().dialed();
    LDAPConnectionOptions options = new LDAPConnectionOptions();
    options.setResponseTimeoutMillis(20_000);
    try (LDAPConnection connection =
        new LDAPConnection(
            SocketViews.factory(), options, "127.0.0.1", server.getListenPort(), ADMIN, PASSWORD)) {
      assertTrue(Net.stats().dialed() > dialed, "by gonet");
      assertEquals(
          ENTRIES,
          connection.search(ROOT, SearchScope.ONE, "(objectClass=device)").getEntryCount());
    }
  }
}
