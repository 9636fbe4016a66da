import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultPolicy } from "../../collect/policy/default.ts";
import type { EngineInfo } from "../../engines/kubernetes/model.ts";
import { type EngineEvidence, evaluateEngine } from "../../evaluate/engine/engine.ts";

const now = new Date("2026-11-28T12:00:00Z");

const hardened: EngineInfo = {
  engine: "docker",
  host: "node-1",
  rootless: false,
  remapsUsers: true,
  seccompProfile: "builtin",
  noNewPrivileges: true,
  liveRestore: true,
  swarm: false,
};

const settings: EngineEvidence = {
  info: hardened,
  listeners: [],
  registries: [],
  configuration: {
    interContainer: false,
    userlandProxy: false,
    contentTrust: { enforced: true, from: "daemon.json" },
  },
  gaps: { listeners: [], registries: [], configuration: [] },
};

/** What differs from an engine in which nothing is found. */
function judged(different: Partial<EngineEvidence>, info: Partial<EngineInfo> = {}): Record<string, string> {
  const evaluations = evaluateEngine(
    { ...settings, ...different, info: { ...hardened, ...info } },
    { policy: defaultPolicy, now },
  );
  return Object.fromEntries(
    evaluations.flatMap(({ check, verdict, findings }) => {
      const found = findings.map(({ severity }) => severity).join();
      return verdict === "pass" && found === "" ? [] : [[check, `${verdict} ${found}`.trim()]];
    }),
  );
}

test("an engine with every setting passes", () => {
  assert.deepEqual(judged({}), {});
  assert.deepEqual(
    judged({}, { engine: "podman", remapsUsers: false, noNewPrivileges: false, liveRestore: false }),
    {},
  );
});

test("each setting is found by itself", () => {
  const { configuration } = settings;
  const listener = (address: string, isLoopback: boolean, verifiesClients: boolean) => ({
    listeners: [{ address, isTcp: true, isLoopback, verifiesClients, from: "daemon.json" }],
  });
  for (const [check, expected, different, info] of [
    ["tcp-without-tls", "fail critical", listener("tcp://0.0.0.0:2375", false, false), {}],
    ["tcp-without-tls", "fail high", listener("tcp://127.0.0.1:2375", true, false), {}],
    ["seccomp-off", "fail high", {}, { seccompProfile: "unconfined" }],
    ["insecure-registry", "fail high", { registries: [{ name: "r.example.com", from: "the engine" }] }, {}],
    ["no-user-namespace", "pass medium", {}, { remapsUsers: false }],
    ["new-privileges", "pass low", {}, { noNewPrivileges: false }],
    ["live-restore", "pass low", {}, { liveRestore: false }],
    ["inter-container", "pass low", { configuration: { ...configuration, interContainer: true } }, {}],
    ["userland-proxy", "pass low", { configuration: { ...configuration, userlandProxy: true } }, {}],
    ["content-trust", "pass low", { configuration: { ...configuration, contentTrust: undefined } as never }, {}],
  ] as const) {
    assert.deepEqual(judged(different, info), { [`cluster/engine-${check}`]: expected });
  }
  const { seccompProfile: _, ...without } = hardened;
  const [seccomp] = evaluateEngine({ ...settings, info: without }, { policy: defaultPolicy, now }).filter(
    ({ check }) => check === "cluster/engine-seccomp-off",
  );
  assert.equal(seccomp?.verdict, "fail");
  assert.deepEqual(judged(listener("tcp://0.0.0.0:2376", false, true)), {});
  assert.deepEqual(judged({}, { rootless: true, remapsUsers: false }), {});
  assert.deepEqual(judged({}, { swarm: true, liveRestore: false }), {});
});

test("what was not read is passed by no check", () => {
  const gap = { code: "engine.configuration", reason: "nobody knows" };
  assert.deepEqual(judged({ gaps: { listeners: [gap], registries: [gap], configuration: [gap] } }), {
    "cluster/engine-content-trust": "unknown",
    "cluster/engine-insecure-registry": "unknown",
    "cluster/engine-inter-container": "unknown",
    "cluster/engine-tcp-without-tls": "unknown",
    "cluster/engine-userland-proxy": "unknown",
  });
});
