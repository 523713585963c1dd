package gonet.test.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gonet.Net;
import gonet.socket.NetSocketFactory;
import gonet.test.Callers;
import gonet.test.Crew;
import gonet.test.Job;
import gonet.test.Proves;
import gonet.test.machine.ChildJvm;
import java.io.File;
import java.net.SocketTimeoutException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** PgJDBC over gonet's sockets, by the name of the factory, against a PostgreSQL of its own. */
@Timeout(300)
@Proves("socket-libraries")
class PgJdbcTest {
  private static final String FACTORY =
      "&socketFactory=" + NetSocketFactory.class.getName() + "&tcpKeepAlive=true";

  private static @Nullable Postgres postgres;

  private final Crew crew = new Crew(Callers.VIRTUAL);

  @BeforeAll
  static void startDatabase() throws Exception {
    postgres = Postgres.start();
  }

  @AfterAll
  static void stopDatabase() throws Exception {
    if (postgres != null) {
      postgres.close();
    }
  }

  @BeforeEach
  void needsDatabase() {
    assumeTrue(postgres != null, "PostgreSQL is not installed");
  }

  @AfterEach
  void end() throws Exception {
    crew.end();
  }

  private static String url() {
    if (postgres == null) {
      throw new AssertionError("needsDatabase looked");
    }
    return postgres.url() + FACTORY;
  }

  private static Connection connect(String more) throws SQLException {
    return DriverManager.getConnection(url() + more);
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
    try (Connection db = connect("")) {
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
  void aQueryThatTakesLongMeetsTheTimeoutOrIsCancelled() throws Exception {
    try (Connection db = connect("&socketTimeout=1")) {
      SQLException e =
          assertThrows(SQLException.class, () -> ask(db, "select 1 from pg_sleep(30)"));
      assertInstanceOf(SocketTimeoutException.class, e.getCause());
    }
    try (Connection db = connect("");
        Statement statement = db.createStatement()) {
      Job<?> caller =
          crew.start("caller", () -> statement.executeQuery("select pg_sleep(30)").close());
      caller.staysFor(Duration.ofMillis(200));
      statement.cancel();
      caller.failure(SQLException.class);
      assertEquals(1, ask(db, "select 1"), "the connection goes on");
    }
  }

  @Test
  void sixtyFourThreadsParkOnOneCarrierAndDoNotPinIt() throws Exception {
    connect("").close(); // so that there are a backend and a lane to ask for
    List<String> command = new ArrayList<>();
    command.add("-Dgonet.backend=" + Net.stats().backend());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-Djdk.virtualThreadScheduler.parallelism=1");
    command.add("-Djdk.virtualThreadScheduler.maxPoolSize=1");
    if (Net.stats().lane().equals("carrier")) {
      command.add("-Dgonet.lane=carrier");
      command.add("-Dgonet.carriers=1");
      command.add("-Dgonet.carriers.spare=0");
      command.add("--add-opens");
      command.add("java.base/java.lang=ALL-UNNAMED");
    }
    command.add("-cp");
    command.add(
        String.join(
            File.pathSeparator,
            ChildJvm.locationOf(Net.class).toString(),
            ChildJvm.locationOf(ManyQueries.class).toString(),
            ChildJvm.locationOf(org.postgresql.Driver.class).toString()));
    command.add(ManyQueries.class.getName());
    command.add(url());
    ChildJvm.Result result = ChildJvm.run(Duration.ofMinutes(2), command);
    assertEquals(
        List.of("64 wait at the same time", "64 have gone on", "0 pinned"),
        result
            .output()
            .lines()
            .filter(line -> line.startsWith(ManyQueries.MARK))
            .map(line -> line.substring(ManyQueries.MARK.length()))
            .toList(),
        result.output());
    assertEquals(0, result.exitCode());
  }
}
