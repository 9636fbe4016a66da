/* SPDX-License-Identifier: Apache-2.0 */
/* Paths of cgroups by their ids, in the unified hierarchy. */
#ifndef BULKHEAD_CGROUPS_H
#define BULKHEAD_CGROUPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cgroups;

/* Finds the hierarchy; without one, or where nobody is to look, only what is told is known. NULL with errno. */
struct cgroups *cgroups_open(bool look);
void cgroups_close(struct cgroups *cgroups);

/* What the kernel said. */
void cgroups_set(struct cgroups *cgroups, uint64_t id, const char *path, size_t length);

/* `/docker/0123…` with a zero behind it; NULL where nobody knows. Looked up in the hierarchy where it was not told. */
const char *cgroups_path(struct cgroups *cgroups, uint64_t id);

#endif
