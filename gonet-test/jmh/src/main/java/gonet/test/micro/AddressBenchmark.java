package gonet.test.micro;

import gonet.HostPort;
import gonet.netip.Addr;
import gonet.netip.AddrPort;
import java.io.IOException;
import java.net.InetAddress;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Texts to addresses and back; beside them what the JDK does with the same text. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class AddressBenchmark {
  @Param({"192.0.2.127", "2001:db8:85a3::8a2e:370:7334"})
  public String text;

  @Benchmark
  public Addr parse() {
    return Addr.parse(text);
  }

  @Benchmark
  public String parseAndPrint() {
    return Addr.parse(text).toString();
  }

  @Benchmark
  public AddrPort parseWithPort() {
    return AddrPort.parse(text.indexOf(':') < 0 ? text + ":80" : "[" + text + "]:80");
  }

  @Benchmark
  public HostPort split() throws IOException {
    return HostPort.split(text.indexOf(':') < 0 ? text + ":80" : "[" + text + "]:80");
  }

  @Benchmark
  public InetAddress jdk() {
    return InetAddress.ofLiteral(text);
  }
}
