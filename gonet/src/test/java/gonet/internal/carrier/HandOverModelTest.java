package gonet.internal.carrier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every interleaving of carriers, watcher and those who bring tasks from outside, one access to
 * shared memory at a time, around the real {@link OwnerWord}: never two owners, and when nobody can
 * go on every task has run. The queues and the eventfd are modelled, without weak memory, which is
 * what jcstress looks at.
 */
@Timeout(600) // nothing waits here: a limit for a mistake in the search, on a busy machine
class HandOverModelTest {

  @ParameterizedTest
  @CsvSource({"1, 1, 2", "2, 1, 3", "1, 2, 3", "2, 2, 3", "3, 2, 3"})
  void noTaskIsForgottenAndNoProcessorHasTwoOwners(int pushers, int looks, int carriers) {
    Explorer explorer = new Explorer(() -> new World(pushers, looks, carriers, Mistake.NONE));
    explorer.run();
    assertTrue(explorer.ends > 0);
    assertTrue(explorer.handOvers > 0, "no interleaving handed over");
  }

  @Test
  void theModelFindsASleeperThatLooksBeforeItSaysSo() {
    Explorer explorer = new Explorer(() -> new World(1, 1, 2, Mistake.LOOKS_TOO_EARLY));
    assertThrows(AssertionError.class, explorer::run);
  }

  @Test
  void theModelFindsAnOwnerThatDoesNotAskWhetherItStillIs() {
    Explorer explorer = new Explorer(() -> new World(1, 1, 2, Mistake.ENDS_BLINDLY));
    assertThrows(AssertionError.class, explorer::run);
  }

  private enum Mistake {
    NONE,
    LOOKS_TOO_EARLY,
    ENDS_BLINDLY
  }

  /** What all share, and who takes part. */
  private static final class World {
    final OwnerWord word = new OwnerWord();
    final Mistake mistake;
    final List<Actor> actors = new ArrayList<>();
    final List<ModelCarrier> carriers = new ArrayList<>();
    final int tasks;
    int external;
    int ran;
    int handOvers;
    boolean pending;
    boolean edge;

    World(int pushers, int looks, int carrierCount, Mistake mistake) {
      this.tasks = pushers;
      this.mistake = mistake;
      for (int i = 1; i <= carrierCount; i++) {
        ModelCarrier carrier = new ModelCarrier(this, i);
        carriers.add(carrier);
        actors.add(carrier);
      }
      carriers.getFirst().next = true;
      actors.add(new ModelWatcher(this, looks));
      for (int i = 0; i < pushers; i++) {
        actors.add(new Pusher(this));
      }
    }

    String state() {
      StringBuilder text = new StringBuilder();
      text.append(word.look()).append(' ').append(external).append(' ').append(ran);
      text.append(pending ? 'p' : '-').append(edge ? 'e' : '-');
      actors.forEach(actor -> text.append(' ').append(actor.state()));
      return text.toString();
    }

    void check() {
      assertTrue(
          carriers.stream().filter(ModelCarrier::owns).count() <= 1,
          () -> "two owners: " + state());
    }

    void checkEnd() {
      assertEquals(tasks, ran, () -> "forgotten: " + state());
      assertEquals(0, external);
    }
  }

  private interface Actor {
    boolean enabled();

    /** One access to what others see. */
    void step();

    String state();
  }

  /** {@link Processor#next} and {@link Carrier} of the leader. */
  private static final class ModelCarrier implements Actor {
    private enum At {
      SPARE,
      RISE,
      TAKE,
      BEGIN,
      IN_TASK,
      END,
      POLL,
      EARLY_LOOK,
      SLEEP,
      LOOK_AGAIN,
      ASK_PENDING,
      WAIT,
      CLEAR
    }

    private final World world;
    private final int number;
    private At at = At.SPARE;
    private long begun;
    boolean next;

    ModelCarrier(World world, int number) {
      this.world = world;
      this.number = number;
    }

    boolean owns() {
      return at != At.SPARE && at != At.IN_TASK && at != At.END;
    }

    boolean spare() {
      return at == At.SPARE && !next;
    }

    @Override
    public boolean enabled() {
      return switch (at) {
        case SPARE -> next;
        case WAIT -> world.edge;
        default -> true;
      };
    }

    @Override
    public void step() {
      at =
          switch (at) {
            case SPARE -> {
              next = false;
              yield world.word.asleep() ? At.RISE : At.TAKE;
            }
            case RISE -> {
              world.word.awake(number);
              yield At.TAKE;
            }
            case TAKE -> {
              if (world.external == 0) {
                yield At.POLL;
              }
              world.external--;
              yield At.BEGIN;
            }
            case BEGIN -> {
              begun = world.word.beginTask();
              yield At.IN_TASK;
            }
            case IN_TASK -> {
              world.ran++;
              yield At.END;
            }
            case END ->
                world.word.endTask(begun) || world.mistake == Mistake.ENDS_BLINDLY
                    ? At.TAKE
                    : At.SPARE;
            case POLL -> {
              world.edge = false; // the flag stays: nobody waits who would need the edge
              yield world.mistake == Mistake.LOOKS_TOO_EARLY ? At.EARLY_LOOK : At.SLEEP;
            }
            case EARLY_LOOK -> world.external > 0 ? At.TAKE : At.SLEEP;
            case SLEEP -> {
              world.word.sleep();
              yield world.mistake == Mistake.LOOKS_TOO_EARLY ? At.ASK_PENDING : At.LOOK_AGAIN;
            }
            case LOOK_AGAIN -> world.external > 0 ? At.RISE : At.ASK_PENDING;
            case ASK_PENDING -> {
              boolean wasPending = world.pending;
              world.pending = false;
              yield wasPending ? At.RISE : At.WAIT;
            }
            case WAIT -> {
              world.edge = false;
              yield At.CLEAR;
            }
            case CLEAR -> {
              world.pending = false;
              yield At.RISE;
            }
          };
    }

    @Override
    public String state() {
      return at + (next ? "+" : "") + begun;
    }
  }

  /** {@link Watcher}: without patience, which is more than it ever does. */
  private static final class ModelWatcher implements Actor {
    private final World world;
    private int looks;
    private boolean looked;
    private long seen;

    ModelWatcher(World world, int looks) {
      this.world = world;
      this.looks = looks;
    }

    @Override
    public boolean enabled() {
      return looks > 0;
    }

    @Override
    public void step() {
      if (!looked) {
        seen = world.word.look();
        looked = true;
        return;
      }
      looked = false;
      looks--;
      for (ModelCarrier carrier : world.carriers) {
        if (carrier.spare()) {
          if (world.word.take(seen, carrier.number)) {
            world.handOvers++;
            carrier.next = true;
          }
          return;
        }
      }
    }

    @Override
    public String state() {
      return looks + (looked ? "seen" + seen : "");
    }
  }

  /** {@link Group#execute}, called by a stranger. */
  private static final class Pusher implements Actor {
    private final World world;
    private int step;

    Pusher(World world) {
      this.world = world;
    }

    @Override
    public boolean enabled() {
      return step < 4;
    }

    @Override
    public void step() {
      switch (step++) {
        case 0 -> world.external++;
        case 1 -> step = world.word.asleep() ? step : 4;
        case 2 -> {
          step = world.pending ? 4 : step;
          world.pending = true;
        }
        default -> world.edge = true;
      }
    }

    @Override
    public String state() {
      return "" + step;
    }
  }

  /** Runs every schedule from the beginning, and goes no further where it has been before. */
  private static final class Explorer {
    private final Supplier<World> worlds;
    private final Set<String> seen = new HashSet<>();
    int ends;
    int handOvers;

    Explorer(Supplier<World> worlds) {
      this.worlds = worlds;
    }

    void run() {
      List<List<Integer>> open = new ArrayList<>();
      open.add(List.of());
      World world = worlds.get();
      List<Integer> done = List.of();
      while (!open.isEmpty()) {
        List<Integer> schedule = open.removeLast();
        if (schedule.size() <= done.size() || !done.equals(schedule.subList(0, done.size()))) {
          world = worlds.get();
          done = List.of();
        }
        for (int choice : schedule.subList(done.size(), schedule.size())) {
          world.actors.get(choice).step();
        }
        done = schedule;
        world.check();
        if (!seen.add(world.state())) {
          continue;
        }
        boolean over = true;
        for (int i = 0; i < world.actors.size(); i++) {
          if (world.actors.get(i).enabled()) {
            over = false;
            List<Integer> longer = new ArrayList<>(schedule);
            longer.add(i);
            open.add(longer);
          }
        }
        if (over) {
          ends++;
          handOvers += world.handOvers;
          world.checkEnd();
        }
        assertFalse(seen.size() > 2_000_000, "too many states");
      }
    }
  }
}
