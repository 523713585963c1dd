package gonet.internal.backend;

import org.jspecify.annotations.Nullable;

/**
 * Whether gonet may be unloaded before the process ends: where an application server, or a
 * development mode, has loaded it by a class loader of its own. What the kernel gave must not
 * outlast it then. Everywhere else the end of the process gives that back.
 */
public final class Unloading {
  private static final boolean POSSIBLE = isOwn(Unloading.class.getClassLoader());

  private Unloading() {}

  /** True if gonet's class loader is none of those that the JVM starts with. */
  public static boolean possible() {
    return POSSIBLE;
  }

  @SuppressWarnings("ReferenceEquality") // a loader is equal to itself alone
  static boolean isOwn(@Nullable ClassLoader loader) {
    for (ClassLoader jvms = ClassLoader.getSystemClassLoader();
        jvms != null;
        jvms = jvms.getParent()) {
      if (loader == jvms) {
        return false;
      }
    }
    return loader != null;
  }
}
