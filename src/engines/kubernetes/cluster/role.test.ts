/** The role that is published grants what is read, and nothing else. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { readManifests } from "../manifests.ts";
import { clusterResources } from "./resources.ts";
import { CONSTRAINTS } from "./verifier-resources.ts";

const folder = join(import.meta.dirname, "../../../../deploy/cluster-audit");
const files = ["role.yaml", "secrets.yaml"].map((path) => ({ path, text: readFileSync(join(folder, path), "utf8") }));

test("the published roles are exactly the lists that are asked for", () => {
  const { roles, gaps } = readManifests(files);
  assert.deepEqual(gaps, []);
  const granted = roles.flatMap(({ rules }) =>
    rules.flatMap(({ apiGroups, resources, verbs, resourceNames, nonResourceURLs }) => {
      assert.deepEqual([verbs, resourceNames, nonResourceURLs], [["list"], [], []]);
      return apiGroups.flatMap((group) => resources.map((resource) => `${group}/${resource}`));
    }),
  );
  const asked = [...clusterResources, CONSTRAINTS].map(({ group, resource }) => `${group}/${resource}`);
  assert.deepEqual(granted.sort(), asked.sort());
  const secrets = roles.filter(({ rules }) => rules.some(({ resources }) => resources.includes("secrets")));
  assert.deepEqual(
    secrets.map(({ object }) => object.name),
    ["bulkhead-cluster-audit-secrets"],
  );
  assert.doesNotMatch(files[0]?.text ?? "", /^\s*(?:- )?secrets$|"secrets"/m);
});

test("what the probe needs is granted apart: to create pods, and nothing else", () => {
  const path = "probe.yaml";
  const { roles, gaps } = readManifests([{ path, text: readFileSync(join(folder, path), "utf8") }]);
  assert.deepEqual(gaps, []);
  const rules = roles.flatMap((role) => role.rules);
  assert.deepEqual(
    rules.map(({ apiGroups, resources, verbs }) => [apiGroups, resources, verbs]),
    [[[""], ["pods"], ["create"]]],
  );
  assert.doesNotMatch(readFileSync(join(folder, "kustomization.yaml"), "utf8"), /^\s*- probe[.]yaml/m);
});

test("what `runtime prove --cluster` needs is granted apart, and its writes in its own namespace alone", () => {
  const path = "prove.yaml";
  const { roles, gaps } = readManifests([{ path, text: readFileSync(join(folder, path), "utf8") }]);
  assert.deepEqual(gaps, []);
  const granted = roles.map(({ object, rules }) => [
    object.kind,
    ...rules.map(({ resources, verbs }) => `${verbs.join()} ${resources.join()}`),
  ]);
  assert.deepEqual(granted, [
    ["ClusterRole", "list nodes,pods,namespaces", "get pods/log"],
    ["Role", "create,get,delete pods", "create,patch configmaps"],
  ]);
  assert.doesNotMatch(readFileSync(join(folder, "kustomization.yaml"), "utf8"), /^\s*- prove[.]yaml/m);
});
