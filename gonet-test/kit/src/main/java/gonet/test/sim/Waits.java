package gonet.test.sim;

import java.util.Collection;
import java.util.concurrent.locks.LockSupport;

/** Says which thread waits for what. */
final class Waits {
  private static final int FRAMES = 12;

  private Waits() {}

  static String report(Collection<SimThread> threads) {
    StringBuilder text = new StringBuilder("; these threads wait:");
    for (SimThread each : threads) {
      if (each.dead()) {
        continue;
      }
      text.append("\n  ").append(each).append(' ').append(each.thread.getState());
      Object blocker = LockSupport.getBlocker(each.thread);
      if (blocker != null) {
        text.append(" for ").append(blocker.getClass().getName());
      }
      if (waitsOutside(each.thread)) {
        text.append(", outside of the simulation: sockets and files of the JDK are no part of it");
      }
      text.append(stack(each.thread));
    }
    return text.toString();
  }

  static boolean waitsOutside(Thread thread) {
    for (StackTraceElement frame : thread.getStackTrace()) {
      if (frame.getClassName().startsWith("sun.nio.ch.")) {
        return true;
      }
    }
    return false;
  }

  static String stack(Thread thread) {
    StringBuilder text = new StringBuilder();
    int shown = 0;
    for (StackTraceElement frame : thread.getStackTrace()) {
      if (frame.getClassName().startsWith("java.lang.VirtualThread") && shown == 0) {
        continue;
      }
      if (shown++ == FRAMES) {
        break;
      }
      text.append("\n      at ").append(frame);
    }
    return text.toString();
  }
}
