import assert from "node:assert/strict";
import { test } from "node:test";
import { checks } from "./index.ts";

/** `varies` may be anything. */
const grave: ReadonlySet<string> = new Set(["critical", "high", "varies"]);

test("what may be high speaks to a control, or its file says why it speaks to none", () => {
  const silent = checks.filter(({ severity, controls }) => grave.has(severity) && controls.length === 0);
  assert.ok(checks.length > 100);
  assert.deepEqual(
    silent.filter(({ withoutControl = "" }) => withoutControl === "").map(({ id }) => id),
    [],
  );
});

test("no check that speaks to a control says that it speaks to none", () => {
  const both = checks.filter(({ controls, withoutControl }) => controls.length > 0 && withoutControl !== undefined);
  assert.deepEqual(
    both.map(({ id }) => id),
    [],
  );
});

test("whatever breaks a container's confinement speaks to control 4", () => {
  for (const name of [
    "build-privileges",
    "capabilities-baseline",
    "dangerous-capabilities",
    "device-cgroup-rules",
    "hook-privileges",
    "host-namespaces",
    "host-path-volumes",
    "host-process",
    "privileged",
    "proc-mount",
    "runtime-socket",
    "seccomp-baseline",
    "seccomp-profile-contents",
    "sensitive-host-path",
    "service-namespaces",
  ]) {
    assert.deepEqual(checks.find(({ id }) => id === `workload/${name}`)?.controls, [4], name);
  }
});
