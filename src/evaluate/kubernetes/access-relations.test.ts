import assert from "node:assert/strict";
import { test } from "node:test";
import { account, binding, manifestOf, role, ruleWords } from "../../checks/cluster/rbac/rbac.fixture.ts";
import type { Relation } from "../../core/relation.ts";
import { manifestReader, readManifests } from "../../engines/kubernetes/manifests.ts";
import { accessRelations } from "./access-relations.ts";

const now = new Date("2026-01-01T00:00:00Z");
const context = { scope: "prod", now };
const file = (...objects: readonly object[]) =>
  readManifests([{ path: "deploy/rbac.yaml", text: manifestOf(...objects) }]);

/** Of a cluster; some of its lists were refused. */
function cluster(objects: readonly object[], refused: readonly string[] = []) {
  const reader = manifestReader();
  for (const object of objects) reader.object(object, { kind: "cluster", cluster: "prod" });
  for (const list of refused) reader.gap({ code: "cluster.list", reason: "refused", path: list, lists: [list] });
  return reader.manifests();
}

const told = ({ from, to, evidence, gaps }: Relation): unknown[] => [
  from.name,
  to.name,
  evidence.permissions,
  gaps.map(({ code }) => code),
];

const reader = role("reader", [ruleWords("get list|secrets"), ruleWords("create|pods")]);

test("who may do what: one relation for each binding and each that it is for, with its places and dangerous permissions", () => {
  const [web, ops, ...others] = accessRelations(
    file(
      reader,
      // A user of that name is the service account.
      binding("shop/b", "reader", ["shop/web", "User system:serviceaccount:shop:web", "Group ops"]),
      binding("all", "reader", ["shop/web"]),
    ),
    context,
  );
  assert.deepEqual(web, {
    type: "may",
    from: { kind: "account", id: "prod/ServiceAccount/shop/web", name: "ServiceAccount shop/web" },
    to: {
      kind: "permission",
      id: "prod/Namespace/shop/ClusterRole//reader",
      name: "ClusterRole reader in namespace shop",
    },
    observedAt: now.toISOString(),
    evidence: {
      binding: "RoleBinding shop/b",
      "binding at": "deploy/rbac.yaml:3:1",
      role: "ClusterRole reader",
      "role at": "deploy/rbac.yaml:1:1",
      rules: "2",
      permissions: "read Secrets; create pods",
      path: "RoleBinding shop/b → ClusterRole reader → rules[0], rules[1]",
    },
    gaps: [],
  });
  assert.equal(ops?.from.id, "prod/Group//ops");
  assert.deepEqual(
    others.map(({ from, to }) => [from.id, to.id]),
    [["prod/ServiceAccount/shop/web", "prod/ClusterRole//reader"]],
  );
});

test("everything is one permission, what is harmless none, and what every cluster has is told with its origin", () => {
  const admin = role("all", [ruleWords("*|*|*")]);
  const harmless = role("shop/own", [ruleWords("get|configmaps")]);
  const own = binding("cluster-admin", "cluster-admin", ["Group system:masters"], {
    "kubernetes.io/bootstrapping": "rbac-defaults",
  });
  const relations = accessRelations(
    cluster([
      admin,
      harmless,
      binding("a", "all", ["User ada"]),
      binding("shop/own", "Role own", ["shop/web"]),
      role("cluster-admin", [ruleWords("*|*|*")]),
      own,
    ]),
    context,
  );
  assert.deepEqual(relations.map(told), [
    ["User ada", "ClusterRole all cluster-wide", "do everything", []],
    ["ServiceAccount shop/web", "Role shop/own in namespace shop", undefined, []],
    ["Group system:masters", "ClusterRole cluster-admin cluster-wide", "do everything", []],
  ]);
  assert.deepEqual(
    relations.map(({ evidence }) => evidence.origin),
    [undefined, undefined, "every cluster has this binding"],
  );
  assert.equal(relations[1]?.to.id, "prod/Namespace/shop/Role/shop/own");
  assert.equal(relations[0]?.evidence["binding at"], "ClusterRoleBinding a");
});

test("a role that was not read, or whose list was refused, is a gap", () => {
  const gone = binding("a", "gone", ["User ada"]);
  assert.deepEqual(accessRelations(file(gone), context).map(told), [
    ["User ada", "ClusterRole gone cluster-wide", undefined, ["rbac.missing-role"]],
  ]);
  const known = binding("b", "reader", ["User ada"]);
  const relations = accessRelations(cluster([reader, gone, known, account("shop/web")], ["roles", "pods"]), context);
  assert.deepEqual(
    relations.map(({ gaps }) => gaps.map(({ code }) => code)),
    [["rbac.missing-role", "cluster.list"], []],
  );
});

test("what of a binding or its role was not read is a gap", () => {
  const odd = { ...role("reader", []), rules: "all" };
  const [relation] = accessRelations(file(odd, binding("a", "reader", ["User ada"])), context);
  assert.deepEqual(
    relation?.gaps.map(({ code }) => code),
    ["kubernetes.type"],
  );
});

test("more of them than the bound are counted", () => {
  const subjects = ["User a", "User b", "User c"];
  const both = file(reader, binding("a", "reader", subjects), binding("b", "reader", subjects));
  const relations = accessRelations(both, { ...context, most: 2 });
  assert.deepEqual(
    relations.map(({ gaps }) => gaps.map(({ reason }) => reason)),
    [[], ["4 more of those whom bindings are for are not listed"]],
  );
  assert.deepEqual(accessRelations(file(reader), context), []);
});
