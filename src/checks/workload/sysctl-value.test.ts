import assert from "node:assert/strict";
import { test } from "node:test";
import { detected, podText } from "./kubernetes/workload.fixture.ts";
import { sysctlValue } from "./sysctl-value.ts";

const setting = (name: string, value: string) =>
  detected(
    sysctlValue,
    podText({ securityContext: { sysctls: [{ name, value }] }, containers: [{ name: "web" }] }),
  ).map((line) => line.split(" | ")[1]);

test("a value that sets another setting of the node is found, whatever its name", () => {
  assert.deepEqual(setting("kernel.shm_rmid_forced", "1+kernel.core_pattern=|/var/lib/x"), [
    "Sysctl kernel.shm_rmid_forced has a value that sets another sysctl: 1+kernel.core_pattern=|/var/lib/x",
  ]);
  for (const value of ["1\nkernel.core_pattern=a", "1=2", "a|b", "1;2", "1&2"]) {
    assert.equal(setting("net.core.somaxconn", value).length, 1, JSON.stringify(value));
  }
  assert.equal(setting("net.core.somaxconn=1+kernel.core_pattern", "1").length, 1);
});

test("values that settings take are none", () => {
  for (const value of ["1", "0", "-1", "1024 65000", "4096\t87380\t6291456", "cubic", "fq_codel", "0-3,8", ""]) {
    assert.deepEqual(setting("net.ipv4.ip_local_port_range", value), [], JSON.stringify(value));
  }
});
