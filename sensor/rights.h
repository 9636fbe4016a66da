/* SPDX-License-Identifier: Apache-2.0 */
/* What the program may still do. */
#ifndef BULKHEAD_RIGHTS_H
#define BULKHEAD_RIGHTS_H

#include <stdbool.h>
#include <stdint.h>

/* Gives up every capability but those of this set that it has, for good: no program that it starts gets more. */
bool rights_keep(uint64_t capabilities);

#endif
