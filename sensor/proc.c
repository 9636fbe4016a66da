/* SPDX-License-Identifier: Apache-2.0 */
#include "proc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

uint64_t proc_tick(void) {
  long ticks = sysconf(_SC_CLK_TCK);
  return 1000000000 / (uint64_t)(ticks > 0 ? ticks : 100);
}

static void path_of(char *path, size_t size, uint32_t pid, const char *file) {
  snprintf(path, size, "/proc/%u/%s", pid, file);
}

long proc_read(uint32_t pid, const char *file, char *bytes, size_t size) {
  char path[96];
  path_of(path, sizeof path, pid, file);
  int from = open(path, O_RDONLY | O_CLOEXEC);
  if (from < 0) return -1;
  size_t at = 0;
  while (at < size) {
    ssize_t got = read(from, bytes + at, size - at);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && at == 0) {
      close(from);
      return -1;
    }
    if (got <= 0) break;
    at += (size_t)got;
  }
  close(from);
  return (long)at;
}

long proc_link(uint32_t pid, const char *file, char *bytes, size_t size) {
  char path[96];
  path_of(path, sizeof path, pid, file);
  ssize_t length = readlink(path, bytes, size - 1);
  if (length < 0) return -1;
  bytes[length] = 0;
  return length;
}

bool proc_read_stat(uint32_t pid, uint32_t tid, struct proc_stat *stat) {
  char file[48], text[2048];
  snprintf(file, sizeof file, "task/%u/stat", tid);
  long length = proc_read(pid, file, text, sizeof text - 1);
  if (length <= 0) return false;
  text[length] = 0;
  /* The name is in parentheses, and may hold some of its own. */
  char *first = strchr(text, '('), *last = strrchr(text, ')');
  if (first == NULL || last == NULL || last < first) return false;
  *last = 0;
  snprintf(stat->comm, sizeof stat->comm, "%s", first + 1);
  /* Fields from the third one on: state, parent, group, session, tty, …; the 22nd is the start. */
  uint64_t fields[23] = {0};
  char *at = last + 1;
  for (size_t field = 3; field <= 22; field++) {
    while (*at == ' ') at++;
    if (*at == 0) return false;
    char *end = at;
    fields[field] = field == 3 ? 0 : (uint64_t)strtoll(at, &end, 10);
    if (field == 3) end = at + 1;
    at = end;
  }
  stat->parent = (uint32_t)fields[4];
  stat->pgid = (uint32_t)fields[5];
  stat->sid = (uint32_t)fields[6];
  stat->tty = (uint32_t)fields[7];
  stat->started = fields[22] * proc_tick();
  return true;
}

/* The last of the numbers of a line: of the innermost namespace. */
static uint32_t last_number(const char *line) {
  uint32_t number = 0;
  for (const char *at = line; *at != 0 && *at != '\n';) {
    if (*at < '0' || *at > '9') {
      at++;
      continue;
    }
    char *end;
    number = (uint32_t)strtoul(at, &end, 10);
    at = end;
  }
  return number;
}

static const char *line_of(const char *text, const char *name) {
  size_t length = strlen(name);
  for (const char *at = text; at != NULL; at = strchr(at, '\n')) {
    if (*at == '\n') at++;
    if (strncmp(at, name, length) == 0) return at + length;
  }
  return NULL;
}

static uint64_t number_after(const char *text, const char *name, int base, size_t which) {
  const char *at = line_of(text, name);
  if (at == NULL) return 0;
  char *end = (char *)at;
  uint64_t number = 0;
  for (size_t index = 0; index <= which; index++) number = strtoull(end, &end, base);
  return number;
}

bool proc_read_status(uint32_t tid, struct proc_status *status) {
  char text[8192];
  long length = proc_read(tid, "status", text, sizeof text - 1);
  if (length <= 0) return false;
  text[length] = 0;
  /* The name comes first, escaped. */
  status->pid = (uint32_t)number_after(text, "\nTgid:", 10, 0);
  status->uid = (uint32_t)number_after(text, "Uid:", 10, 1);
  status->gid = (uint32_t)number_after(text, "Gid:", 10, 1);
  status->inheritable = number_after(text, "CapInh:", 16, 0);
  status->permitted = number_after(text, "CapPrm:", 16, 0);
  status->effective = number_after(text, "CapEff:", 16, 0);
  const char *line = line_of(text, "NSpid:");
  status->vtid = line == NULL ? tid : last_number(line);
  line = line_of(text, "NStgid:");
  status->vpid = line == NULL ? status->pid : last_number(line);
  line = line_of(text, "NSpgid:");
  status->vpgid = line == NULL ? 0 : last_number(line);
  if (status->pid == 0) status->pid = (uint32_t)number_after(text, "Tgid:", 10, 0);
  return status->pid != 0;
}
