/* SPDX-License-Identifier: Apache-2.0 */
#include "rights.h"

#include <linux/capability.h>
#include <linux/securebits.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

bool rights_keep(uint64_t capabilities) {
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
  struct __user_cap_data_struct data[2] = {0};
  if (syscall(SYS_capget, &header, data) != 0) return false;
  /* The bounding set first: it takes a right to change it. */
  for (unsigned capability = 0; capability <= CAP_LAST_CAP; capability++) {
    if ((capabilities >> capability & 1) == 0) prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
  }
  for (unsigned half = 0; half < 2; half++) {
    uint32_t kept = (uint32_t)(capabilities >> (32 * half)) & data[half].permitted;
    data[half].permitted = data[half].effective = kept;
    data[half].inheritable = 0;
  }
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  return syscall(SYS_capset, &header, data) == 0;
}
