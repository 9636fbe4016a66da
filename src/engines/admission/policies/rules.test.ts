import assert from "node:assert/strict";
import { test } from "node:test";
import { Problem } from "../../../core/problem.ts";
import type { AdmissionRequest } from "../model.ts";
import type { PolicyContext } from "./model.ts";
import { bindingOf, decide, linesOf, pod, podRules, policyOf, requestOf, shop } from "./policies.fixture.ts";

type Fields = Readonly<Record<string, unknown>>;
const unreachable = new Problem({ kind: "unavailable", code: "test.down", place: "cluster", cause: "no answer" });

/** `deny` where it is matched, nothing where it is not; else the line that is told. */
async function matched(
  matchConstraints: Fields,
  request: AdmissionRequest = requestOf(),
  context: PolicyContext = { namespace: shop },
): Promise<string> {
  const policy = policyOf({ matchConstraints, validations: [{ expression: "false", message: "no" }] });
  const [line = ""] = linesOf(await decide([policy, bindingOf()], request, context));
  return line.replace(/^deny: no$/, "deny");
}

const rule = (more: Fields = {}) => ({ ...podRules[0], ...more });
const rules = (...all: readonly Fields[]) => ({ resourceRules: all.map(rule) });

test("rules are of operation, group, version, resource, subresource, name and scope", async () => {
  for (const more of [
    {},
    { apiGroups: ["*"] },
    { apiVersions: ["*"] },
    { operations: ["*"] },
    { resources: ["*"] },
    { resources: ["*/*"] },
    { resourceNames: ["web"] },
    { scope: "Namespaced" },
  ])
    assert.equal(await matched(rules(more)), "deny", JSON.stringify(more));
  for (const more of [
    { apiGroups: ["apps"] },
    { apiVersions: ["v2"] },
    { operations: ["DELETE"] },
    { resources: ["services"] },
  ])
    assert.equal(await matched(rules(more)), "", JSON.stringify(more));
  const debug = requestOf({ operation: "UPDATE", subResource: "ephemeralcontainers" });
  assert.equal(await matched(rules({}), debug), "", "a rule for pods is not about what is below them");
  for (const resources of [["pods/ephemeralcontainers"], ["pods/*"], ["*/ephemeralcontainers"], ["*/*"]])
    assert.equal(await matched(rules({ resources }), debug), "deny", resources[0]);
  assert.equal(await matched(rules({ resources: ["pods/ephemeralcontainers"] })), "");
  assert.equal(await matched(rules({ resourceNames: ["api"] })), "");
  assert.equal(await matched(rules({ scope: "Cluster" })), "");
});

test("a namespace is of the whole cluster, and is picked by what it will be", async () => {
  const request = requestOf({
    kind: { group: "", version: "v1", kind: "Namespace" },
    resource: { group: "", version: "v1", resource: "namespaces" },
    name: "shop",
    object: { apiVersion: "v1", kind: "Namespace", metadata: { name: "shop", labels: { env: "sandbox" } } },
  });
  const of = (more: Fields, selector: Fields = {}) =>
    matched({ ...rules({ resources: ["namespaces"], ...more }), namespaceSelector: selector }, request);
  assert.equal(await of({ scope: "Cluster" }), "deny");
  assert.equal(await of({ scope: "Namespaced" }), "");
  assert.equal(await of({}, { matchLabels: { env: "sandbox" } }), "deny");
  assert.equal(await of({}, { matchLabels: { env: "production" } }), "");
});

test("what is excluded is not matched, whatever the rules say", async () => {
  assert.equal(await matched({ ...rules({}), excludeResourceRules: [rule()] }), "");
  assert.equal(await matched({ ...rules({}), excludeResourceRules: [rule({ resourceNames: ["api"] })] }), "deny");
});

test("namespaces and objects are picked by their labels", async () => {
  const by = (namespaceSelector: Fields, context?: PolicyContext) =>
    matched({ ...rules({}), namespaceSelector }, requestOf(), context);
  const not = (values: readonly string[]) => ({ matchExpressions: [{ key: "env", operator: "NotIn", values }] });
  assert.equal(await by({ matchLabels: { env: "production" } }), "deny");
  assert.equal(await by(not(["production"])), "");
  assert.equal(await by(not(["sandbox"])), "deny");
  assert.equal(await by({ matchExpressions: [{ key: "other", operator: "DoesNotExist" }] }), "deny");
  assert.equal(await by({ matchExpressions: [{ key: "other", operator: "Exists" }] }), "");
  assert.equal(await by({}, { namespace: unreachable }), "deny", "everything is picked without asking");
  assert.match(
    await by(not(["production"]), { namespace: unreachable }),
    /^unknown: labels of namespace shop are not known/,
  );
  assert.match(
    await by(not(["production"]), { namespace: undefined }),
    /^error: failed to configure policy: namespace shop not found/,
  );
  const services = { ...rules({ resources: ["services"] }), namespaceSelector: not(["production"]) };
  assert.equal(
    await matched(services, requestOf(), { namespace: unreachable }),
    "",
    "what is not about the request fails for nothing",
  );

  const object = (objectSelector: Fields, request = requestOf()) => matched({ ...rules({}), objectSelector }, request);
  assert.equal(await object({ matchLabels: { app: "web" } }), "deny");
  assert.equal(await object({ matchLabels: { app: "api" } }), "");
  const relabelled = requestOf({ operation: "UPDATE", object: pod({}, { labels: {} }), oldObject: pod() });
  assert.equal(await object({ matchLabels: { app: "web" } }, relabelled), "deny", "the old object's labels count too");
});

test("a binding matches less", async () => {
  const policy = policyOf({ validations: [{ expression: "false", message: "no" }] });
  const of = (matchResources: Fields) => decide([policy, bindingOf({ matchResources })]).then(linesOf);
  assert.deepEqual(await of({}), ["deny: no"]);
  assert.deepEqual(await of({ namespaceSelector: { matchLabels: { env: "sandbox" } } }), []);
  assert.deepEqual(await of({ resourceRules: [rule({ operations: ["UPDATE"] })] }), []);
  assert.match((await of({ matchPolicy: "Near" }))[0] ?? "", /^unknown: .*spec\.matchResources\.matchPolicy/);
});

test("an object that the API server converts is unknown under Equivalent, and not matched under Exact", async () => {
  const request = requestOf({
    kind: { group: "example.com", version: "v1", kind: "Widget" },
    resource: { group: "example.com", version: "v1", resource: "widgets" },
  });
  const widgets = rules({ apiGroups: ["example.com"], apiVersions: ["v1beta1"], resources: ["widgets"] });
  assert.match(await matched(widgets, request), /^unknown: it is about example\.com\/v1beta1 of widgets/);
  assert.equal(await matched({ ...widgets, matchPolicy: "Exact" }, request), "");
  assert.equal(await matched(rules({ apiVersions: ["v1beta1"] })), "", "pods have one version");
  assert.match(
    await matched(
      {
        ...rules({ apiGroups: ["example.com"], resources: ["widgets"] }),
        excludeResourceRules: [rule({ apiGroups: ["example.com"], apiVersions: ["v1beta1"], resources: ["widgets"] })],
      },
      request,
    ),
    /^unknown/,
  );
});

test("a selector that the API server would refuse makes its policy unknown", async () => {
  for (const objectSelector of [
    { matchLabels: { "a b": "c" } },
    { matchLabels: { a: "b c" } },
    { matchLabels: { a: 1 } },
    { matchExpressions: [{ key: "a", operator: "In" }] },
    { matchExpressions: [{ key: "a", operator: "Exists", values: ["b"] }] },
    { matchExpressions: [{ key: "a", operator: "Like", values: ["b"] }] },
    { matchExpressions: [1] },
    "app=web",
  ]) {
    const line = await matched({ ...rules({}), objectSelector: objectSelector as Fields });
    assert.match(line, /^unknown: .*spec\.matchConstraints\.objectSelector/);
  }
  const wrong = { ...rules({ resources: ["services"] }), objectSelector: { matchLabels: { a: 1 } } };
  assert.match(await matched(wrong), /^unknown/, "what is wrong there may be about anything");
});
