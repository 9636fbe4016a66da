import assert from "node:assert/strict";
import { test } from "node:test";
import { answering, answersIn, namespace, podRules, webhook } from "./verifiers.fixture.ts";

const asked = [webhook("kyverno", {}, "Mutating"), ...answering("kyverno")];
const shop = namespace("shop", { team: "web" });

interface Rule {
  readonly match?: object;
  readonly exclude?: object;
  readonly verify?: object;
  readonly spec?: object;
  readonly more?: object;
}

function policy({ match = pods({}), exclude, verify = {}, spec = {}, more = {} }: Rule = {}): object {
  const rule = {
    name: "signed",
    match,
    ...(exclude === undefined ? {} : { exclude }),
    verifyImages: [{ imageReferences: ["*"], failureAction: "Enforce", attestors: [{ count: 1 }], ...verify }],
    ...more,
  };
  return {
    apiVersion: "kyverno.io/v1",
    kind: "ClusterPolicy",
    metadata: { name: "p" },
    spec: { rules: [rule], ...spec },
  };
}

function pods(resources: object): object {
  return { any: [{ resources: { kinds: ["Pod"], ...resources } }] };
}

test("a rule that enforces for every pod and image, and is asked", () => {
  assert.deepEqual(answersIn([shop, policy(), ...asked]), ["shop: yes"]);
  assert.deepEqual(answersIn([shop, policy()], { read: "files" }), ["shop: yes"]);
});

test("whom a rule leaves out", () => {
  const answer = (rule: Rule) => answersIn([shop, policy(rule), ...asked])[0];
  const notAbout = "shop: no: its rule is not about pods of it (match)";
  assert.equal(answer({ match: pods({ namespaces: ["payments"] }) }), notAbout);
  assert.equal(answer({ match: pods({ namespaces: ["sh*"] }) }), "shop: yes");
  assert.equal(answer({ match: { any: [{ resources: { kinds: ["Deployment"] } }] } }), notAbout);
  assert.equal(answer({ match: pods({ operations: ["UPDATE"] }) }), notAbout);
  assert.equal(answer({ match: pods({ namespaceSelector: { matchLabels: { team: "api" } } }) }), notAbout);
  assert.equal(
    answer({ match: pods({ selector: { matchLabels: { a: "b" } } }) }),
    "shop: no: its rule is about some of its pods alone (match)",
  );
  assert.equal(
    answer({ match: { any: [{ resources: { kinds: ["Pod"] }, subjects: [{ kind: "User", name: "a" }] }] } }),
    "shop: unknown: whom its rule is about depends on what no object tells (match)",
  );
  assert.equal(
    answer({ exclude: { any: [{ resources: { namespaces: ["shop"] } }] } }),
    "shop: no: its rule leaves it out (exclude)",
  );
  assert.equal(
    answer({ exclude: { any: [{ resources: { selector: { matchLabels: { skip: "yes" } } } }] } }),
    "shop: no: its rule leaves some of its pods out (exclude)",
  );
  assert.equal(answer({ exclude: { any: [{ resources: { namespaces: ["kube-*"] } }] } }), "shop: yes");
  assert.equal(
    answer({ exclude: { any: [{ clusterRoles: ["cluster-admin"] }] } }),
    "shop: unknown: whom its rule leaves out depends on what no object tells (exclude)",
  );
  assert.equal(
    answer({ more: { preconditions: { all: [{}] } } }),
    "shop: unknown: an expression decides (preconditions)",
  );
});

test("a rule that holds nobody to it", () => {
  const answer = (rule: Rule) => answersIn([shop, policy(rule), ...asked])[0];
  assert.equal(answer({ verify: { failureAction: "Audit" } }), "shop: no: it only audits (failureAction)");
  assert.equal(answer({ verify: { failureAction: undefined } }), "shop: no: it only audits (validationFailureAction)");
  assert.equal(
    answer({ verify: { failureAction: undefined }, spec: { validationFailureAction: "enforce" } }),
    "shop: yes",
  );
  assert.equal(answer({ verify: { required: false } }), "shop: no: images need not be verified (required: false)");
  assert.equal(
    answer({ verify: { attestors: undefined } }),
    "shop: unknown: its rule names nobody who must have signed",
  );
  assert.equal(answer({ spec: { admission: false } }), "shop: no: it is not asked on admission");
  const overrides = { validationFailureActionOverrides: [{ action: "Audit", namespaces: ["shop"] }] };
  assert.equal(
    answer({ verify: { failureAction: undefined }, spec: { validationFailureAction: "Enforce", ...overrides } }),
    "shop: no: it only audits there (validationFailureActionOverrides)",
  );
  assert.equal(
    answer({ spec: { failurePolicy: "Ignore" } }),
    "shop: no: it is passed over when it does not answer (failurePolicy: Ignore)",
  );
});

test("a rule for some images leaves it open: another policy may refuse the others", () => {
  assert.deepEqual(answersIn([shop, policy({ verify: { imageReferences: ["ghcr.io/shop/*"] } }), ...asked]), [
    "shop: unknown: only images like ghcr.io/shop/* are verified",
  ]);
  assert.deepEqual(answersIn([shop, policy({ verify: { skipImageReferences: ["docker.io/*"] } }), ...asked]), [
    "shop: unknown: images are left out (skipImageReferences: docker.io/*)",
  ]);
});

test("a Policy is about its own namespace alone", () => {
  const own = { ...policy(), kind: "Policy", metadata: { name: "p", namespace: "shop" } };
  assert.deepEqual(answersIn([shop, namespace("payments"), own, ...asked]), [
    "shop: yes",
    "payments: no: it is about namespace shop alone",
  ]);
});

test("a policy that nothing asks", () => {
  assert.deepEqual(answersIn([shop, policy()]), [
    "shop: no: no webhook of Kyverno is about pods, so that nothing asks it",
  ]);
  // Which webhooks there are is not known: nothing is concluded from their absence.
  assert.deepEqual(answersIn([shop, policy()], { short: ["webhookConfigurations"] }), ["shop: yes"]);
  const elsewhere = {
    namespaceSelector: {
      matchExpressions: [{ key: "kubernetes.io/metadata.name", operator: "NotIn", values: ["shop"] }],
    },
  };
  assert.deepEqual(
    answersIn([shop, namespace("web"), policy(), webhook("kyverno", elsewhere), ...answering("kyverno")]),
    [
      "shop: no: webhook kyverno.example.com is not called for it (namespaceSelector: kubernetes.io/metadata.name)",
      "web: yes",
    ],
  );
  assert.match(
    answersIn([
      shop,
      policy(),
      webhook("kyverno", { objectSelector: { matchExpressions: [{ key: "skip", operator: "DoesNotExist" }] } }),
      ...answering("kyverno"),
    ])[0] ?? "",
    /^shop: no: webhook kyverno.example.com leaves pods out by their own labels \(objectSelector: skip\)/,
  );
  assert.match(
    answersIn([
      shop,
      policy(),
      webhook("kyverno", { matchConditions: [{ name: "not-me", expression: "true" }] }),
      ...answering("kyverno"),
    ])[0] ?? "",
    /^shop: unknown: expressions decide .*not-me/,
  );
});

test("nobody answers: closed nothing is let in, open everything is", () => {
  const silent = answering("kyverno", 0);
  assert.deepEqual(answersIn([shop, policy(), webhook("kyverno"), ...silent]), ["shop: yes"]);
  assert.deepEqual(answersIn([shop, policy(), webhook("kyverno", { failurePolicy: "Ignore" }), ...silent]), [
    "shop: no: webhook kyverno.example.com is passed over (failurePolicy: Ignore) and its Service kyverno-system/kyverno has no ready endpoint",
  ]);
  assert.deepEqual(answersIn([shop, policy(), webhook("kyverno", { failurePolicy: "Ignore" })]), [
    "shop: no: webhook kyverno.example.com is passed over (failurePolicy: Ignore) and its Service kyverno-system/kyverno does not exist",
  ]);
  // Services that were not listed may be there.
  assert.deepEqual(
    answersIn([shop, policy(), webhook("kyverno", { failurePolicy: "Ignore" })], { short: ["services"] }),
    ["shop: yes"],
  );
});

test("exceptions, and what its configuration filters", () => {
  const exception = (match: object, more: object = {}): object => ({
    apiVersion: "kyverno.io/v2",
    kind: "PolicyException",
    metadata: { name: "old", namespace: "anywhere" },
    spec: { exceptions: [{ policyName: "p", ruleNames: ["sign*"] }], match, ...more },
  });
  const answer = (...objects: object[]) => answersIn([shop, policy(), ...asked, ...objects])[0];
  assert.equal(
    answer(exception(pods({ namespaces: ["shop"] }))),
    "shop: no: PolicyException anywhere/old exempts its pods",
  );
  assert.equal(
    answer(exception(pods({ namespaces: ["shop"], names: ["legacy-*"] }))),
    "shop: no: PolicyException anywhere/old exempts some of its pods",
  );
  assert.equal(answer(exception(pods({ namespaces: ["payments"] }))), "shop: yes");
  assert.equal(
    answer(exception(pods({}), { conditions: { any: [{}] } })),
    "shop: unknown: PolicyException anywhere/old exempts pods by an expression",
  );
  const filters = (resourceFilters: string): object => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "kyverno", namespace: "kyverno-system" },
    data: { resourceFilters },
  });
  assert.equal(
    answer(filters("[Event,*,*] [*/*,kube-system,*] [*,sh?p,*]")),
    "shop: no: Kyverno's resourceFilters leave it out",
  );
  assert.equal(answer(filters("[Event,*,*][*/*,kube-system,*][Node,*,*]")), "shop: yes");
});

function validating(spec: object = {}, kind = "ImageValidatingPolicy"): object {
  return {
    apiVersion: "policies.kyverno.io/v1",
    kind,
    metadata: { name: "v", ...(kind.startsWith("Namespaced") ? { namespace: "shop" } : {}) },
    spec: {
      matchConstraints: { resourceRules: podRules },
      matchImageReferences: [{ glob: "*" }],
      validations: [{ expression: "images.containers.map(i, verifyImageSignatures(i, [attestors.a])).all(e, e > 0)" }],
      ...spec,
    },
  };
}

test("policies by CEL", () => {
  const answer = (spec?: object, kind?: string) => answersIn([shop, validating(spec, kind), ...asked])[0];
  assert.equal(answer(), "shop: yes");
  assert.equal(answer({}, "ImageVerificationPolicy"), "shop: yes");
  assert.equal(answer({}, "NamespacedImageValidatingPolicy"), "shop: yes");
  assert.equal(answer({ validationActions: ["Audit"] }), "shop: no: it only audits (validationActions)");
  assert.equal(answer({ validationActions: ["Deny", "Audit"] }), "shop: yes");
  assert.equal(answer({ evaluation: { admission: { enabled: false } } }), "shop: no: it is not asked on admission");
  assert.match(answer({ evaluation: { mode: "JSON" } }) ?? "", /^shop: no: it is about documents/);
  assert.equal(
    answer({ validations: [{ expression: "true" }] }),
    "shop: unknown: none of its expressions verifies a signature by name",
  );
  assert.equal(
    answer({ matchConditions: [{ name: "a", expression: "true" }] }),
    "shop: unknown: an expression decides about which pods it is asked (matchConditions)",
  );
  assert.equal(
    answer({ matchImageReferences: [{ glob: "ghcr.io/*" }] }),
    "shop: unknown: only images like ghcr.io/* are verified",
  );
  assert.equal(
    answer({ matchImageReferences: [{ expression: "true" }] }),
    "shop: unknown: which images it is about, an expression decides (matchImageReferences)",
  );
  assert.equal(
    answer({ matchConstraints: { resourceRules: [{ ...podRules[0], resources: ["deployments"] }] } }),
    "shop: no: it is not about new pods (resourceRules)",
  );
  const excluded = { resourceRules: podRules, excludeResourceRules: podRules };
  assert.equal(answer({ matchConstraints: excluded }), "shop: no: it leaves pods out (excludeResourceRules)");
  const exception = (more: object): object => ({
    apiVersion: "policies.kyverno.io/v1",
    kind: "PolicyException",
    metadata: { name: "old", namespace: "shop" },
    spec: { policyRefs: [{ name: "v", kind: "ImageValidatingPolicy" }], ...more },
  });
  assert.deepEqual(answersIn([shop, validating(), exception({}), ...asked]), [
    "shop: no: PolicyException shop/old exempts all pods",
  ]);
  assert.match(
    answersIn([shop, validating(), exception({ matchConditions: [{}] }), ...asked])[0] ?? "",
    /^shop: unknown/,
  );
});
