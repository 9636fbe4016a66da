/** Whose containers are whose, whatever their cgroups are called. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createSyscallDetection } from "../detect/syscalls.ts";
import { loadRules } from "../falco/load.ts";
import { EventLines } from "../lines/read.ts";
import type { Alert } from "../model.ts";

const id = "3ad7".repeat(16);
const rules = `
- rule: read
  desc: d
  condition: evt.type = openat and not container.image.repository = trusted
  output: "%container.name"
  priority: WARNING
`;

test("a cgroup in a user's slice that is named for root's container is not that container", () => {
  const alerts: Alert[] = [];
  const detection = createSyscallDetection({
    rules: loadRules([{ name: "r.yaml", text: rules }]),
    matching: "first",
    wanted: new Set(),
    onAlert: (alert) => void alerts.push(alert),
  });
  const lines = new EventLines(detection.sink);
  const read = (...all: readonly object[]) => {
    for (const line of all) lines.read(line, "here");
  };
  read(
    { container: { id, runtime: "docker", name: "agent", image: "trusted:1" } },
    { process: { pid: 7, name: "agent", container: id } },
    { event: "openat", args: { fd: 3, name: "/etc/shadow" } },
  );
  detection.finish();
  assert.equal(alerts.length, 0);
  const cgroups = [`cpuset=/user.slice/user-1000.slice/user@1000.service/docker-${id}.scope`];
  read({ process: { pid: 8, name: "sh", cgroups } }, { event: "openat", args: { fd: 3, name: "/etc/shadow" } });
  detection.finish();
  assert.deepEqual(
    alerts.map(({ output }) => output),
    ["<NA>"],
  );
  // What a capture says of podman's is the user's, where root has none of that id.
  const other = "b".repeat(64);
  const theirs = [`cpuset=/user.slice/user-1000.slice/user@1000.service/libpod-${other}.scope`];
  read(
    { process: { pid: 9, name: "sh", cgroups: theirs } },
    { event: "openat", args: { fd: 3, name: "/etc/shadow" } },
    { container: { id: other, runtime: "podman", name: "ann", image: "hers:1" } },
  );
  assert.equal(alerts.at(-1)?.output, "ann");
});
