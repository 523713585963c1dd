package gonet.support;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The rows of docs/feature-table.md that name this test, or all tests of this class, as their
 * proof. {@code FeatureTableTest} of module gonet-test reads the sources and compares both ways.
 * That module has an annotation of the same name, because neither sees the tests of the other.
 */
@Retention(RetentionPolicy.SOURCE)
@Target({ElementType.TYPE, ElementType.METHOD})
public @interface Proves {
  /** The rows' first column. */
  String[] value();
}
