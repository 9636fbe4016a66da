/* SPDX-License-Identifier: Apache-2.0 */
/* Containers that were seen, as paths of cgroups tell them: only to look up their users once. */
#ifndef BULKHEAD_CONTAINERS_H
#define BULKHEAD_CONTAINERS_H

#include <stdbool.h>
#include <stdint.h>

#include "cgroups.h"

struct containers;

struct containers *containers_open(void);
void containers_clear(struct containers *containers);

/* True where a process of this cgroup is the first of its container; `id` then has the first 12 characters of the id. */
bool containers_first(struct containers *containers, struct cgroups *cgroups, uint64_t cgroup, char id[16]);
/* A number of it, to forget that it was seen by: the next process is the first one again. */
uint32_t containers_number(const char *id);
void containers_forget(struct containers *containers, uint32_t number);

#endif
