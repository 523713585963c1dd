package gonet.internal.dns;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Where hosts are looked for, and in which order: the line {@code hosts:} of nsswitch.conf(5). What
 * is neither {@code files} nor {@code dns} only the C library can ask, so names that it could be
 * responsible for are the system's resolver's.
 */
public final class NameSwitch {
  /** What answers a name. */
  public enum Source {
    FILES,
    DNS
  }

  private static final List<Source> DEFAULT = List.of(Source.FILES, Source.DNS);

  /** Names that the machine's own name service knows by itself, nss-myhostname(8). */
  private static final Set<String> OWN = Set.of("localhost", "_gateway", "_outbound");

  private final List<Source> order;

  /** There is a source that may answer any name. */
  private final boolean foreign;

  private final boolean multicast;
  private final boolean own;

  private NameSwitch(List<Source> order, boolean foreign, boolean multicast, boolean own) {
    this.order = order;
    this.foreign = foreign;
    this.multicast = multicast;
    this.own = own;
  }

  /** Files, then DNS, and nothing else. */
  public static NameSwitch standard() {
    return new NameSwitch(DEFAULT, false, false, false);
  }

  /** Reads the file's lines; without a line for hosts it is files, then DNS. */
  public static NameSwitch parse(List<String> lines) {
    for (String line : lines) {
      int comment = line.indexOf('#');
      String text = (comment < 0 ? line : line.substring(0, comment)).strip();
      if (text.startsWith("hosts:")) {
        return parseSources(text.substring("hosts:".length()));
      }
    }
    return standard();
  }

  private static NameSwitch parseSources(String text) {
    List<Source> order = new ArrayList<>();
    boolean foreign = false;
    boolean multicast = false;
    boolean own = false;
    // Criteria such as [NOTFOUND=return] stand in brackets, and may have spaces within.
    String sources = text.replaceAll("\\[[^\\]]*]", " ");
    for (String source : sources.strip().split("\\s+", -1)) {
      switch (source) {
        case "" -> {}
        case "files" -> order.add(Source.FILES);
        case "dns" -> order.add(Source.DNS);
        case "myhostname" -> own = true;
        default -> {
          if (source.startsWith("mdns")) {
            multicast = true;
          } else {
            foreign = true;
          }
        }
      }
    }
    return new NameSwitch(List.copyOf(order), foreign || !standardCriteria(text), multicast, own);
  }

  /**
   * Whether all criteria say what our order does anyway: return at success, go on otherwise, and
   * for the last of multicast's sources return where it has found nothing.
   */
  private static boolean standardCriteria(String text) {
    for (int i = text.indexOf('['); i >= 0; i = text.indexOf('[', i + 1)) {
      int end = text.indexOf(']', i);
      String source = text.substring(0, i).strip();
      boolean afterMulticast = source.substring(source.lastIndexOf(' ') + 1).startsWith("mdns");
      String criteria = end < 0 ? "" : text.substring(i + 1, end).strip();
      for (String one : criteria.split("\\s+", -1)) {
        String word = Names.lower(one);
        boolean usual =
            word.equals("success=return")
                || word.equals("notfound=continue")
                || word.equals("unavail=continue")
                || word.equals("tryagain=continue")
                || (afterMulticast && word.equals("notfound=return"));
        if (!usual) {
          return false;
        }
      }
    }
    return true;
  }

  /** Whether only the system's resolver can know this name. */
  public boolean needsSystem(String name, Supplier<String> ownName) {
    String lower = Names.lower(Names.unrooted(name));
    return foreign
        || (multicast && lower.endsWith(".local"))
        || (own
            && (OWN.contains(lower)
                || lower.endsWith(".localhost")
                || lower.equals(Names.lower(ownName.get()))));
  }

  /** The sources in their order. */
  public List<Source> order() {
    return order;
  }
}
