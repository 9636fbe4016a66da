/* SPDX-License-Identifier: Apache-2.0 */
/* What sockets are connected to, by their inodes, as a process's /proc/PID/net has it. */
#ifndef BULKHEAD_SOCKETS_H
#define BULKHEAD_SOCKETS_H

#include <stdbool.h>
#include <stdint.h>

#include "frames.h"

/* Puts kind, ends, protocol and name of a socket of this process into a frame; false where nothing tells. */
bool sockets_put(struct frame *frame, uint32_t pid, uint64_t inode);

#endif
