/* SPDX-License-Identifier: Apache-2.0 */
#include "containers.h"

#include <stdlib.h>
#include <string.h>

enum {
  SLOTS = 4096,
  ID = 64,
  SHORT_ID = 12,
};

/* By a number of the id: a container that another one replaces is looked up again. */
struct containers {
  uint64_t last; /* the cgroup that was asked about before */
  char ids[SLOTS][16];
};

struct containers *containers_open(void) {
  return calloc(1, sizeof(struct containers));
}

void containers_clear(struct containers *containers) {
  memset(containers, 0, sizeof *containers);
}

static bool is_hex(char letter) {
  return (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'f');
}

/* The last 64 digits in a row: `docker-0123….scope`, `/docker/0123…`, `/kubepods/pod…/0123…`. */
static const char *id_in(const char *path) {
  const char *found = NULL;
  for (const char *at = path; *at != 0;) {
    size_t length = 0;
    while (is_hex(at[length])) length++;
    if (length == ID) found = at;
    at += length > 0 ? length : 1;
  }
  return found;
}

static size_t slot_of(const char *id) {
  uint32_t number = 0;
  for (size_t at = 0; at < SHORT_ID; at++) number = number * 31 + (unsigned char)id[at];
  return number % SLOTS;
}

bool containers_first(struct containers *containers, struct cgroups *cgroups, uint64_t cgroup, char id[16]) {
  if (cgroup == containers->last) return false;
  containers->last = cgroup;
  const char *path = cgroups_path(cgroups, cgroup);
  const char *found = path == NULL ? NULL : id_in(path);
  if (found == NULL) return false;
  memcpy(id, found, SHORT_ID);
  id[SHORT_ID] = 0;
  char *slot = containers->ids[slot_of(id)];
  if (strcmp(slot, id) == 0) return false;
  memcpy(slot, id, SHORT_ID + 1);
  return true;
}

uint32_t containers_number(const char *id) {
  return (uint32_t)slot_of(id);
}

void containers_forget(struct containers *containers, uint32_t number) {
  containers->last = 0;
  if (number < SLOTS) *containers->ids[number] = 0;
}
