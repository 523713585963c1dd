package gonet.test.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.examples.Lookup;
import gonet.test.Proves;
import gonet.test.dns.DnsQuery;
import gonet.test.dns.DnsReply;
import gonet.test.dns.NameServer;
import gonet.test.machine.ChildJvm;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The program that asks name servers: its lines, its failures, its status. */
@Proves("names-records")
@Timeout(300)
class LookupTest {
  private NameServer server;

  @BeforeEach
  void start() throws IOException {
    server =
        NameServer.start(
            "127.0.0.1",
            (q, out) -> {
              DnsReply reply = q.reply();
              if (q.name().equals("silent.test.")) {
                return;
              }
              if (q.name().startsWith("no")) {
                out.send(reply.rcode(DnsReply.NXDOMAIN).bytes());
                return;
              }
              switch (q.type()) {
                case DnsQuery.MX -> reply.mx(20, "b.test.").mx(10, "a.test.");
                case DnsQuery.NS -> reply.domain("ns.test.");
                case DnsQuery.TXT -> reply.txt("hello ", "world");
                case DnsQuery.SRV -> reply.srv(1, 2, 80, "a.test.");
                case DnsQuery.PTR -> reply.domain("host.test.");
                default ->
                    reply.cname(q.name(), "real.test.").addr("real.test.", "192.0.2.1").soa(1);
              }
              out.send(reply.bytes());
            });
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private ChildJvm.Result run(String... args) throws Exception {
    List<String> all = new ArrayList<>(List.of("--server", server.addr()));
    all.addAll(List.of(args));
    return ExampleProgram.run(Lookup.class, all.toArray(String[]::new));
  }

  private void assertPrints(String lines, String... args) throws Exception {
    ChildJvm.Result result = run(args);
    assertEquals(lines, result.output().strip().replace(System.lineSeparator(), "\n"));
    assertEquals(0, result.exitCode());
  }

  @Test
  void everyKindHasItsLines() throws Exception {
    assertPrints("192.0.2.1", "host", "a.test");
    assertPrints("real.test.", "cname", "a.test");
    assertPrints("10 a.test.\n20 b.test.", "mx", "test");
    assertPrints("ns.test.", "ns", "test");
    assertPrints("1 2 80 a.test.", "srv", "_http._tcp.test");
    assertPrints("hello world", "txt", "test");
    assertPrints("host.test.", "ptr", "192.0.2.1");
  }

  @Test
  void namesAreLookedUpTogetherAndIdenticalOnesOnce() throws Exception {
    assertPrints("ns.test.\nns.test.", "ns", "a.test", "b.test", "a.test");
    assertEquals(2, server.queries().size());
  }

  @Test
  void aNameThatFailsIsNamedAndTheOthersArePrinted() throws Exception {
    ChildJvm.Result result = run("--timeout", "5", "ns", "no.test", "a.test", "silent.test");
    String output = result.output();
    assertTrue(output.contains("lookup no.test on " + server.addr() + ": no such host"), output);
    assertTrue(output.contains("ns.test."), output);
    assertTrue(output.contains("lookup silent.test"), output);
    assertTrue(output.contains(": i/o timeout"), output);
    assertEquals(1, result.exitCode());
  }

  @Test
  void badArgumentsAreNamed() throws Exception {
    ExampleProgram.assertFails(
        "--timeout is no number of seconds above zero: soon",
        Lookup.class,
        "--timeout",
        "soon",
        "ns",
        "test");
    ChildJvm.Result result = run("any", "test");
    assertTrue(result.output().startsWith("unknown kind any"), result.output());
    assertEquals(1, result.exitCode());
    result = run("ptr", "host.test");
    assertEquals("lookup host.test: unrecognized address", result.output().strip());
    assertEquals(1, result.exitCode());
  }
}
