/*
 * The benchmarks' load generator for TLS: as load.c, one thread and one epoll set, with OpenSSL.
 * Whatever a server would like better, it offers TLS 1.3, AES-128-GCM, P-256 and nothing else, so
 * that all servers do the same. It does not verify certificates: that is the client's work.
 * Arguments are KEY=VALUE:
 *
 *   mode=echo       conns connections, each with one request of size bytes in flight
 *   mode=paced      rate requests a second over conns connections, sent when they are due; latency
 *                   counts from that moment
 *   mode=handshake  conns at a time: connect, handshake, one echo, close; with resume=1 all
 *                   handshakes but the first of each resume the session of the one before. An error
 *                   is one that did not do as it was told
 *   mode=source     reads what conns connections are sent
 *   mode=hold       opens conns connections, prints "ready" when each handshake is over and the
 *                   server's ticket read, and holds them until standard input ends
 *
 *   port=N  pid=N (the server, for its CPU time)  warm=SECONDS  secs=SECONDS
 *   stalled=N (further connections that stop in the middle of the handshake: they have sent their
 *              first message, and do not go on; one that the server ends is made anew)
 *   spread=SECONDS (they come evenly over so long, before what is measured as well. 10, the server's
 *              limit, if not given: all at once would keep this program itself from its requests)
 *   marks=SECONDS (prints "mark REQUESTS" that often, from the start of what is measured)
 *
 * Prints NAME VALUE lines, as load.c.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "histogram.h"

enum { RING = 1024, MAX_FDS = 1 << 16, BLOCK_BYTES = 1 << 18, MOST_READS = 256 };
static const int64_t SECOND_NS = INT64_C(1000000000);

struct conn {
  SSL *ssl;
  SSL_SESSION *last; /* what the next handshake of this slot resumes */
  int fd, stalled;
  int got;             /* bytes of the response that is on its way */
  unsigned head, tail; /* requests in flight, as numbers of their moments */
  int64_t sent_ns[RING];
};

static const char *mode = "echo";
static int port, conn_count = 1, stalled_count, size = 128, resume;
static double rate, warm_s = 1, measure_s = 1, mark_s, spread_s = 10;
static clockid_t server_clock;
static int has_server_clock;

static SSL_CTX *context;
static int epfd;
static struct conn *conns, *stalled;
static char block[BLOCK_BYTES];
static int measuring;
static uint64_t requests, bytes, errors;
static int64_t now;

static void fail(const char *format, ...) {
  va_list args;
  va_start(args, format);
  vfprintf(stderr, format, args);
  va_end(args);
  fprintf(stderr, "\n");
  ERR_print_errors_fp(stderr);
  exit(1);
}

static int64_t clock_ns(clockid_t clock) {
  struct timespec t;
  if (clock_gettime(clock, &t)) fail("clock: %s", strerror(errno));
  return t.tv_sec * SECOND_NS + t.tv_nsec;
}

static int is(const char *name) { return !strcmp(mode, name); }

static void watch(struct conn *c, uint32_t events, int op) {
  struct epoll_event e = {.events = events, .data.ptr = c};
  if (epoll_ctl(epfd, op, c->fd, &e)) fail("epoll_ctl: %s", strerror(errno));
}

/* Begins to connect, or connects; every connection has a source address of its own. */
static void open_socket(struct conn *c, int wait) {
  static unsigned source;
  int one = 1;
  c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | (wait ? 0 : SOCK_NONBLOCK), 0);
  if (c->fd < 0 || c->fd >= MAX_FDS) fail("socket: %s", strerror(errno));
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  setsockopt(c->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
  struct timeval limit = {.tv_sec = 20};
  setsockopt(c->fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  setsockopt(c->fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  struct sockaddr_in from = {.sin_family = AF_INET};
  from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 + source++ % 60000);
  if (bind(c->fd, (void *)&from, sizeof from)) fail("bind: %s", strerror(errno));
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(c->fd, (void *)&to, sizeof to) && (wait || errno != EINPROGRESS)) {
    fail("connect: %s", strerror(errno));
  }
}

static void open_tls(struct conn *c, int wait) {
  open_socket(c, wait);
  c->ssl = SSL_new(context);
  if (!c->ssl || !SSL_set_fd(c->ssl, c->fd)) fail("no TLS");
  SSL_set_tlsext_host_name(c->ssl, "bench.example");
  SSL_set_connect_state(c->ssl);
  if (resume && c->last) SSL_set_session(c->ssl, c->last);
  c->got = 0;
  c->head = c->tail = 0;
}

static void close_tls(struct conn *c) {
  SSL_free(c->ssl);
  c->ssl = NULL;
  close(c->fd);
}

/* Whether a call of OpenSSL that did nothing only has to be repeated later. */
static int is_early(SSL *ssl, int result) {
  int why = SSL_get_error(ssl, result);
  return why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE;
}

static void request(struct conn *c, int64_t from_ns) {
  if (c->tail - c->head >= RING) {
    errors++;
    return;
  }
  c->sent_ns[c->tail++ % RING] = from_ns;
  if (SSL_write(c->ssl, block, size) != size) fail("the kernel did not take a whole request");
}

/* Begins anew in the same slot. */
static void next_handshake(struct conn *c) {
  open_tls(c, 0);
  c->sent_ns[c->tail++ % RING] = clock_ns(CLOCK_MONOTONIC);
  watch(c, EPOLLOUT, EPOLL_CTL_ADD);
}

static void shake_hands(struct conn *c) {
  int n = SSL_do_handshake(c->ssl);
  if (n == 1) {
    if (measuring && SSL_session_reused(c->ssl) != (resume && c->last)) errors++;
    watch(c, EPOLLIN, EPOLL_CTL_MOD);
    if (SSL_write(c->ssl, block, size) != size) fail("the kernel did not take a whole request");
  } else if (is_early(c->ssl, n)) {
    watch(c, SSL_want_write(c->ssl) ? EPOLLOUT : EPOLLIN, EPOLL_CTL_MOD);
  } else {
    ERR_clear_error();
    errors++;
    close_tls(c);
    next_handshake(c);
  }
}

static void complete(struct conn *c) {
  now = clock_ns(CLOCK_MONOTONIC);
  int64_t taken = now - c->sent_ns[c->head++ % RING];
  if (measuring) {
    histogram_add(taken);
    requests++;
  }
  if (is("echo")) {
    request(c, now);
  } else if (is("handshake")) {
    if (resume) {
      if (c->last) SSL_SESSION_free(c->last);
      c->last = SSL_get1_session(c->ssl); /* with the ticket, which came before the echo */
    }
    SSL_shutdown(c->ssl);
    close_tls(c);
    next_handshake(c);
  }
}

static void readable(struct conn *c) {
  int left = MOST_READS; /* a server that always has more must not stop the clock */
  for (;;) {
    int n = SSL_read(c->ssl, block + BLOCK_BYTES / 2, BLOCK_BYTES / 2);
    if (n <= 0) {
      if (is_early(c->ssl, n)) return;
      fail("the server ended a connection");
    }
    if (measuring) bytes += n;
    if (is("source")) {
      if (--left == 0) return; /* what OpenSSL still holds comes with what follows */
      continue;
    }
    for (c->got += n; c->got >= size;) {
      if (c->head == c->tail) fail("the server sent more than it was sent");
      c->got -= size;
      complete(c);
      if (is("handshake")) return;
    }
    if (!SSL_has_pending(c->ssl)) return;
  }
}

/* One that stops in the middle: the first message goes out, and what comes cannot be read. */
static void open_stalled(struct conn *c) {
  c->stalled = 1;
  open_tls(c, 0);
  BIO *nothing = BIO_new(BIO_s_mem());
  if (!nothing) fail("no memory");
  BIO_set_mem_eof_return(nothing, -1); /* later */
  SSL_set0_rbio(c->ssl, nothing);
  watch(c, EPOLLOUT | EPOLLRDHUP, EPOLL_CTL_ADD);
}

/* Slots whose connection the server has ended, in a ring, and when the next of them is due. */
static struct conn **ended;
static unsigned ended_head, ended_tail;
static int64_t next_stalled_ns;

/* Makes those anew that are due and tells when the next one is. */
static int64_t reopen_stalled(void) {
  while (ended_head != ended_tail && next_stalled_ns <= now) {
    open_stalled(ended[ended_head++ % stalled_count]);
    next_stalled_ns = now + (int64_t)(spread_s * SECOND_NS / stalled_count);
  }
  return ended_head == ended_tail ? INT64_MAX : next_stalled_ns;
}

static void stalled_event(struct conn *c, uint32_t events) {
  if (!(events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR))) { /* the connection stands now */
    ERR_clear_error();
    int n = SSL_do_handshake(c->ssl);
    if (n == 1) fail("a handshake that did not stop");
    if (is_early(c->ssl, n)) {
      watch(c, EPOLLRDHUP | (SSL_want_write(c->ssl) ? EPOLLOUT : 0), EPOLL_CTL_MOD);
      return;
    }
    ERR_clear_error(); /* it was reset in this moment */
  }
  close_tls(c); /* the server has had enough */
  ended[ended_tail++ % stalled_count] = c;
}

static void argument(const char *arg) {
  char key[32];
  const char *value = strchr(arg, '=');
  if (!value || (size_t)(value - arg) >= sizeof key) fail("want KEY=VALUE, not %s", arg);
  memcpy(key, arg, value - arg);
  key[value++ - arg] = 0;
  if (!strcmp(key, "mode")) mode = value;
  else if (!strcmp(key, "port")) port = atoi(value);
  else if (!strcmp(key, "conns")) conn_count = atoi(value);
  else if (!strcmp(key, "stalled")) stalled_count = atoi(value);
  else if (!strcmp(key, "spread")) spread_s = atof(value);
  else if (!strcmp(key, "size")) size = atoi(value);
  else if (!strcmp(key, "resume")) resume = atoi(value);
  else if (!strcmp(key, "rate")) rate = atof(value);
  else if (!strcmp(key, "warm")) warm_s = atof(value);
  else if (!strcmp(key, "secs")) measure_s = atof(value);
  else if (!strcmp(key, "marks")) mark_s = atof(value);
  else if (!strcmp(key, "pid")) {
    /* The CPU time of all threads of another process, exact to the nanosecond: CPUCLOCK_SCHED. */
    server_clock = (clockid_t)(~(unsigned)atoi(value) << 3 | 2);
    has_server_clock = 1;
  } else {
    fail("no argument %s", key);
  }
}

static void open_all(void) {
  stalled = calloc(stalled_count + 1, sizeof *stalled);
  ended = calloc(stalled_count + 1, sizeof *ended);
  for (int i = 0; i < stalled_count; i++) ended[ended_tail++ % stalled_count] = &stalled[i];
  for (int64_t end = clock_ns(CLOCK_MONOTONIC) + (stalled_count ? (int64_t)(spread_s * SECOND_NS) : 0);
       (now = clock_ns(CLOCK_MONOTONIC)) < end;) {
    struct epoll_event events[256];
    reopen_stalled();
    int n = epoll_wait(epfd, events, 256, 1);
    for (int i = 0; i < n; i++) stalled_event(events[i].data.ptr, events[i].events);
  }
  for (int i = 0; i < conn_count; i++) {
    struct conn *c = &conns[i];
    if (is("handshake")) {
      next_handshake(c);
      continue;
    }
    open_tls(c, 1);
    if (SSL_do_handshake(c->ssl) != 1) fail("no handshake");
    fcntl(c->fd, F_SETFL, O_NONBLOCK);
    watch(c, EPOLLIN, EPOLL_CTL_ADD);
  }
  for (int i = 0; i < conn_count && is("echo"); i++) request(&conns[i], clock_ns(CLOCK_MONOTONIC));
}

static int64_t next_mark_ns;

static void mark(void) {
  if (!mark_s || now < next_mark_ns) return;
  printf("mark %llu\n", (unsigned long long)requests);
  fflush(stdout);
  next_mark_ns = now + (int64_t)(mark_s * SECOND_NS);
}

/* Sends what is due and tells when the next one is. */
static int64_t pace(int64_t start_ns) {
  static uint64_t count;
  for (;;) {
    int64_t due = start_ns + (int64_t)(count * (SECOND_NS / rate));
    if (due > now) return due;
    request(&conns[count++ % conn_count], due);
  }
}

static void run(void) {
  struct epoll_event events[256];
  int64_t start = now = clock_ns(CLOCK_MONOTONIC);
  int64_t measure_at = start + (int64_t)(warm_s * SECOND_NS);
  int64_t end = measure_at + (int64_t)(measure_s * SECOND_NS);
  int64_t begun = 0, server_ns = 0, load_ns = 0;
  for (;;) {
    int64_t until = measuring ? end : measure_at;
    if (is("paced")) {
      int64_t due = pace(start);
      if (due < until) until = due;
    }
    int64_t reopen = reopen_stalled();
    if (reopen < until) until = reopen;
    int64_t wait = until > now ? until - now : 0;
    struct timespec timeout = {.tv_sec = wait / SECOND_NS, .tv_nsec = wait % SECOND_NS};
    int n = epoll_pwait2(epfd, events, 256, &timeout, NULL);
    if (n < 0 && errno != EINTR) fail("epoll_pwait2: %s", strerror(errno));
    now = clock_ns(CLOCK_MONOTONIC);
    for (int i = 0; i < n; i++) {
      struct conn *c = events[i].data.ptr;
      if (c->stalled) stalled_event(c, events[i].events);
      else if (SSL_is_init_finished(c->ssl)) readable(c);
      else shake_hands(c);
    }
    now = clock_ns(CLOCK_MONOTONIC);
    if (!measuring && now >= measure_at) {
      measuring = 1;
      histogram_clear();
      requests = bytes = errors = 0;
      begun = now;
      if (has_server_clock) server_ns = clock_ns(server_clock);
      load_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
    } else if (measuring && now >= end) {
      break;
    }
    if (measuring) mark();
  }
  printf("seconds %.6f\n", (now - begun) / 1e9);
  if (has_server_clock) {
    printf("server_cpu_ns %lld\n", (long long)(clock_ns(server_clock) - server_ns));
  }
  printf("load_cpu_ns %lld\n", (long long)(clock_ns(CLOCK_PROCESS_CPUTIME_ID) - load_ns));
  printf("requests %llu\nbytes %llu\nerrors %llu\n", (unsigned long long)requests,
         (unsigned long long)bytes, (unsigned long long)errors);
  histogram_print();
}

/* Until the tickets have come: they belong to what an idle connection costs the server. */
static void await_tickets(void) {
  struct epoll_event events[256];
  for (;;) {
    int n = epoll_wait(epfd, events, 256, 1000);
    if (n == 0) return;
    for (int i = 0; i < n; i++) readable(events[i].data.ptr);
  }
}

static void prepare(void) {
  signal(SIGPIPE, SIG_IGN);
  context = SSL_CTX_new(TLS_client_method());
  if (!context || !SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) ||
      !SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION) ||
      !SSL_CTX_set_ciphersuites(context, "TLS_AES_128_GCM_SHA256") ||
      !SSL_CTX_set1_groups_list(context, "P-256") ||
      !SSL_CTX_set1_sigalgs_list(context, "ECDSA+SHA256")) {
    fail("no TLS 1.3");
  }
  SSL_CTX_set_verify(context, SSL_VERIFY_NONE, NULL);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  if (!is("hold")) {
    /* One system call for many records. */
    SSL_CTX_set_read_ahead(context, 1);
    if (is("source")) SSL_CTX_set_default_read_buffer_len(context, BLOCK_BYTES);
  }
}

int main(int argc, char **argv) {
  for (int i = 1; i < argc; i++) argument(argv[i]);
  if (port < 1 || port > 65535 || conn_count < 0 || stalled_count < 0 || size < 1 || size > 16384 ||
      (is("paced") && (rate <= 0 || conn_count == 0))) {
    fail("an argument is out of range");
  }
  memset(block, 'x', sizeof block);
  prepare();
  conns = calloc(conn_count + 1, sizeof *conns);
  epfd = epoll_create1(EPOLL_CLOEXEC);
  open_all();
  if (is("hold")) {
    await_tickets();
    printf("ready\n");
    fflush(stdout);
    while (read(STDIN_FILENO, block, 64) > 0) {
    }
    return 0;
  }
  run();
  return 0;
}
