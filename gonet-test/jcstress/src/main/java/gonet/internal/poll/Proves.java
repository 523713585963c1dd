package gonet.internal.poll;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The rows of docs/feature-table.md that name this test as their proof. {@code FeatureTableTest} of
 * module gonet-test compares both ways; this module sees neither of the other annotations of that
 * name.
 */
@Retention(RetentionPolicy.SOURCE)
@Target({ElementType.TYPE, ElementType.METHOD})
@interface Proves {
  /** The rows' first column. */
  String[] value();
}
