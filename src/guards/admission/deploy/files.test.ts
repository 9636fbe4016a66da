import assert from "node:assert/strict";
import { test } from "node:test";
import { isObject, valueAt } from "../../../core/untyped.ts";
import { readManifests } from "../../../engines/kubernetes/manifests.ts";
import { rawOf } from "../../../engines/kubernetes/model.ts";
import { deployFiles, deployJson, deployStream, writtenFiles } from "./files.ts";
import { certificateModes, type DeployObject, type DeploySettings } from "./model.ts";
import { policyKey } from "./policy.ts";
import { defaultDeploySettings } from "./settings.ts";
import { excludedNamespaces } from "./webhooks.ts";

function objectsOf(settings: Partial<DeploySettings> = {}): DeployObject[] {
  return deployFiles({ ...defaultDeploySettings, ...settings }).flatMap(({ objects }) => objects);
}

function only(kind: string, settings: Partial<DeploySettings> = {}): DeployObject {
  const [one, more] = objectsOf(settings).filter((object) => object.kind === kind);
  assert.ok(one !== undefined && more === undefined, kind);
  return one;
}

function webhooksOf(settings: Partial<DeploySettings> = {}): Record<string, unknown>[] {
  return ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"].flatMap(
    (kind) => only(kind, settings).webhooks as unknown as Record<string, unknown>[],
  );
}

test("what is printed is read as the objects that it is of, in every mode", () => {
  for (const certificates of certificateModes) {
    const settings: DeploySettings = { ...defaultDeploySettings, certificates, asksForExcluded: true };
    const objects = deployFiles(settings).flatMap((file) => file.objects);
    const { objects: read, gaps } = readManifests([{ path: "all.yaml", text: deployStream(settings) }]);
    assert.deepEqual(gaps, []);
    assert.deepEqual(read.map(rawOf), objects);
    assert.deepEqual(JSON.parse(deployJson(settings)).items, objects);
    const files = writtenFiles(settings).filter(({ name }) => name !== "kustomization.yaml");
    const again = readManifests(files.map(({ name, text }) => ({ path: name, text })));
    assert.deepEqual(again.objects.map(rawOf), objects);
  }
});

test("kube-system and its own namespace are excluded by a label that nobody can set, in each webhook that can refuse", () => {
  const settings = { namespace: "guard", excluded: ["monitoring", "kube-system"] };
  assert.deepEqual(excludedNamespaces({ ...defaultDeploySettings, ...settings }), [
    "guard",
    "kube-system",
    "monitoring",
  ]);
  for (const { namespaceSelector, objectSelector } of webhooksOf(settings)) {
    assert.deepEqual(namespaceSelector, {
      matchExpressions: [
        { key: "kubernetes.io/metadata.name", operator: "NotIn", values: ["guard", "kube-system", "monitoring"] },
      ],
    });
    assert.equal(objectSelector, undefined);
  }
});

test("a webhook for the excluded namespaces fails open, soon, and never asks about its own", () => {
  const [, , excluded, more] = webhooksOf({ asksForExcluded: true, excluded: ["monitoring"], timeoutSeconds: 30 });
  assert.equal(more, undefined);
  assert.deepEqual([excluded?.failurePolicy, excluded?.timeoutSeconds], ["Ignore", 3]);
  assert.deepEqual(valueAt(excluded, ["namespaceSelector", "matchExpressions", 0, "values"]), [
    "kube-system",
    "monitoring",
  ]);
});

test("every kind that runs pods is asked about with each of its ways in, and no deletion is", () => {
  const [mutating, validating] = webhooksOf({
    kinds: [{ group: "argoproj.io", version: "v1alpha1", resource: "rollouts" }],
  });
  const asked = (webhook: unknown) =>
    (valueAt(webhook, ["rules"]) as { apiGroups: string[]; resources: string[]; operations: string[] }[]).flatMap(
      ({ apiGroups: [group], resources, operations }) => {
        assert.deepEqual(operations, ["CREATE", "UPDATE"]);
        return resources.map((resource) => (group === "" ? resource : `${group}/${resource}`));
      },
    );
  assert.deepEqual(asked(validating), [
    "pods",
    "pods/ephemeralcontainers",
    "pods/resize",
    "podtemplates",
    "replicationcontrollers",
    "apps/deployments",
    "apps/daemonsets",
    "apps/statefulsets",
    "apps/replicasets",
    "batch/jobs",
    "batch/cronjobs",
    "argoproj.io/rollouts",
  ]);
  assert.deepEqual(asked(mutating), ["pods", "pods/ephemeralcontainers"]);
  assert.deepEqual([mutating?.sideEffects, validating?.sideEffects], ["None", "None"]);
});

test("where templates are pinned, too, the mutating webhook is asked about them; where nothing is, it is not there", () => {
  const kindsOf = (pin: DeploySettings["pin"]) =>
    objectsOf({ pin }).flatMap(({ kind, webhooks }) =>
      kind === "MutatingWebhookConfiguration" ? [valueAt(webhooks, [0, "rules"]) as { resources: string[] }[]] : [],
    );
  assert.ok(kindsOf("all")[0]?.some(({ resources }) => resources.includes("deployments")));
  assert.deepEqual(kindsOf("off"), []);
});

test("roles have no wildcard, no list of Secrets, and Secrets and webhooks by name alone", () => {
  for (const certificates of certificateModes) {
    const rules = objectsOf({ certificates, pullSecrets: [{ namespace: "shop", name: "registry" }] })
      .filter(({ kind }) => kind === "ClusterRole" || kind === "Role")
      .flatMap((role) => role.rules as unknown as Record<string, string[]>[]);
    assert.ok(rules.length > 5);
    for (const rule of rules) {
      assert.ok(!JSON.stringify(rule).includes("*"), JSON.stringify(rule));
      const { resources = [], resourceNames = [], verbs = [] } = rule;
      if (!resources.some((resource) => resource === "secrets" || resource.endsWith("webhookconfigurations"))) continue;
      assert.equal(resourceNames.length, 1);
      assert.ok(!verbs.some((verb) => ["create", "list", "watch", "delete", "deletecollection"].includes(verb)));
    }
    const changes = rules.some(({ resources, verbs }) => /webhook/.test(`${resources}`) && verbs?.includes("patch"));
    assert.equal(changes, certificates !== "cert-manager");
  }
  const breakGlass = objectsOf().filter(
    ({ kind, metadata }) => /Binding$/.test(`${kind}`) && `${valueAt(metadata, ["name"])}`.includes("break-glass"),
  );
  assert.deepEqual(breakGlass, []);
});

test("a Secret that is read to verify images is read by its name, in its namespace", () => {
  const granted = objectsOf({ pullSecrets: [{ namespace: "shop", name: "registry" }] }).filter(
    ({ metadata }) => valueAt(metadata, ["namespace"]) === "shop",
  );
  assert.deepEqual(
    granted.map(({ kind, rules, subjects }) => [kind, rules ?? subjects]),
    [
      ["Role", [{ apiGroups: [""], resources: ["secrets"], resourceNames: ["registry"], verbs: ["get"] }]],
      ["RoleBinding", [{ kind: "ServiceAccount", name: "admission", namespace: "bulkhead" }]],
    ],
  );
});

test("the policy's files stand in the pod at the paths that the policy names them by", () => {
  const policy = [
    { path: "shop/bulkhead.yaml", text: "apiVersion: bulkhead/v1\n" },
    { path: "keys/release.pub", text: "key" },
    { path: "keys_release.pub", text: "another" },
  ];
  const { data } =
    objectsOf({ policy }).find((object) => valueAt(object, ["metadata", "name"]) === "admission-policy") ?? {};
  const pod = valueAt(only("Deployment", { policy }), ["spec", "template", "spec"]);
  const items = valueAt(pod, ["volumes", 1, "configMap", "items"]) as { key: string; path: string }[];
  assert.ok(isObject(data));
  assert.deepEqual(
    items.map(({ key, path }) => ({ path, text: data[key] })),
    policy,
  );
  assert.match(
    JSON.stringify(valueAt(pod, ["containers", 0, "args"])),
    /"\/etc\/bulkhead\/policy\/shop\/bulkhead.yaml"/,
  );
  assert.match(policyKey("a/b ü_c.yaml"), /^[-._a-zA-Z0-9]+$/);
  assert.notEqual(policyKey("a/b"), policyKey("a_b"));
});

test("two replicas are kept apart, and one stays while another goes", () => {
  const spec = valueAt(only("Deployment"), ["spec"]);
  assert.equal(valueAt(spec, ["replicas"]), 2);
  assert.deepEqual(valueAt(spec, ["strategy", "rollingUpdate"]), { maxUnavailable: 0, maxSurge: 1 });
  const [first] = valueAt(spec, [
    "template",
    "spec",
    "affinity",
    "podAntiAffinity",
    "preferredDuringSchedulingIgnoredDuringExecution",
  ]) as object[];
  assert.equal(valueAt(first, ["podAffinityTerm", "topologyKey"]), "kubernetes.io/hostname");
  assert.equal(valueAt(only("PodDisruptionBudget"), ["spec", "maxUnavailable"]), 1);
  // Of one replica a budget would keep its node from being drained.
  assert.ok(!objectsOf({ replicas: 1 }).some(({ kind }) => kind === "PodDisruptionBudget"));
});

test("the database is pulled before it serves, by the key among the policy's files", () => {
  const advisories = { reference: "oci://registry.example.com/advisories:today", publicKey: "advisories/db.pub" };
  const pod = valueAt(only("Deployment", { advisories }), ["spec", "template", "spec"]);
  assert.deepEqual(valueAt(pod, ["initContainers", 0, "args"]), [
    "db",
    "pull",
    "oci://registry.example.com/advisories:today",
    "--public-key",
    "/etc/bulkhead/policy/advisories/db.pub",
    "--quiet",
  ]);
});
