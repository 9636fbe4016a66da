/* SPDX-License-Identifier: Apache-2.0 */
#include "sockets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "proc.h"

enum {
  NAMESPACES = 16,
  MOST_SOCKETS = 65536,
  PATH_BYTES_OF_UNIX = 108,
  STALE_SECONDS = 2,
};

struct socket {
  uint64_t inode;
  uint8_t family; /* 4, 6; 1: unix; 16: netlink */
  uint8_t local[16], remote[16];
  uint16_t local_port, remote_port;
  const char *protocol;
  char path[PATH_BYTES_OF_UNIX + 1];
};

/* All that one network namespace has, by inode. */
struct table {
  char name[64];
  time_t read;
  size_t count;
  struct socket *sockets;
};

static struct table tables[NAMESPACES];
static size_t next_table;

static time_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec;
}

static int by_inode(const void *one, const void *other) {
  uint64_t a = ((const struct socket *)one)->inode, b = ((const struct socket *)other)->inode;
  return a < b ? -1 : a > b;
}

/* Room for one more; NULL over the bound. */
static struct socket *add(struct table *table) {
  if (table->count >= MOST_SOCKETS) return NULL;
  if ((table->count & (table->count - 1)) == 0 && table->count >= 64) {
    struct socket *more = realloc(table->sockets, 2 * table->count * sizeof *more);
    if (more == NULL) return NULL;
    table->sockets = more;
  } else if (table->sockets == NULL) {
    table->sockets = malloc(64 * sizeof *table->sockets);
    if (table->sockets == NULL) return NULL;
  }
  struct socket *socket = &table->sockets[table->count++];
  memset(socket, 0, sizeof *socket);
  return socket;
}

/* Words of four bytes, each as this machine has numbers. */
static const char *read_address(const char *at, size_t words, uint8_t *address, uint16_t *port) {
  while (*at == ' ') at++;
  for (size_t word = 0; word < words; word++) {
    char digits[9] = {0};
    for (size_t digit = 0; digit < 8 && at[digit] != 0; digit++) digits[digit] = at[digit];
    uint32_t value = (uint32_t)strtoul(digits, NULL, 16);
    memcpy(address + 4 * word, &value, sizeof value);
    at += strlen(digits);
  }
  if (*at != ':') return NULL;
  char *end;
  *port = (uint16_t)strtoul(at + 1, &end, 16);
  return end;
}

static const char *after_words(const char *at, size_t words) {
  for (; words > 0 && *at != 0; words--) {
    while (*at == ' ') at++;
    while (*at != 0 && *at != ' ') at++;
  }
  return at;
}

static void read_network(struct table *table, uint32_t pid, const char *file, const char *protocol, bool version6) {
  char path[64], line[512];
  snprintf(path, sizeof path, "/proc/%u/net/%s", pid, file);
  FILE *from = fopen(path, "re");
  if (from == NULL) return;
  bool first = true;
  while (fgets(line, sizeof line, from) != NULL) {
    if (first) {
      first = false;
      continue;
    }
    struct socket one = {.family = version6 ? 6 : 4, .protocol = protocol};
    const char *at = strchr(line, ':');
    if (at == NULL) continue;
    at = read_address(at + 1, version6 ? 4 : 1, one.local, &one.local_port);
    if (at == NULL || (at = read_address(at, version6 ? 4 : 1, one.remote, &one.remote_port)) == NULL) continue;
    /* State, queues, timer, retransmits, user, timeout, then the inode. */
    one.inode = strtoull(after_words(at, 6), NULL, 10);
    if (one.inode == 0) continue;
    struct socket *socket = add(table);
    if (socket == NULL) break;
    *socket = one;
  }
  fclose(from);
}

static void read_unix(struct table *table, uint32_t pid) {
  char path[64], line[512];
  snprintf(path, sizeof path, "/proc/%u/net/unix", pid);
  FILE *from = fopen(path, "re");
  if (from == NULL) return;
  while (fgets(line, sizeof line, from) != NULL) {
    const char *at = after_words(line, 6);
    uint64_t inode = strtoull(at, NULL, 10);
    if (inode == 0) continue;
    struct socket *socket = add(table);
    if (socket == NULL) break;
    socket->inode = inode;
    socket->family = 1;
    at = after_words(at, 1);
    while (*at == ' ') at++;
    size_t length = strcspn(at, "\n");
    if (length > PATH_BYTES_OF_UNIX) length = PATH_BYTES_OF_UNIX;
    memcpy(socket->path, at, length);
  }
  fclose(from);
}

static void read_netlink(struct table *table, uint32_t pid) {
  char path[64], line[512];
  snprintf(path, sizeof path, "/proc/%u/net/netlink", pid);
  FILE *from = fopen(path, "re");
  if (from == NULL) return;
  while (fgets(line, sizeof line, from) != NULL) {
    uint64_t inode = strtoull(after_words(line, 9), NULL, 10);
    struct socket *socket = inode == 0 ? NULL : add(table);
    if (socket == NULL) continue;
    socket->inode = inode;
    socket->family = 16;
  }
  fclose(from);
}

static const struct table *table_of(uint32_t pid) {
  char name[64];
  if (proc_link(pid, "ns/net", name, sizeof name) <= 0) return NULL;
  struct table *table = NULL;
  for (size_t at = 0; at < NAMESPACES; at++) {
    if (strcmp(tables[at].name, name) == 0) table = &tables[at];
  }
  if (table != NULL && now() - table->read < STALE_SECONDS) return table;
  if (table == NULL) {
    table = &tables[next_table++ % NAMESPACES];
    snprintf(table->name, sizeof table->name, "%s", name);
  }
  free(table->sockets);
  table->sockets = NULL;
  table->count = 0;
  table->read = now();
  read_network(table, pid, "tcp", "tcp", false);
  read_network(table, pid, "udp", "udp", false);
  read_network(table, pid, "raw", "raw", false);
  read_network(table, pid, "icmp", "icmp", false);
  read_network(table, pid, "tcp6", "tcp", true);
  read_network(table, pid, "udp6", "udp", true);
  read_network(table, pid, "raw6", "raw", true);
  read_unix(table, pid);
  read_netlink(table, pid);
  if (table->count > 0) qsort(table->sockets, table->count, sizeof *table->sockets, by_inode);
  return table;
}

static bool is_somewhere(const uint8_t *address, uint16_t port) {
  static const uint8_t nowhere[16];
  return port != 0 || memcmp(address, nowhere, sizeof nowhere) != 0;
}

bool sockets_put(struct frame *frame, uint32_t pid, uint64_t inode) {
  const struct table *table = table_of(pid);
  if (table == NULL || table->count == 0) return false;
  struct socket wanted = {.inode = inode};
  const struct socket *found = bsearch(&wanted, table->sockets, table->count, sizeof wanted, by_inode);
  if (found == NULL) return false;
  frame_text(frame, DESCRIPTOR_KIND, found->family == 4 ? "ipv4" : found->family == 6 ? "ipv6" : found->family == 1 ? "unix" : "netlink");
  if (found->family == 1 || found->family == 16) {
    frame_text(frame, DESCRIPTOR_NAME, found->path);
    return true;
  }
  size_t size = found->family == 4 ? 4 : 16;
  if (is_somewhere(found->local, found->local_port)) {
    frame_bytes(frame, DESCRIPTOR_LOCAL, found->local, size);
    frame_number(frame, DESCRIPTOR_LOCAL_PORT, found->local_port);
  }
  if (is_somewhere(found->remote, found->remote_port)) {
    frame_bytes(frame, DESCRIPTOR_REMOTE, found->remote, size);
    frame_number(frame, DESCRIPTOR_REMOTE_PORT, found->remote_port);
  }
  frame_text(frame, DESCRIPTOR_PROTOCOL, found->protocol);
  return true;
}
