package gonet.internal.dns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.support.Proves;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Priorities are kept, weights are odds. */
@Proves("names-records")
class ServiceOrderTest {
  private static Data.Service service(int priority, int weight, String target) {
    return new Data.Service(priority, weight, 1, target);
  }

  @Test
  void weightsAreTheOddsToComeFirst() {
    List<Data.Service> all =
        List.of(service(2, 100, "last."), service(1, 3, "three."), service(1, 1, "one."));
    Random random = new Random(1);
    int three = 0;
    for (int i = 0; i < 10_000; i++) {
      List<Data.Service> order = ServiceOrder.services(all, random);
      assertEquals("last.", order.getLast().target());
      assertEquals(3, order.size());
      three += order.getFirst().target().equals("three.") ? 1 : 0;
    }
    // A draw from 0 to 4 of five numbers: two are of "one.", which stands first.
    assertTrue(three > 5_700 && three < 6_300, three + " of 10,000");
  }

  @Test
  void thoseOfWeightZeroHaveASmallChance() {
    List<Data.Service> all = List.of(service(1, 0, "zero."), service(1, 9, "nine."));
    Random random = new Random(1);
    int zero = 0;
    for (int i = 0; i < 10_000; i++) {
      zero += ServiceOrder.services(all, random).getFirst().target().equals("zero.") ? 1 : 0;
    }
    assertTrue(zero > 800 && zero < 1_200, zero + " of 10,000");
  }

  @Test
  void mailGoesByPreference() {
    List<Data.Mail> all = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      all.add(new Data.Mail(i / 10, i + "."));
    }
    List<Data.Mail> order = ServiceOrder.mail(all, new Random(1));
    assertEquals(10, order.stream().limit(10).filter(mail -> mail.preference() == 0).count());
    assertTrue(!order.equals(all), "equals in the order of the answer");
  }
}
