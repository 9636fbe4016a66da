import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { bounds } from "../bounds.ts";
import { readManifests } from "../manifests.ts";
import { resolveAccess } from "./access.ts";
import { allows, allowsUrl, isCovered } from "./allows.ts";
import { accountOf, firstByName } from "./principals.ts";
import { rule, urls } from "./published-rule.ts";

const RBAC = "rbac.authorization.k8s.io/v1";

function accessOf(...objects: object[]): ReturnType<typeof resolveAccess> {
  const text = objects.map((object) => JSON.stringify(object)).join("\n---\n");
  return resolveAccess(readManifests([{ path: "a.yaml", text }]));
}

function clusterRole(name: string, more: object = {}, labels: object = {}): object {
  const rules = [{ verbs: ["get"], apiGroups: [""], resources: [name] }];
  return { apiVersion: RBAC, kind: "ClusterRole", metadata: { name, labels }, rules, ...more };
}

function bound(kind: string, name: string, roleRef: object, ...subjects: object[]): object {
  return {
    apiVersion: RBAC,
    kind,
    metadata: { name, ...(kind === "RoleBinding" ? { namespace: "shop" } : {}) },
    roleRef,
    subjects,
  };
}

test("stars, subresources and names, as the API server compares them", () => {
  const request = (verb: string, group: string, resource: string) => ({ verb, group, resource });
  assert.ok(allows(rule("get", "", "pods"), request("get", "", "pods")));
  assert.ok(!allows(rule("get", "", "pods"), request("get", "", "pods/exec")));
  assert.ok(!allows(rule("get", "", "pods/exec"), request("get", "", "pods")));
  assert.ok(allows(rule("*", "*", "*"), request("create", "apps", "deployments/scale")));
  assert.ok(allows(rule("get", "apps", "*/scale"), request("get", "apps", "deployments/scale")));
  assert.ok(!allows(rule("get", "apps", "*/scale"), request("get", "apps", "deployments")));
  assert.ok(!allows(rule("get", "apps", "*/scale"), request("get", "apps", "deployments/status")));
  assert.ok(!allows(rule("get", "apps", "*"), request("get", "", "pods")));
  assert.ok(!allows(rule("get", "", "pods/*"), request("get", "", "pods/exec")));
});

test("paths that are no resource's", () => {
  assert.ok(allowsUrl(urls("get", "/healthz/*"), "get", "/healthz/ping"));
  assert.ok(allowsUrl(urls("*", "*"), "post", "/anything"));
  assert.ok(allowsUrl(urls("get", "/healthz/**"), "get", "/healthz/ping"));
  assert.ok(!allowsUrl(urls("get", "/healthz"), "get", "/healthz/ping"));
  assert.ok(!allowsUrl(urls("get", "/healthz"), "post", "/healthz"));
});

test("a rule is covered by one that is as wide", () => {
  const secrets = rule("get", "", "secrets");
  assert.ok(isCovered(secrets, [rule("get list", "", "secrets pods")]));
  assert.ok(isCovered(rule("get", "", "secrets", "one"), [secrets]));
  assert.ok(!isCovered(secrets, [rule("get", "", "secrets", "one")]));
  assert.ok(!isCovered(rule("*", "", "secrets"), [rule("get list", "", "secrets")]));
  assert.ok(isCovered(urls("get", "/healthz/a"), [urls("get", "/healthz/*")]));
  assert.ok(!isCovered(urls("get", "/metrics"), [secrets]));
});

const words = (...all: string[]) => fc.uniqueArray(fc.constantFrom(...all), { minLength: 1, maxLength: 3 });
const anyRule = fc.record({
  verbs: words("get", "list", "*"),
  apiGroups: words("", "apps", "*"),
  resources: words("pods", "pods/exec", "deployments", "deployments/scale", "*/scale", "*"),
  resourceNames: fc.constant([]),
  nonResourceURLs: fc.constant([]),
});
const anyRequest = fc.record({
  verb: fc.constantFrom("get", "list", "create"),
  group: fc.constantFrom("", "apps", "batch"),
  resource: fc.constantFrom("pods", "pods/exec", "deployments", "deployments/scale", "jobs/status"),
});

test("what a covered rule allows, the one that covers it allows", () => {
  fc.assert(
    fc.property(anyRule, anyRule, anyRequest, (inner, outer, request) => {
      if (isCovered(inner, [outer]) && allows(inner, request)) assert.ok(allows(outer, request));
      assert.ok(isCovered(inner, [inner]));
    }),
  );
});

test("an aggregated role holds what its selectors name, through roles that are aggregated themselves", () => {
  const aggregate = (label: string) => ({
    aggregationRule: { clusterRoleSelectors: [{ matchLabels: { [label]: "yes" } }] },
  });
  const { roles } = accessOf(
    clusterRole("outer", { rules: [], ...aggregate("a") }),
    clusterRole("inner", { rules: [], ...aggregate("b") }, { a: "yes" }),
    clusterRole("secrets", {}, { b: "yes" }),
    clusterRole("pods", {}, { a: "no" }),
  );
  const outer = roles.find(({ name }) => name === "ClusterRole outer");
  assert.deepEqual(
    outer?.rules.map((each) => [each.role, each.through]),
    [["ClusterRole secrets", "ClusterRole outer"]],
  );
});

test("roles that aggregate each other end", () => {
  const aggregate = (label: string) => ({ aggregationRule: { clusterRoleSelectors: [{ matchLabels: { l: label } }] } });
  const { roles } = accessOf(
    clusterRole("a", { rules: [], ...aggregate("b") }, { l: "a" }),
    clusterRole("b", { rules: [], ...aggregate("a") }, { l: "b" }),
  );
  assert.deepEqual(
    roles.map(({ rules }) => rules),
    [[], []],
  );
});

test("what the controller wrote into an aggregated role counts once", () => {
  const aggregationRule = { clusterRoleSelectors: [{ matchExpressions: [{ key: "more", operator: "Exists" }] }] };
  const rules = [{ verbs: ["get"], apiGroups: [""], resources: ["secrets"] }];
  const { roles } = accessOf(clusterRole("all", { rules, aggregationRule }), clusterRole("secrets", {}, { more: "" }));
  assert.equal(roles[0]?.rules.length, 1);
});

test("a role that was not read: known where Kubernetes publishes it, else a gap", () => {
  const reference = (name: string) => ({ kind: "ClusterRole", name });
  const ada = { kind: "User", name: "ada" };
  const { grants, gaps } = accessOf(
    bound("RoleBinding", "one", reference("edit"), ada),
    bound("ClusterRoleBinding", "two", reference("elsewhere"), ada),
    bound("RoleBinding", "three", { kind: "Role", name: "gone" }, ada),
    bound("ClusterRoleBinding", "nobody", reference("nothing")),
  );
  assert.deepEqual(
    grants.map(({ role, namespace }) => [role.name, role.origin, namespace]),
    [
      ["ClusterRole edit", "published", "shop"],
      ["ClusterRole elsewhere", "missing", undefined],
      ["Role shop/gone", "missing", "shop"],
      ["ClusterRole nothing", "missing", undefined],
    ],
  );
  assert.deepEqual(
    gaps.map(({ code }) => code),
    ["rbac.missing-role", "rbac.missing-role"],
  );
});

test("more rules than the bound are a gap, and what is behind them is unknown", () => {
  const rules = Array.from({ length: 2_000 }, () => ({ verbs: ["get"], apiGroups: [""], resources: ["pods"] }));
  const subjects = [{ kind: "User", name: "ada" }];
  const bindings = Array.from({ length: bounds.rbacGrantedRules / 2_000 + 1 }, (_, index) =>
    bound("ClusterRoleBinding", `b${index}`, { kind: "ClusterRole", name: "pods" }, ...subjects),
  );
  const { grants, gaps } = accessOf(clusterRole("pods", { rules }), ...bindings);
  assert.deepEqual(
    gaps.map(({ code }) => code),
    ["rbac.bound"],
  );
  assert.equal(grants.at(-1)?.role.origin, "missing");
  assert.equal(grants.at(-2)?.role.origin, "read");
});

test("roles that are not read are named up to a bound", () => {
  const bindings = Array.from({ length: bounds.kubernetesDocumentGaps + 5 }, (_, index) =>
    bound("ClusterRoleBinding", `b${index}`, { kind: "ClusterRole", name: `r${index}` }, { kind: "User", name: "ada" }),
  );
  const { gaps } = accessOf(...bindings);
  assert.equal(gaps.length, bounds.kubernetesDocumentGaps + 1);
  assert.equal(gaps.at(-1)?.reason, "5 more bound roles were not found");
});

test("a service account by either name, and through its groups", () => {
  assert.deepEqual(accountOf({ kind: "User", name: "system:serviceaccount:shop:web" }), {
    namespace: "shop",
    name: "web",
  });
  assert.equal(accountOf({ kind: "User", name: "system:serviceaccount:shop" }), undefined);
  assert.equal(accountOf({ kind: "Group", name: "system:serviceaccount:shop:web" }), undefined);
  const view = { kind: "ClusterRole", name: "view" };
  const access = accessOf(
    bound("ClusterRoleBinding", "a", view, { kind: "Group", name: "system:serviceaccounts:shop" }),
    bound("ClusterRoleBinding", "b", view, { kind: "Group", name: "system:authenticated" }),
    bound("RoleBinding", "c", view, { kind: "ServiceAccount", name: "web" }),
    bound("ClusterRoleBinding", "d", view, { kind: "ServiceAccount", name: "web", namespace: "other" }),
  );
  const has = (namespace: string): string[] =>
    access.grants
      .filter((grant) => {
        const lookup = firstByName(access, (each) => (each === grant ? true : undefined));
        return lookup({ kind: "ServiceAccount", namespace, name: "web" });
      })
      .map(({ binding }) => binding.object.name);
  assert.deepEqual(has("shop"), ["a", "b", "c"]);
  assert.deepEqual(has("other"), ["b", "d"]);
});

const loose = fc.oneof(
  fc.constantFrom("get", "*", "", "ClusterRole", "Role", "ServiceAccount", "view", "__proto__"),
  fc.integer(),
  fc.constant(null),
);
const looseList = fc.oneof(fc.array(loose, { maxLength: 3 }), loose);

test("nothing that an object may hold makes it throw", () => {
  const anyObject = fc.record({
    apiVersion: fc.constant(RBAC),
    kind: fc.constantFrom("Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"),
    metadata: fc.oneof(
      loose,
      fc.record({ name: loose, namespace: loose, labels: fc.oneof(loose, fc.dictionary(fc.string(), loose)) }),
    ),
    rules: fc.oneof(
      looseList,
      fc.array(fc.record({ verbs: looseList, apiGroups: looseList, resources: looseList }), { maxLength: 3 }),
    ),
    roleRef: fc.oneof(loose, fc.record({ kind: loose, name: loose })),
    subjects: fc.oneof(
      looseList,
      fc.array(fc.record({ kind: loose, name: loose, namespace: loose }), { maxLength: 3 }),
    ),
    aggregationRule: fc.oneof(
      loose,
      fc.record({
        clusterRoleSelectors: fc.oneof(
          looseList,
          fc.array(fc.record({ matchLabels: looseList, matchExpressions: looseList }), { maxLength: 2 }),
        ),
      }),
    ),
  });
  fc.assert(
    fc.property(fc.array(anyObject, { maxLength: 6 }), (objects) => {
      const access = accessOf(...objects);
      assert.ok(access.grants.every(({ role }) => role.rules.every(({ rule: { verbs } }) => Array.isArray(verbs))));
    }),
  );
});

test("the user * of v1alpha1 is everybody with credentials, later one of that name", () => {
  const everybody = (version: string): string | undefined => {
    const view = { kind: "ClusterRole", name: "view" };
    const any = bound("ClusterRoleBinding", "b", view, { kind: "User", name: "*" });
    return accessOf({ ...any, apiVersion: `rbac.authorization.k8s.io/${version}` }).grants[0]?.subjects[0]?.kind;
  };
  assert.deepEqual(["v1alpha1", "v1beta1", "v1"].map(everybody), ["Group", "User", "User"]);
});
