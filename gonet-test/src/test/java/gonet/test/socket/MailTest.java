package gonet.test.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import gonet.Net;
import gonet.socket.NetSocketFactory;
import gonet.socket.SocketViews;
import gonet.test.Proves;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.Folder;
import jakarta.mail.Message;
import jakarta.mail.Session;
import jakarta.mail.Store;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Jakarta Mail over gonet's sockets, by a factory and by its name: SMTP out, IMAP and POP3 in. */
@Timeout(180)
@Proves("socket-libraries")
class MailTest {
  private static final String USER = "ann@gonet.example";
  private static final String PASSWORD = "secret";
  private static final String TEXT = "A line of the body.\r\n".repeat(20_000);

  private GreenMail server;

  @BeforeEach
  void start() {
    ServerSetup[] setups = {
      new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP),
      new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_IMAP),
      new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_POP3),
    };
    for (ServerSetup setup : setups) {
      setup.setServerStartupTimeout(20_000);
    }
    server = new GreenMail(setups);
    server.start();
    server.setUser(USER, USER, PASSWORD);
  }

  @AfterEach
  void stop() {
    server.stop();
  }

  /** With timeouts, which Jakarta Mail sets on the socket; one for writes costs it a thread. */
  private Session session(String protocol, int port, boolean byName) {
    Properties settings = new Properties();
    String prefix = "mail." + protocol + ".";
    settings.put(prefix + "host", "127.0.0.1");
    settings.put(prefix + "port", "" + port);
    settings.put(prefix + "connectiontimeout", "20000");
    settings.put(prefix + "timeout", "20000");
    settings.put(prefix + "writetimeout", "20000");
    if (byName) {
      settings.put(prefix + "socketFactory.class", NetSocketFactory.class.getName());
    } else {
      settings.put(prefix + "socketFactory", SocketViews.factory());
    }
    settings.put(prefix + "socketFactory.fallback", "false");
    return Session.getInstance(settings);
  }

  private void send(boolean byName) throws Exception {
    Session session = session("smtp", server.getSmtp().getPort(), byName);
    MimeMessage message = new MimeMessage(session);
    message.setFrom(new InternetAddress("bob@gonet.example"));
    message.setRecipient(Message.RecipientType.TO, new InternetAddress(USER));
    message.setSubject("hello");
    message.setText(TEXT);
    try (Transport transport = session.getTransport("smtp")) {
      transport.connect();
      transport.sendMessage(message, message.getAllRecipients());
    }
  }

  private void receive(String protocol, int port, boolean byName) throws Exception {
    try (Store store = session(protocol, port, byName).getStore(protocol)) {
      store.connect(USER, PASSWORD);
      try (Folder inbox = store.getFolder("INBOX")) {
        inbox.open(Folder.READ_ONLY);
        assertEquals(2, inbox.getMessageCount());
        for (Message message : inbox.getMessages()) {
          assertEquals("hello", message.getSubject());
          assertEquals(TEXT.strip(), ((String) message.getContent()).strip());
        }
      }
    }
  }

  @Test
  void mailGoesOverGonetsConnections() throws Exception {
    long dialed = Net.stats().dialed();
    send(true);
    send(false);
    assertEquals(dialed + 2, Net.stats().dialed(), "by gonet");
    receive("imap", server.getImap().getPort(), false);
    receive("pop3", server.getPop3().getPort(), true);
    assertTrue(Net.stats().dialed() >= dialed + 4, "by gonet");
    try (Store store = session("imap", server.getImap().getPort(), true).getStore("imap")) {
      assertThrows(AuthenticationFailedException.class, () -> store.connect(USER, "wrong"));
    }
  }
}
