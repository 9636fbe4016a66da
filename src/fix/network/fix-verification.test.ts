import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { readManifests } from "../../engines/kubernetes/manifests.ts";
import type { PodEndpoint } from "../../engines/reachability/model.ts";
import { findNeeds } from "../../engines/reachability/needs/find.ts";
import { readNetwork } from "../../engines/reachability/network.ts";
import { noSettings } from "../../engines/reachability/settings.ts";
import { draftPolicies } from "./drafts.ts";
import { type ProofInput, prove } from "./fix-verification.ts";
import { app } from "./generate.fixture.ts";
import type { Allow, AllowPart, Draft } from "./model.ts";
import { findSubjects } from "./subjects.ts";

function inputOf(text: string): ProofInput {
  const base = readManifests([{ path: "a.yaml", text }]);
  const network = readNetwork(base, noSettings);
  const pods = network.endpoints.filter((one): one is PodEndpoint => one.kind === "pods");
  const subjects = findSubjects(base, pods);
  const namespaces = new Set(pods.map(({ namespace }) => namespace));
  const { needs } = findNeeds(network, { ingressFrom: [] });
  const context = { settings: noSettings, subjects, namespaces, apiServer: [], cilium: false, dns: [] };
  const { drafts, met } = draftPolicies(needs, context);
  return { ...context, base, drafts, needs: met, outbound: [] };
}

function changed(input: ProofInput, name: string, change: (allows: readonly Allow[]) => readonly Allow[]): ProofInput {
  const drafts = input.drafts.map(
    (draft): Draft => (draft.name === name ? { ...draft, allows: change(draft.allows) } : draft),
  );
  return { ...input, drafts };
}

const shop =
  app("web", { env: { API_URL: "http://api", DB: "http://db" } }) +
  app("api", { port: 3000, env: { DB: "http://db" } }) +
  app("db", { port: 5432 });

const peerOf = (value: string): AllowPart => ({
  key: value,
  values: [{ podSelector: { matchLabels: { app: value } } }],
  comments: [],
});
const tcp = (port: number): AllowPart => ({ key: `TCP ${port}`, values: [{ protocol: "TCP", port }], comments: [] });

test("what the drafts say is proven", () => {
  const { failures, checked } = prove(inputOf(shop));
  assert.deepEqual(failures, []);
  assert.ok(checked.allows > 8 && checked.pairs > 10);
});

test("a need that is not allowed at one of its ends is told", () => {
  for (const name of ["allow-api", "allow-web"]) {
    const { failures } = prove(changed(inputOf(shop), name, (allows) => allows.slice(1)));
    assert.ok(
      failures.some((line) => line.endsWith("is needed and would be denied")),
      `${name}: ${failures.join("\n")}`,
    );
  }
});

test("what is open and not needed is told: a peer, a port, everybody, another pod of the namespace", () => {
  const extra: readonly ((allows: readonly Allow[]) => readonly Allow[])[] = [
    (allows) => [...allows, { direction: "ingress", peers: [peerOf("db")], ports: [tcp(3000)], comments: [] }],
    (allows) => allows.map((allow) => ({ ...allow, ports: [...allow.ports, tcp(22)] })),
    (allows) => [...allows, { direction: "ingress", peers: [], ports: [tcp(3000)], comments: [] }],
    (allows) => [
      ...allows,
      {
        direction: "egress",
        peers: [{ key: "x", values: [{ podSelector: {} }], comments: [] }],
        ports: [tcp(1)],
        comments: [],
      },
    ],
  ];
  for (const change of extra) {
    const { failures } = prove(changed(inputOf(shop), "allow-api", change));
    assert.ok(
      failures.some((line) => line.endsWith("and not needed")),
      failures.join("\n"),
    );
  }
});

test("an allow that another one makes needless is told", () => {
  const { failures } = prove(
    changed(inputOf(shop), "allow-api", (allows) => [
      ...allows,
      ...allows.slice(0, 1).map((allow) => ({ ...allow, comments: ["again"] })),
    ]),
  );
  assert.deepEqual(failures.length > 0 && failures.every((line) => line.includes("nothing needs")), true);
});

/** One by one, in the plainest way: without it, is every need still open, and is that all that was open? */
function needlessOneByOne(input: ProofInput): string[] {
  const found: string[] = [];
  for (const draft of input.drafts) {
    for (const [index, allow] of draft.allows.entries()) {
      for (const kind of ["peers", "ports"] as const) {
        for (const part of allow[kind]) {
          const rest = allow[kind].filter((one) => one !== part);
          const allows = draft.allows.flatMap((one, at) =>
            at !== index ? [one] : rest.length === 0 ? [] : [{ ...one, [kind]: rest }],
          );
          const without = prove(changed(input, draft.name, () => allows)).failures;
          if (!without.some((line) => line.endsWith("would be denied")))
            found.push(`${draft.name} ${kind} ${part.key}`);
        }
      }
    }
  }
  return found;
}

test("numbering the parts finds what leaving out each alone finds", () => {
  const input = inputOf(app("web", { env: { API_URL: "http://api" } }) + app("api", { port: 3000 }));
  const names = ["web", "api"];
  const added = fc.record({
    name: fc.constantFrom("allow-api", "allow-web"),
    direction: fc.constantFrom("ingress" as const, "egress" as const),
    peers: fc.subarray(names, { minLength: 1 }),
    ports: fc.subarray([3000, 5432], { minLength: 1 }),
  });
  fc.assert(
    fc.property(fc.array(added, { maxLength: 2 }), (more) => {
      let tried = input;
      for (const { name, direction, peers, ports } of more) {
        const allow = { direction, peers: peers.map(peerOf), ports: ports.map(tcp), comments: [] };
        tried = changed(tried, name, (allows) => [...allows, allow]);
      }
      const isNeedless = prove(tried).failures.some((line) => line.includes("nothing needs"));
      const found = needlessOneByOne(tried);
      assert.equal(isNeedless, found.length > 0, found.join("\n"));
    }),
    { numRuns: 6 },
  );
});
