package gonet.internal.dns;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;

/** In which order clients try what DNS offers for a service. */
public final class ServiceOrder {
  private ServiceOrder() {}

  /** By priority; among equals at random, the weights being the odds: RFC 2782, "Weight". */
  public static List<Data.Service> services(List<Data.Service> all) {
    return services(all, ThreadLocalRandom.current());
  }

  /** By preference, equals in any order: RFC 5321, 5.1. */
  public static List<Data.Mail> mail(List<Data.Mail> all) {
    return mail(all, ThreadLocalRandom.current());
  }

  static List<Data.Service> services(List<Data.Service> all, RandomGenerator random) {
    List<Data.Service> ordered = new ArrayList<>();
    List<Data.Service> left = new ArrayList<>(all);
    // Those of weight zero come first in each draw, so that they have a small chance.
    left.sort(
        Comparator.comparingInt(Data.Service::priority).thenComparingInt(Data.Service::weight));
    while (!left.isEmpty()) {
      int priority = left.getFirst().priority();
      int sum = 0;
      int end = 0;
      while (end < left.size() && left.get(end).priority() == priority) {
        sum += left.get(end++).weight();
      }
      int drawn = random.nextInt(sum + 1);
      int chosen = 0;
      for (int reached = left.get(0).weight(); reached < drawn; ) {
        reached += left.get(++chosen).weight();
      }
      ordered.add(left.remove(chosen));
    }
    return ordered;
  }

  static List<Data.Mail> mail(List<Data.Mail> all, RandomGenerator random) {
    List<Data.Mail> ordered = new ArrayList<>(all);
    Collections.shuffle(ordered, random);
    ordered.sort(Comparator.comparingInt(Data.Mail::preference));
    return ordered;
  }
}
