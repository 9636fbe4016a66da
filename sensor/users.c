/* SPDX-License-Identifier: Apache-2.0 */
/* The scout's work: users and groups of the host and of containers, out of the files below the root of one of their processes. */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "frames.h"
#include "seed.h"

enum {
  FILE_BYTES = 1 << 20,
  MOST_LINES = 10000,
  MOST_WORDS = 8,
  MOST_TEXT = 512,
};

static char text[FILE_BYTES + 1];

/* Of a directory's files, with links that stay below it alone; regular ones, so that nothing waits for a writer. */
static long read_below(int root, const char *name) {
  struct open_how how = {.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};
  int file = (int)syscall(SYS_openat2, root, name, &how, sizeof how);
  if (file < 0) return -1;
  struct stat about;
  if (fstat(file, &about) != 0 || !S_ISREG(about.st_mode)) {
    close(file);
    return -1;
  }
  size_t at = 0;
  while (at < FILE_BYTES) {
    ssize_t got = read(file, text + at, FILE_BYTES - at);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    at += (size_t)got;
  }
  close(file);
  text[at] = 0;
  return (long)at;
}

/* Splits a line at its colons. */
static size_t words_of(char *line, char *words[MOST_WORDS]) {
  size_t count = 0;
  while (line != NULL && count < MOST_WORDS) {
    words[count++] = line;
    line = strchr(line, ':');
    if (line != NULL) *line++ = 0;
  }
  return count;
}

static bool id_of(const char *word, uint32_t *id) {
  char *end;
  if (*word < '0' || *word > '9') return false;
  unsigned long value = strtoul(word, &end, 10);
  *id = (uint32_t)value;
  return *end == 0 && value <= UINT32_MAX;
}

static void put(struct frame *frame, uint16_t field, const char *word) {
  frame_bytes(frame, field, word, strnlen(word, MOST_TEXT));
}

static void tell_lines(struct scout_side *side, uint32_t pid, const char *container, bool users) {
  size_t told = 0;
  for (char *line = text, *next; line != NULL && told < MOST_LINES; line = next) {
    next = strchr(line, '\n');
    if (next != NULL) *next++ = 0;
    char *words[MOST_WORDS];
    size_t count = words_of(line, words);
    uint32_t id, gid;
    if (count < (users ? 7 : 3) || *words[0] == 0 || !id_of(words[2], &id)) continue;
    uint8_t bytes[8 * MOST_TEXT];
    struct frame frame;
    frame_begin(&frame, bytes, sizeof bytes, users ? FRAME_USER : FRAME_GROUP);
    if (users) {
      frame_number(&frame, USER_ID, id);
      put(&frame, USER_NAME, words[0]);
      if (id_of(words[3], &gid)) frame_number(&frame, USER_GID, gid);
      put(&frame, USER_HOME, words[5]);
      put(&frame, USER_SHELL, words[6]);
      if (*container != 0) put(&frame, USER_CONTAINER, container);
    } else {
      frame_number(&frame, GROUP_ID, id);
      put(&frame, GROUP_NAME, words[0]);
      if (*container != 0) put(&frame, GROUP_CONTAINER, container);
    }
    scout_say_frame(side, 0, pid, bytes, frame_end(&frame));
    told += 1;
  }
}

static bool is_own_root(int root) {
  struct stat its, own;
  return fstat(root, &its) == 0 && stat("/", &own) == 0 && its.st_dev == own.st_dev && its.st_ino == own.st_ino;
}

bool seed_users(struct scout_side *side, uint32_t pid, const char *container) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%u/root", pid);
  int root = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
  /* Of the host's first process it may not be allowed; then its files are those of this program, which runs beside it. */
  if (root < 0 && *container == 0) root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (root < 0) return false;
  /* What a runtime executes to set a container up is in the container's cgroup, and still has the host's files. */
  if (*container != 0 && is_own_root(root)) {
    close(root);
    return false;
  }
  bool any = read_below(root, "etc/passwd") > 0;
  if (any) tell_lines(side, pid, container, true);
  bool groups = read_below(root, "etc/group") > 0;
  if (groups) tell_lines(side, pid, container, false);
  close(root);
  return any || groups;
}
