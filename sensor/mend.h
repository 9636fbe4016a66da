/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0 */
#ifndef BULKHEAD_MEND_H
#define BULKHEAD_MEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "record.h"

/*
 * Puts a record of the ring right, in place: paths turned round. Texts stay where they are. False where it is none; then
 * nothing was written past `size` either.
 */
bool mend_record(struct record *record, size_t size);

/*
 * Takes the kernel's own addresses out of a record that was mended: each becomes a number that stays the same for it, and that
 * says nothing about where the kernel is. The secret is of this process.
 */
void hide_addresses(struct record *record, const uint64_t secret[2]);

#endif
