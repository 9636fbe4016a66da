/** Alerts of containers that become known late, through the whole of detection. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { loadRules } from "../falco/load.ts";
import { EventLines } from "../lines/read.ts";
import type { Alert } from "../model.ts";
import { createSyscallDetection } from "./syscalls.ts";

const rules = `
- rule: shell
  desc: d
  condition: evt.type = openat and proc.name = sh
  output: shell %proc.name in %container.name of %12container.image.repository %k8s.pod.name %fd.sip %toupper(container.name)
  priority: WARNING
`;
const id = "a1".repeat(32);

function detecting(patienceMilliseconds?: number) {
  const loaded = loadRules([{ name: "r.yaml", text: rules }]);
  assert.equal(loaded.errors.length, 0);
  const alerts: Alert[] = [];
  const seen: string[] = [];
  const detection = createSyscallDetection({
    rules: loaded,
    matching: "first",
    wanted: new Set(),
    ...(patienceMilliseconds === undefined ? {} : { patienceMilliseconds }),
    containerSeen: (facts) => void seen.push(`${facts.runtime} ${facts.fullId}`),
    onAlert: (alert) => void alerts.push(alert),
  });
  const lines = new EventLines(detection.sink);
  const read = (...all: readonly object[]) => {
    for (const line of all) lines.read(line, "here");
  };
  const start = (pid: number, container: string) => read({ process: { pid, name: "sh", path: "/bin/sh", container } });
  const shell = (pid: number, time?: string) =>
    read({ event: "openat", pid, args: { fd: 3, name: "/etc/passwd" }, ...(time === undefined ? {} : { time }) });
  return { detection, alerts, seen, read, start, shell };
}

test("an alert waits for its container, and is raised with what became known", () => {
  const { alerts, seen, start, shell, read } = detecting();
  start(7, id);
  shell(7);
  assert.equal(alerts.length, 0);
  assert.deepEqual(seen, [`docker ${id}`]);
  read({
    container: { id, runtime: "docker", name: "api", image: "shop/api:2.0", imageId: `sha256:${"1d".repeat(32)}` },
  });
  const [alert] = alerts;
  assert.equal(alert?.output, "shell sh in api of shop/api     <NA> <NA> API");
  assert.deepEqual(alert?.fields, {
    "proc.name": "sh",
    "container.name": "api",
    "container.image.repository": "shop/api",
    "k8s.pod.name": null,
    "fd.sip": null,
    "toupper(container.name)": "API",
  });
  assert.equal(alert?.about.container?.image, "shop/api:2.0");
  assert.equal(alert?.about.container?.imageId, `sha256:${"1d".repeat(32)}`);
  // From now on it is known when it happens.
  shell(7);
  assert.equal(alerts[1]?.output, alert?.output);
});

test("one that nobody tells of is raised as it is, by the stream's own time or at its end", () => {
  const { detection, alerts, start, shell } = detecting(2_000);
  start(7, id);
  start(8, "b2".repeat(32));
  shell(7, "2026-03-01T12:00:00Z");
  shell(8, "2026-03-01T12:00:01.500Z");
  assert.equal(alerts.length, 0);
  shell(9, "2026-03-01T12:00:02Z");
  assert.equal(alerts.filter(({ about }) => about.container?.id === id).length, 1);
  detection.finish();
  assert.equal(alerts.length, 2);
  assert.ok(alerts.every(({ output }) => output.includes("<NA>")));
});
