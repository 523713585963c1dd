package gonet.test.bench;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Compiles what is not Java, with the compilers that are on the path. */
final class Builds {
  private static final int PATIENCE_MINUTES = 5;

  private final Path sources;
  private final Path folder;

  /**
   * Builds from gonet-test/peers.
   *
   * @param folder gets the programs and what the compilers say
   */
  Builds(Path sources, Path folder) {
    this.sources = sources;
    this.folder = folder;
  }

  /** A program of the C sources. Warnings are the compiler's business: the sources have none. */
  Path c(String name, String... libraries) throws IOException, InterruptedException {
    Path program = folder.resolve(name);
    List<String> command = new ArrayList<>();
    command.addAll(List.of("gcc", "-O2", "-o", program.toString()));
    command.add(sources.resolve("c/" + name + ".c").toString());
    command.addAll(List.of(libraries)); // behind what needs them, as ld(1) wants it
    run(command, sources, Map.of());
    return program;
  }

  /** The Go server, without the network: it needs nothing but the standard library. */
  Path go() throws IOException, InterruptedException {
    Path program = folder.resolve("go-peer");
    run(
        List.of("go", "build", "-o", program.toString(), "."),
        sources.resolve("go"),
        Map.of("GOTOOLCHAIN", "local", "GOPROXY", "off", "GOFLAGS", "-mod=mod"));
    return program;
  }

  /** Where a program is on the path. */
  static Optional<Path> find(String name) {
    for (String place : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)) {
      Path program = Path.of(place, name);
      if (Files.isExecutable(program)) {
        return Optional.of(program);
      }
    }
    return Optional.empty();
  }

  private void run(List<String> command, Path place, Map<String, String> environment)
      throws IOException, InterruptedException {
    Path output = folder.resolve("build.out");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(place.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    if (!process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES) || process.exitValue() != 0) {
      process.destroyForcibly();
      throw new IOException(String.join(" ", command) + ": " + Files.readString(output).strip());
    }
  }
}
