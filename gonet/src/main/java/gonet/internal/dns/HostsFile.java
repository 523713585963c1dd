package gonet.internal.dns;

import gonet.netip.Addr;
import gonet.netip.AddrParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The machine's own table of hosts: hosts(5). Names are compared without case. */
public final class HostsFile {
  /** All addresses of one name, and the first name of the first line that has it. */
  public record Host(String canonical, List<Addr> addrs) {}

  private final Map<String, Host> byName = new HashMap<>();
  private final Map<Addr, List<String>> byAddr = new HashMap<>();

  private HostsFile() {}

  /** Reads its lines; one whose address is none is skipped. */
  public static HostsFile parse(List<String> lines) {
    HostsFile file = new HostsFile();
    for (String line : lines) {
      int comment = line.indexOf('#');
      String[] words = (comment < 0 ? line : line.substring(0, comment)).strip().split("\\s+", -1);
      if (words.length > 1) {
        file.add(words);
      }
    }
    return file;
  }

  private void add(String[] words) {
    Addr addr;
    try {
      addr = Addr.parse(words[0]);
    } catch (AddrParseException e) {
      return;
    }
    for (int i = 1; i < words.length; i++) {
      String key = key(words[i]);
      Host host = byName.computeIfAbsent(key, k -> new Host(words[1], new ArrayList<>()));
      if (!host.addrs.contains(addr)) {
        host.addrs.add(addr);
      }
      List<String> names = byAddr.computeIfAbsent(addr, a -> new ArrayList<>());
      if (!names.contains(words[i])) {
        names.add(words[i]);
      }
    }
  }

  /** What the table has for a name; null if it has none. */
  public @Nullable Host host(String name) {
    return byName.get(key(name));
  }

  /** The names of an address, in their order; empty if there are none. */
  public List<String> names(Addr addr) {
    return List.copyOf(byAddr.getOrDefault(addr, List.of()));
  }

  private static String key(String name) {
    return Names.lower(Names.unrooted(name));
  }
}
