import assert from "node:assert/strict";
import { test } from "node:test";
import { detected, verdictsOf } from "../workload/kubernetes/workload.fixture.ts";
import { admissionSelectsNothing } from "./admission-selects-nothing.ts";

const namespace = (labels = "{}") => `apiVersion: v1\nkind: Namespace\nmetadata: { name: shop, labels: ${labels} }\n`;
const pod =
  "apiVersion: v1\nkind: Pod\nmetadata: { name: web, namespace: shop }\nspec: { containers: [{ name: web, image: web }] }\n";
const tree = (guard: string, labels?: string) => [guard, namespace(labels), pod].join("---\n");
const binding = (resources: string) =>
  `apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingAdmissionPolicyBinding\nmetadata: { name: b }\nspec: { policyName: p, validationActions: [Deny], matchResources: ${resources} }\n`;
const webhook = (...webhooks: readonly string[]) =>
  `apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration\nmetadata: { name: w }\nwebhooks: [${webhooks.join(", ")}]\n`;
const constraint = (match: string) =>
  `apiVersion: constraints.gatekeeper.sh/v1beta1\nkind: K8sTrusted\nmetadata: { name: c }\nspec: { match: ${match} }\n`;
const kyverno = (resources: string) =>
  `apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: { name: k }\nspec: { rules: [{ name: r, match: { any: [{ resources: ${resources} }] } }] }\n`;

const found = (guard: string, labels?: string) => detected(admissionSelectsNothing, tree(guard, labels));
const selector = (key: string, value: string) => `{ namespaceSelector: { matchLabels: { ${key}: ${value} } } }`;

test("a selector that no namespace with a workload has selects nothing", () => {
  assert.deepEqual(found(binding(selector("verify", "on"))), [
    "4:69 ValidatingAdmissionPolicyBinding b | ValidatingAdmissionPolicyBinding b selects no namespace in which a workload runs",
  ]);
  assert.deepEqual(found(binding(selector("verify", "'on'")), "{ verify: 'on' }"), []);
  assert.deepEqual(found(binding("{}")), []);
  // Every namespace has its name as a label.
  assert.deepEqual(found(binding(selector("kubernetes.io/metadata.name", "shop"))), []);
  assert.equal(found(binding(selector("kubernetes.io/metadata.name", "shopp"))).length, 1);
});

test("expressions of selectors", () => {
  const of = (expression: string) =>
    found(binding(`{ namespaceSelector: { matchExpressions: [${expression}] } }`), "{ env: prod }");
  assert.deepEqual(of("{ key: env, operator: In, values: [prod, test] }"), []);
  assert.equal(of("{ key: env, operator: In, values: [test] }").length, 1);
  assert.deepEqual(of("{ key: env, operator: Exists }"), []);
  // Namespaces that the files do not hold would be selected.
  assert.deepEqual(of("{ key: env, operator: NotIn, values: [prod] }"), []);
  assert.deepEqual(of("{ key: env, operator: DoesNotExist }"), []);
  // Of what is not known nothing is said.
  assert.deepEqual(of("{ key: env, operator: Gt, values: ['1'] }"), []);
});

test("one webhook, rule or name that is met is enough", () => {
  const none = `{ name: a.example.com, namespaceSelector: { matchLabels: { verify: "x" } } }`;
  assert.equal(found(webhook(none)).length, 1);
  assert.deepEqual(found(webhook(none, "{ name: b.example.com }")), []);
  assert.equal(found(constraint("{ namespaces: [other] }")).length, 1);
  assert.deepEqual(found(constraint("{ namespaces: ['sh*'] }")), []);
  assert.equal(found(kyverno("{ kinds: [Pod], namespaces: [other, 'x-*'] }")).length, 1);
  assert.deepEqual(found(kyverno("{ kinds: [Pod], namespaces: [shop] }")), []);
  assert.deepEqual(found(kyverno("{ kinds: [Pod] }")), []);
});

test("nothing is said where labels were not read, and nothing applies without a selector", () => {
  const unlabelled = [binding(selector("verify", "x")), pod].join("---\n");
  assert.deepEqual(detected(admissionSelectsNothing, unlabelled), []);
  assert.deepEqual(detected(admissionSelectsNothing, binding(selector("verify", "x"))), []);
  assert.deepEqual(verdictsOf(admissionSelectsNothing, tree(binding("{}"))), []);
});
