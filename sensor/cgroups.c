/* SPDX-License-Identifier: Apache-2.0 */
#include "cgroups.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "record.h"

enum {
  SETS = 2048,
  WAYS = 4,
  /* A handle of kernfs is the id alone (FILEID_KERNFS of the kernel's exportfs.h). */
  KERNFS_HANDLE = 0xfe,
};

struct cgroup {
  uint64_t id;
  char path[CGROUP_BYTES + 1];
};

struct cgroups {
  int mount;
  size_t root_length;
  char root[128];
  uint8_t next[SETS];
  struct cgroup all[SETS][WAYS];
};

struct cgroups *cgroups_open(bool look) {
  static const char *const places[] = {"/sys/fs/cgroup", "/sys/fs/cgroup/unified", "/proc/1/root/sys/fs/cgroup"};
  struct cgroups *cgroups = calloc(1, sizeof *cgroups);
  if (cgroups == NULL) return NULL;
  cgroups->mount = -1;
  for (size_t at = 0; look && at < sizeof places / sizeof *places && cgroups->mount < 0; at++) {
    struct statfs about;
    if (statfs(places[at], &about) != 0 || about.f_type != CGROUP2_SUPER_MAGIC) continue;
    cgroups->mount = open(places[at], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (cgroups->mount < 0) continue;
    cgroups->root_length = strlen(places[at]);
    memcpy(cgroups->root, places[at], cgroups->root_length);
  }
  return cgroups;
}

void cgroups_close(struct cgroups *cgroups) {
  if (cgroups->mount >= 0) close(cgroups->mount);
  free(cgroups);
}

static struct cgroup *find(struct cgroups *cgroups, uint64_t id) {
  struct cgroup *set = cgroups->all[(id ^ id >> 32) % SETS];
  for (size_t way = 0; way < WAYS; way++) {
    if (set[way].id == id && id != 0) return &set[way];
  }
  return NULL;
}

void cgroups_set(struct cgroups *cgroups, uint64_t id, const char *path, size_t length) {
  if (id == 0) return;
  struct cgroup *cgroup = find(cgroups, id);
  if (cgroup == NULL) {
    size_t set = (id ^ id >> 32) % SETS;
    cgroup = &cgroups->all[set][cgroups->next[set]++ % WAYS];
  }
  cgroup->id = id;
  if (length > CGROUP_BYTES) length = CGROUP_BYTES;
  memcpy(cgroup->path, path, length);
  cgroup->path[length] = 0;
}

/* By a handle of the id: no walk through the hierarchy, which may have tens of thousands. */
static const char *look_up(struct cgroups *cgroups, uint64_t id) {
  if (cgroups->mount < 0) return NULL;
  union {
    struct file_handle handle;
    char bytes[sizeof(struct file_handle) + sizeof id];
  } asked = {.handle = {.handle_bytes = sizeof id, .handle_type = KERNFS_HANDLE}};
  memcpy(asked.bytes + sizeof(struct file_handle), &id, sizeof id);
  int found = open_by_handle_at(cgroups->mount, &asked.handle, O_PATH | O_CLOEXEC);
  if (found < 0) return NULL;
  char link[64], path[128 + CGROUP_BYTES + 1];
  snprintf(link, sizeof link, "/proc/self/fd/%d", found);
  ssize_t length = readlink(link, path, sizeof path);
  close(found);
  if (length < 0 || (size_t)length >= sizeof path || (size_t)length < cgroups->root_length) return NULL;
  if (memcmp(path, cgroups->root, cgroups->root_length) != 0) return NULL;
  size_t rest = (size_t)length - cgroups->root_length;
  if (rest == 0) cgroups_set(cgroups, id, "/", 1);
  else cgroups_set(cgroups, id, path + cgroups->root_length, rest);
  return find(cgroups, id)->path;
}

const char *cgroups_path(struct cgroups *cgroups, uint64_t id) {
  struct cgroup *cgroup = find(cgroups, id);
  return cgroup != NULL ? cgroup->path : look_up(cgroups, id);
}
