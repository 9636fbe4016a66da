/* SPDX-License-Identifier: Apache-2.0 */
/* What the scout's files share. */
#ifndef BULKHEAD_SEED_PARTS_H
#define BULKHEAD_SEED_PARTS_H

#include <sys/stat.h>

#include "proc.h"
#include "seed.h"

/* `unified=/path` and the like, a zero behind each; the bytes of all, -1 where nothing tells. */
long seed_cgroups(uint32_t tid, char *lines, size_t size);
/* Who logged in; 4294967295: nobody. */
uint32_t seed_login(uint32_t tid);
/* Whether a process may write to the file that it runs. */
bool seed_may_write(const struct statx *about, const struct proc_status *status);

#endif
