/* SPDX-License-Identifier: Apache-2.0 */
/* What is told of the host before anything else. */
#include <ifaddrs.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "sensor.h"

enum { MOST_ADDRESSES = 1024 };

void tell_machine(struct sensor *sensor) {
  struct frame frame;
  sensor_begin(sensor, &frame, FRAME_MACHINE);
  struct utsname name;
  if (uname(&name) == 0) {
    frame_text(&frame, MACHINE_HOSTNAME, name.nodename);
    frame_text(&frame, MACHINE_KERNEL, name.release);
  }
  frame_number(&frame, MACHINE_BOOT_TIME, sensor->encoder.booted);
  frame_text(&frame, MACHINE_SENSOR, SENSOR_VERSION);
  struct ifaddrs *all = NULL;
  if (getifaddrs(&all) == 0) {
    size_t told = 0;
    for (const struct ifaddrs *one = all; one != NULL && told < MOST_ADDRESSES; one = one->ifa_next) {
      if (one->ifa_addr == NULL) continue;
      if (one->ifa_addr->sa_family == AF_INET) {
        frame_bytes(&frame, MACHINE_ADDRESS, &((const struct sockaddr_in *)(const void *)one->ifa_addr)->sin_addr, 4);
      } else if (one->ifa_addr->sa_family == AF_INET6) {
        frame_bytes(&frame, MACHINE_ADDRESS, &((const struct sockaddr_in6 *)(const void *)one->ifa_addr)->sin6_addr, 16);
      } else {
        continue;
      }
      told += 1;
    }
    freeifaddrs(all);
  }
  sensor_tell(sensor, &frame);
}
