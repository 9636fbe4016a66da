/* SPDX-License-Identifier: Apache-2.0 */
/* The scout's work: what /proc tells of threads and descriptors, and files of users and groups. */
#ifndef BULKHEAD_SEED_H
#define BULKHEAD_SEED_H

#include "scout.h"

/* A thread, and its descriptors where it is the first of its process. False where it is gone. */
bool seed_thread(struct scout_side *side, uint32_t tid);
/* All threads of a process. */
bool seed_process(struct scout_side *side, uint32_t pid);
/* The start of a program, as the event of it. */
bool seed_program(struct scout_side *side, uint32_t pid);
/* Users and groups in the files below a process's root. False where none could be read. */
bool seed_users(struct scout_side *side, uint32_t pid, const char *container);

#endif
