import assert from "node:assert/strict";
import { test } from "node:test";
import { learnedFile, learnedWorkload } from "../../engines/events/learn/learned.fixture.ts";
import { observedReader } from "../../engines/reachability/observed/read.ts";
import { observedLines } from "./observed.ts";
import { operatorProfile, seccompProfile } from "./seccomp.ts";
import { neededVolumes } from "./volumes.ts";

test("a profile allows what was learned and what the runtime needs, and refuses all else", () => {
  const profile = seccompProfile(learnedWorkload({ syscalls: ["accept4", "388"], architecture: "x86_64" }));
  assert.deepEqual([profile?.defaultAction, profile?.defaultErrnoRet], ["SCMP_ACT_ERRNO", 1]);
  assert.deepEqual(profile?.architectures, ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"]);
  const [allowed, newer] = profile?.syscalls ?? [];
  assert.equal(allowed?.action, "SCMP_ACT_ALLOW");
  for (const name of ["accept4", "execve", "capset", "futex"]) assert.ok(allowed?.names.includes(name), name);
  for (const name of ["388", "mount", "ptrace", "bpf", "listen"]) assert.ok(!allowed?.names.includes(name), name);
  assert.deepEqual([newer?.action, newer?.errnoRet], ["SCMP_ACT_ERRNO", 38]);
  assert.ok(newer?.names.includes("fchmodat2") && newer.names.includes("io_uring_setup"));
  assert.ok(newer?.names.every((name) => !allowed?.names.includes(name)));
});

test("on arm64 the architectures are others", () => {
  const profile = seccompProfile(learnedWorkload({ syscalls: ["accept4"], architecture: "arm64" }));
  assert.deepEqual(profile?.architectures, ["SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM"]);
});

test("without system calls there is no profile", () => {
  assert.equal(seccompProfile(learnedWorkload({})), undefined);
  assert.equal(operatorProfile(learnedWorkload({}), "api"), undefined);
});

function files(...paths: readonly string[]): { path: string; count: number }[] {
  return paths.map((path) => ({ path, count: 1 }));
}

test("volumes are over the outermost directories that are written to, and none is where a volume is already", () => {
  const needed = neededVolumes(
    learnedWorkload({
      written: files("/var/cache/a/b/x", "/var/cache/a/y", "/data/z", "/tmp/q", "/tmp/", "/database/w", "/ro/x"),
      mounts: [
        { path: "/data", writable: true },
        { path: "/ro", writable: false },
      ],
      opened: files("/var/cache/a/seed", "/var/cache/a/y", "/etc/passwd"),
    }),
  );
  assert.deepEqual(needed.volumes, [
    { path: "/database", written: ["/database/w"], hides: [] },
    { path: "/ro", written: ["/ro/x"], hides: [] },
    { path: "/tmp", written: ["/tmp/q", "/tmp/"], hides: [] },
    { path: "/var/cache/a", written: ["/var/cache/a/b/x", "/var/cache/a/y"], hides: ["/var/cache/a/seed"] },
  ]);
  assert.deepEqual(needed.impossible, []);
});

test("at the root, and over the image's programs, no volume can be", () => {
  const { volumes, impossible } = neededVolumes(learnedWorkload({ written: files("/core", "/usr/x", "/bin/y") }));
  assert.deepEqual([volumes, impossible], [[], ["/core", "/usr/x", "/bin/y"]]);
});

test("connections are lines that network generate reads", () => {
  const out = { direction: "out", protocol: "TCP", port: 5432, count: 3 } as const;
  const lines = [
    ...observedLines(
      learnedFile([
        learnedWorkload({
          connections: [
            { ...out, address: "10.0.0.9" },
            { ...out, address: "127.0.0.1" },
            { ...out, address: "::1" },
            { direction: "in", protocol: "UDP", address: "2001:db8::7", port: 53, count: 1 },
          ],
        }),
      ]),
    ),
  ];
  const reader = observedReader();
  reader.text(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  const { connections, skipped } = reader.end();
  assert.deepEqual([...skipped], []);
  const self = { namespace: "shop", workload: { kind: "Deployment", name: "api" } };
  assert.deepEqual(
    connections.map(({ from, to, protocol, port, count }) => ({ from, to, protocol, port, count })),
    [
      { from: self, to: { address: "10.0.0.9" }, protocol: "TCP", port: 5432, count: 3 },
      { from: { address: "2001:db8::7" }, to: self, protocol: "UDP", port: 53, count: 1 },
    ],
  );
});
