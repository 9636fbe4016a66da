import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultPolicy } from "../../collect/policy/default.ts";
import type { Policy } from "../../core/policy.ts";
import { manifestReader } from "../../engines/kubernetes/manifests.ts";
import type { Manifests, Secret } from "../../engines/kubernetes/model.ts";
import { evaluateManifests } from "../../evaluate/kubernetes/workloads.ts";
import { evaluationsOf } from "../workload/kubernetes/workload.fixture.ts";
import { secretNotRotated } from "./secret-not-rotated.ts";

const now = new Date("2026-01-01T00:00:00Z");
const within: Policy = { ...defaultPolicy, rotation: { secrets: { maxAgeDays: 90 } } };
const source = { kind: "cluster", cluster: "prod" } as const;
const DAY = 24 * 60 * 60 * 1000;

interface Written {
  readonly name: string;
  /** Days since its data last changed; absent: nobody says. */
  readonly changed?: number;
  /** Days since it was made. */
  readonly made?: number;
  readonly type?: string;
  readonly metadata?: object;
  readonly data?: object;
}

const before = (days: number) => new Date(now.getTime() - days * DAY).toISOString().replace(".000Z", "Z");

/** A cluster's Secrets, as its reader hands them on. */
function cluster(secrets: readonly Written[], others: readonly object[] = []): Manifests {
  const reader = manifestReader();
  for (const { name, made = 1000, type = "Opaque", metadata = {}, data = { password: "" } } of secrets) {
    const own = { namespace: "shop", name, creationTimestamp: before(made), ...metadata };
    reader.object({ apiVersion: "v1", kind: "Secret", metadata: own, type, data }, source);
  }
  for (const other of others) reader.object(other, source);
  const read = reader.manifests();
  const dated = read.secrets.map((secret): Secret => {
    const { changed } = secrets.find(({ name }) => name === secret.object.name) ?? {};
    return changed === undefined ? secret : { ...secret, lastDataChange: before(changed) };
  });
  return { ...read, secrets: dated };
}

function evaluate(manifests: Manifests, policy = within) {
  const evaluations = evaluateManifests(manifests, { policy, now, scope: "prod" });
  return evaluations.filter(({ check }) => check === secretNotRotated.id);
}

function shown(manifests: Manifests, policy = within) {
  return evaluate(manifests, policy).map(({ verdict, findings, reason }) => [
    verdict,
    findings.map(({ subject }) => subject),
    reason,
  ]);
}

test("data that surely has not changed for longer than the policy allows is found, whatever the type", () => {
  const [evaluation] = evaluate(
    cluster([
      { name: "db", changed: 91 },
      { name: "edge", changed: 90 },
      { name: "new", changed: 1 },
      { name: "token", changed: 700.5, type: "kubernetes.io/service-account-token" },
      { name: "web", changed: 365, type: "kubernetes.io/tls", data: { "tls.crt": "", "tls.key": "" } },
    ]),
  );
  assert.deepEqual(
    evaluation?.findings.map(({ subject, title, severity, evidence }) => [subject, title, severity, evidence.changed]),
    [
      ["Secret shop/db", "Secret not rotated for 91 days (limit: 90)", "medium", before(91)],
      ["Secret shop/token", "Secret not rotated for 700 days (limit: 90)", "medium", before(700.5)],
      ["Secret shop/web", "Secret not rotated for 365 days (limit: 90)", "medium", before(365)],
    ],
  );
  assert.match(evaluation?.findings[1]?.fix?.text ?? "", /tokens that end/);
});

test("where nothing says when the data changed it is unknown, save for what was made in that time", () => {
  assert.deepEqual(shown(cluster([{ name: "db" }, { name: "new", made: 90 }])), [
    ["unknown", [], "time of the last change unknown for Secret shop/db"],
  ]);
  assert.deepEqual(shown(cluster([{ name: "new", made: 90 }])), [["pass", [], "no findings"]]);
  const many = Array.from({ length: 7 }, (_, index) => ({ name: `s${index}` }));
  assert.match(String(shown(cluster(many))[0]?.[2]), /s4 and 2 more$/);
});

test("what a store's operator keeps up, and what holds nothing that is replaced, is not judged", () => {
  const label = { labels: { "reconcile.external-secrets.io/managed": "true" } };
  const external = (name: string, spec: object) => ({
    apiVersion: "external-secrets.io/v1",
    kind: "ExternalSecret",
    metadata: { namespace: "shop", name },
    spec,
  });
  const manifests = cluster(
    [
      { name: "marked", changed: 500, metadata: label },
      { name: "target", changed: 500 },
      { name: "once", changed: 500, metadata: label },
      { name: "release", changed: 500, type: "helm.sh/release.v1" },
      { name: "empty", data: {} },
    ],
    [external("target", {}), external("once", { refreshInterval: "0" })],
  );
  assert.deepEqual(shown(manifests)[0]?.slice(0, 2), ["pass", ["Secret shop/once"]]);
  assert.equal(evaluate(manifests)[0]?.evidence.secretsFromOutside, "2 ExternalSecrets");
});

test("without a number in the policy nothing is said, and of files never", () => {
  assert.deepEqual(shown(cluster([{ name: "db", changed: 500 }]), defaultPolicy), []);
  assert.deepEqual(shown(cluster([])), []);
  const text = "apiVersion: v1\nkind: Secret\nmetadata: { name: db, creationTimestamp: 2020-01-01T00:00:00Z }\n";
  assert.deepEqual(evaluationsOf(secretNotRotated, `${text}data: { password: "" }\n`, { policy: within }), []);
});

test("a list that was refused is no pass", () => {
  const refused = (list: string, manifests: Manifests): Manifests => ({
    ...manifests,
    gaps: [{ code: "kubernetes.cluster-list", reason: `${list}: refused (403)`, path: "prod", lists: [list] }],
  });
  const fresh = cluster([{ name: "db", changed: 1 }]);
  assert.deepEqual(shown(refused("secrets", cluster([])))[0]?.[0], "unknown");
  assert.deepEqual(shown(refused("secrets", fresh))[0]?.[0], "unknown");
  assert.deepEqual(shown(refused("externalSecrets", fresh))[0]?.[0], "unknown");
  assert.deepEqual(shown(refused("services", fresh))[0]?.[0], "pass");
  assert.deepEqual(shown(refused("secrets", cluster([])), defaultPolicy), []);
});

test("of what the policy states of all, of a type and of a namespace the least counts", () => {
  const of = (secrets: Policy["rotation"]["secrets"], namespace = "shop") =>
    evaluate(
      cluster([
        { name: "db", changed: 50, metadata: { namespace } },
        { name: "pull", changed: 50, type: "kubernetes.io/dockerconfigjson", metadata: { namespace } },
      ]),
      { ...defaultPolicy, rotation: { secrets } },
    ).flatMap(({ findings }) =>
      findings.map(({ title, evidence }) => `${evidence.object} ${title} ${evidence.policy}`),
    );
  const type = { "kubernetes.io/dockerconfigjson": 30 };
  const pull = [
    "Secret shop/pull Secret not rotated for 50 days (limit: 30) rotation.secrets.types.kubernetes.io/dockerconfigjson",
  ];
  assert.deepEqual(of({ types: type }), pull);
  assert.deepEqual(of({ types: type, maxAgeDays: 90 }), pull);
  assert.deepEqual(of({ types: { "kubernetes.io/tls": 1 } }), []);
  assert.equal(of({ types: { Opaque: 60 }, maxAgeDays: 40 }).length, 2);
  assert.deepEqual(of({ namespaces: { "pay-*": 30 } }), []);
  assert.equal(of({ namespaces: { "pay-*": 30 } }, "pay-eu").length, 2);
});
