package gonet.test.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.mysql.cj.conf.PropertySet;
import com.mysql.cj.protocol.StandardSocketFactory;
import gonet.Net;
import gonet.socket.NetSocketFactory;
import gonet.test.Proves;
import java.net.Socket;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** MySQL Connector/J over gonet's sockets, against a MariaDB of its own. */
@Timeout(180)
@Proves("socket-libraries")
class MySqlTest {
  private static @Nullable MariaDb database;

  @BeforeAll
  static void startDatabase() throws Exception {
    database = MariaDb.start();
  }

  @AfterAll
  static void stopDatabase() throws Exception {
    if (database != null) {
      database.close();
    }
  }

  @BeforeEach
  void needsDatabase() {
    assumeTrue(database != null, "MariaDB's server is not installed");
  }

  /** Connector/J takes the name of a class of its own kind; this is all that it needs. */
  public static final class GonetSockets extends StandardSocketFactory {
    @Override
    protected Socket createSocket(PropertySet properties) {
      return new NetSocketFactory().createSocket();
    }
  }

  private static Connection connect(String more) throws SQLException {
    if (database == null) {
      throw new AssertionError("needsDatabase looked");
    }
    Properties settings = new Properties();
    settings.put("user", "root");
    settings.put("socketFactory", GonetSockets.class.getName());
    return DriverManager.getConnection(database.url() + more, settings);
  }

  private static int ask(Connection db, String query) throws SQLException {
    try (Statement statement = db.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      assertTrue(result.next());
      return result.getInt(1);
    }
  }

  @Test
  void queriesGoOverGonetsConnections() throws Exception {
    long dialed = Net.stats().dialed();
    try (Connection db = connect("?rewriteBatchedStatements=true")) {
      assertTrue(Net.stats().dialed() > dialed, "by gonet");
      assertEquals(42, ask(db, "select 6 * 7"));
      try (Statement statement = db.createStatement()) {
        statement.execute("create temporary table t (n int, text text)");
      }
      db.setAutoCommit(false);
      try (PreparedStatement insert = db.prepareStatement("insert into t values (?, ?)")) {
        for (int i = 1; i <= 10_000; i++) {
          insert.setInt(1, i);
          insert.setString(2, "x".repeat(i % 200));
          insert.addBatch();
        }
        assertEquals(10_000, insert.executeBatch().length);
      }
      db.commit();
      assertEquals(50_005_000, ask(db, "select sum(n) from t"));
      assertEquals(500_000, ask(db, "select length(repeat('x', 500000))"));
    }
  }

  @Test
  void aQueryThatTakesLongMeetsTheTimeout() throws Exception {
    try (Connection db = connect("?socketTimeout=500")) {
      assertThrows(SQLException.class, () -> ask(db, "select sleep(30)"));
    }
  }
}
