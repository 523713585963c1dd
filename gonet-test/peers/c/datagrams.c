/*
 * The limit that the benchmarks of datagrams compare with: one loop over an epoll set, with as few
 * system calls as the kernel allows.
 *
 *   datagrams mode=datagrams   recvfrom(2) and sendto(2) for each
 *   datagrams mode=batches     recvmmsg(2) and sendmmsg(2)
 *   datagrams mode=segments    one recvmsg(2) and one sendmsg(2) for several of one sender: UDP_GRO and
 *                              UDP_SEGMENT, udp(7)
 *   datagrams mode=trains      each datagram is answered by TRAIN of CAR_BYTES, in one sendmsg(2)
 *
 * There is one port on SOCKETS addresses, from 127.0.0.1 on. Prints "listening PORT" and ends at the
 * end of its standard input.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SOCKETS = 64, BATCH = 32, ROOM = 2048, LONGEST = 65536, TRAIN = 48, CAR_BYTES = 1200 };

typedef void serve(int fd);

static char room[BATCH][ROOM];
static char longest[LONGEST];
static struct sockaddr_in from[BATCH];

static void serve_one(int fd) {
  socklen_t length = sizeof from[0];
  ssize_t n = recvfrom(fd, room[0], ROOM, MSG_DONTWAIT, (void *)&from[0], &length);
  if (n >= 0) sendto(fd, room[0], n, MSG_DONTWAIT, (void *)&from[0], length);
}

static void serve_batch(int fd) {
  static struct mmsghdr messages[BATCH];
  static struct iovec parts[BATCH];
  for (int i = 0; i < BATCH; i++) {
    parts[i] = (struct iovec){.iov_base = room[i], .iov_len = ROOM};
    messages[i].msg_hdr = (struct msghdr){
        .msg_name = &from[i], .msg_namelen = sizeof from[i], .msg_iov = &parts[i], .msg_iovlen = 1};
  }
  int n = recvmmsg(fd, messages, BATCH, MSG_DONTWAIT, NULL);
  for (int i = 0; i < n; i++) parts[i].iov_len = messages[i].msg_len;
  for (int sent = 0; sent < n;) {
    int more = sendmmsg(fd, messages + sent, n - sent, MSG_DONTWAIT);
    if (more <= 0) return;
    sent += more;
  }
}

/* Sends bytes as datagrams of a size, cut by the kernel; 0 for one alone. */
static void send_cut(int fd, struct sockaddr_in *to, char *bytes, size_t length, int size) {
  union {
    char bytes[CMSG_SPACE(sizeof(uint16_t))];
    struct cmsghdr align;
  } control;
  struct iovec part = {.iov_base = bytes, .iov_len = length};
  struct msghdr message = {.msg_name = to, .msg_namelen = sizeof *to, .msg_iov = &part, .msg_iovlen = 1};
  if (size) {
    message.msg_control = control.bytes;
    message.msg_controllen = sizeof control.bytes;
    struct cmsghdr *c = CMSG_FIRSTHDR(&message);
    c->cmsg_level = SOL_UDP;
    c->cmsg_type = UDP_SEGMENT;
    c->cmsg_len = CMSG_LEN(sizeof(uint16_t));
    uint16_t segment = size;
    memcpy(CMSG_DATA(c), &segment, sizeof segment);
  }
  sendmsg(fd, &message, MSG_DONTWAIT);
}

static void serve_segments(int fd) {
  union {
    char bytes[CMSG_SPACE(sizeof(int))];
    struct cmsghdr align;
  } control;
  struct iovec part = {.iov_base = longest, .iov_len = LONGEST};
  struct msghdr message = {.msg_name = &from[0],
                           .msg_namelen = sizeof from[0],
                           .msg_iov = &part,
                           .msg_iovlen = 1,
                           .msg_control = control.bytes,
                           .msg_controllen = sizeof control.bytes};
  ssize_t n = recvmsg(fd, &message, MSG_DONTWAIT);
  if (n < 0) return;
  int size = 0;
  for (struct cmsghdr *c = CMSG_FIRSTHDR(&message); c; c = CMSG_NXTHDR(&message, c)) {
    if (c->cmsg_level == SOL_UDP && c->cmsg_type == UDP_GRO) memcpy(&size, CMSG_DATA(c), sizeof size);
  }
  send_cut(fd, &from[0], longest, n, size);
}

static void serve_train(int fd) {
  socklen_t length = sizeof from[0];
  ssize_t n = recvfrom(fd, room[0], ROOM, MSG_DONTWAIT, (void *)&from[0], &length);
  if (n >= 0) send_cut(fd, &from[0], longest, TRAIN * CAR_BYTES, CAR_BYTES);
}

static serve *parse(const char *name) {
  if (!strcmp(name, "datagrams")) return serve_one;
  if (!strcmp(name, "batches")) return serve_batch;
  if (!strcmp(name, "segments")) return serve_segments;
  if (!strcmp(name, "trains")) return serve_train;
  fprintf(stderr, "no mode %s\n", name);
  exit(2);
}

int main(int argc, char **argv) {
  serve *mode = parse(argc == 2 && !strncmp(argv[1], "mode=", 5) ? argv[1] + 5 : "");
  int epfd = epoll_create1(EPOLL_CLOEXEC);
  struct sockaddr_in a = {.sin_family = AF_INET};
  for (int i = 0; i < SOCKETS; i++) {
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK + i);
    socklen_t length = sizeof a;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (bind(fd, (void *)&a, sizeof a) || getsockname(fd, (void *)&a, &length)) {
      perror("bind");
      return 1;
    }
    int one = 1;
    if (mode == serve_segments && setsockopt(fd, SOL_UDP, UDP_GRO, &one, sizeof one)) {
      perror("UDP_GRO");
      return 1;
    }
    struct epoll_event e = {.events = EPOLLIN, .data.fd = fd};
    epoll_ctl(epfd, EPOLL_CTL_ADD, fd, &e);
  }
  struct epoll_event e = {.events = EPOLLIN, .data.fd = STDIN_FILENO};
  epoll_ctl(epfd, EPOLL_CTL_ADD, STDIN_FILENO, &e);
  memset(longest, 'x', sizeof longest);
  printf("listening %d\n", ntohs(a.sin_port));
  fflush(stdout);

  struct epoll_event events[SOCKETS + 1];
  for (;;) {
    int n = epoll_wait(epfd, events, SOCKETS + 1, -1);
    for (int i = 0; i < n; i++) {
      int fd = events[i].data.fd;
      if (fd != STDIN_FILENO) {
        mode(fd);
      } else if (read(fd, room[0], 64) <= 0) {
        return 0;
      }
    }
  }
}
