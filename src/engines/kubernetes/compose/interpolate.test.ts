import assert from "node:assert/strict";
import { test } from "node:test";
import { readManifests } from "../manifests.ts";
import { expandCompose } from "./interpolate.ts";

const expand = (text: string, set: Readonly<Record<string, string>> = {}) =>
  expandCompose(text, new Map(Object.entries(set)));

/** Written apart, since it is no template of JavaScript's. */
const variable = (inner: string) => `$${`{${inner}}`}`;

test("defaults are what counts where nothing is set", () => {
  for (const [text, expected] of [
    [variable("N:-host"), "host"],
    [variable("N-host"), "host"],
    [variable(`N:-${variable("M:-host")}`), "host"],
    [`${variable("A:-ho")}${variable("B-st")}`, "host"],
    [variable("A:-{}"), "{}"],
    [variable("A:-"), ""],
    [`$${variable("A")}`, variable("A")],
    ["$5 $ a$", "$5 $ a$"],
  ] as const) {
    assert.deepEqual(expand(text), { text: expected, unresolved: [], invalid: false }, text);
  }
});

test("what is set goes before a default, as the operator says", () => {
  const set = { A: "x", E: "" };
  assert.equal(expand(variable("A:-y"), set).text, "x");
  assert.equal(expand(variable("E:-y"), set).text, "y");
  assert.equal(expand(variable("E-y"), set).text, "");
  assert.equal(expand(variable("A:+y"), set).text, "y");
  assert.equal(expand(variable("E:+y"), set).text, "");
  assert.equal(expand("$A-$E", set).text, "x-");
});

test("what nobody sets is unknown, and so is what depends on whether it is", () => {
  for (const text of ["$N", variable("N"), variable("N:?no"), variable("N+y"), variable("N:+host")]) {
    assert.deepEqual(expand(text), { text: variable("N"), unresolved: ["N"], invalid: false }, text);
  }
  for (const text of [
    variable("").slice(0, 2),
    variable("1a"),
    variable(""),
    variable("a b"),
    variable("A:-x\ny"),
    variable("\u017f"),
  ]) {
    assert.ok(expand(text).invalid, text);
  }
  assert.deepEqual(expandCompose(variable("N:-host"), "unknown").unresolved, ["N"]);
});

const service = (fields: string) =>
  readManifests([{ path: "compose.yaml", text: `services:\n  a: { image: x, ${fields} }\n` }]);

test("every field by which a service is confined is expanded, and told where it cannot be", () => {
  const fields = ["network_mode", "pid", "ipc", "uts", "cgroup", "userns_mode", "user"];
  const { workloads, gaps } = service(fields.map((name) => `${name}: "${variable("N:-host")}"`).join(", "));
  assert.deepEqual(gaps, []);
  const { compose, pod } = workloads[0] ?? {};
  assert.deepEqual(
    [
      compose?.networkMode,
      compose?.pid,
      compose?.ipc,
      compose?.uts,
      compose?.cgroup,
      compose?.usernsMode,
      compose?.user,
    ],
    fields.map(() => "host"),
  );
  assert.deepEqual([pod?.hostNetwork, pod?.hostPID, pod?.hostIPC], [true, true, true]);
  for (const field of [
    ...fields.map((name) => `${name}: "$N"`),
    'cap_add: ["$N"]',
    'security_opt: ["$N"]',
    'volumes: ["$N:/a"]',
    'volumes: [{ type: "$N", source: /, target: /a }]',
    'devices: ["$N"]',
    'privileged: "$N"',
    'build: { context: ., network: "$N" }',
    'post_start: [{ command: id, user: "$N" }]',
    'ports: ["$N:80"]',
  ]) {
    assert.match(
      service(field)
        .gaps.map(({ reason }) => reason)
        .join(),
      /no value found for N/,
      field,
    );
  }
  assert.deepEqual(service('environment: { A: "$N" }, command: "$N", labels: { a: "$N" }').gaps, []);
  assert.deepEqual(service(`volumes: ["${variable("HOME")}/.ssh:/k", "$PWD:/w"]`).gaps, []);
});

test("users, options and places as the engine takes them", () => {
  const security = (fields: string) => service(fields).workloads[0]?.pod.containers[0]?.securityContext;
  for (const user of ["root", "00", "+0", "0:5"]) assert.equal(security(`user: "${user}"`)?.runAsUser, 0, user);
  assert.equal(security('user: "0x0"')?.runAsUser, undefined);
  const option = "no-new-privileges";
  assert.equal(security(`security_opt: ["${option}:true"]`)?.allowPrivilegeEscalation, false);
  assert.equal(security(`security_opt: ["${option}:true", "${option}:false"]`)?.allowPrivilegeEscalation, undefined);
  assert.equal(security(`security_opt: ["${option}:${variable("X:-false")}"]`)?.allowPrivilegeEscalation, undefined);
  const places = service("volumes: [/a:/x, '/b:/x/'], ports: ['5430-5432:5430-5432']").workloads[0]?.pod;
  assert.deepEqual(
    places?.volumes.map(({ hostPath }) => hostPath?.path),
    ["/b"],
  );
  assert.deepEqual(
    places?.containers[0]?.ports.map(({ hostPort }) => hostPort),
    [5430, 5431, 5432],
  );
});
