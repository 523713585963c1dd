package gonet.internal.management;

import java.lang.management.ManagementFactory;
import java.util.Map;
import javax.management.InstanceAlreadyExistsException;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanInfo;
import javax.management.MBeanRegistrationException;
import javax.management.ObjectName;
import javax.management.StandardMBean;
import org.jspecify.annotations.Nullable;

/** A bean whose attributes tell people what they are, and not only their names. */
public final class Bean extends StandardMBean {
  private final String description;
  private final Map<String, String> attributes;

  private Bean(Object bean, Class<?> type, String description, Map<String, String> attributes) {
    super(type.cast(bean), typed(type), true);
    this.description = description;
    this.attributes = Map.copyOf(attributes);
  }

  @SuppressWarnings("unchecked") // what was cast to it is one
  private static <T> Class<T> typed(Class<?> type) {
    return (Class<T>) type;
  }

  /**
   * Registers a bean with the platform's MBean server.
   *
   * @param type its interface
   * @param attributes what each attribute is, in one sentence
   * @return false if something has that name already
   */
  public static boolean register(
      String name, Object bean, Class<?> type, String description, Map<String, String> attributes) {
    try {
      var _ =
          ManagementFactory.getPlatformMBeanServer()
              .registerMBean(new Bean(bean, type, description, attributes), new ObjectName(name));
      return true;
    } catch (InstanceAlreadyExistsException e) {
      return false;
    } catch (JMException e) {
      throw new IllegalStateException(name + " cannot be registered", e);
    }
  }

  /** Takes it away; no effect if it is not there. */
  public static void unregister(String name) {
    try {
      ManagementFactory.getPlatformMBeanServer().unregisterMBean(new ObjectName(name));
    } catch (InstanceNotFoundException | MBeanRegistrationException e) {
      // Somebody else has taken it away.
    } catch (JMException e) {
      throw new IllegalStateException(name + " cannot be unregistered", e);
    }
  }

  /** A value within an object name, quoted where its characters would mean something there. */
  public static String quoted(String value) {
    return ObjectName.quote(value);
  }

  @Override
  protected @Nullable String getDescription(MBeanInfo info) {
    return description;
  }

  @Override
  protected @Nullable String getDescription(MBeanAttributeInfo info) {
    return attributes.getOrDefault(info.getName(), info.getName());
  }
}
