package gonet.test;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The rows of docs/feature-table.md that name this test, or all tests of this class, as their
 * proof. It is for the tests of gonet itself: {@code FeatureTableTest} reads the sources and
 * compares both ways. No class file keeps it.
 */
@Retention(RetentionPolicy.SOURCE)
@Target({ElementType.TYPE, ElementType.METHOD})
public @interface Proves {
  /** The rows' first column. */
  String[] value();
}
