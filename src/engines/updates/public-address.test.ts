import assert from "node:assert/strict";
import { test } from "node:test";
import { isPublicAddress } from "./public-address.ts";

test("tells addresses of the Internet from those of somebody's own network", () => {
  for (const address of ["151.101.2.132", "8.8.8.8", "172.15.0.1", "172.32.0.1", "2a04:4e42::644", "2606:4700::1"]) {
    assert.ok(isPublicAddress(address), address);
  }
  for (const address of [
    ...["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1"],
    ...["224.0.0.1", "255.255.255.255", "192.0.2.1", "::1", "::", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1"],
    ...["::ffff:127.0.0.1", "::ffff:8.8.8.8", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:db8::1", "2001::1"],
  ]) {
    assert.ok(!isPublicAddress(address), address);
  }
});
