import assert from "node:assert/strict";
import { test } from "node:test";
import { answering, answersIn, namespace, podRules, verificationIn, webhook } from "./verifiers.fixture.ts";

const shop = namespace("shop");
const included = namespace("shop", { "policy.sigstore.dev/include": "true" });

function imagePolicy(spec: object = {}, name = "signed"): object {
  return {
    apiVersion: "policy.sigstore.dev/v1beta1",
    kind: "ClusterImagePolicy",
    metadata: { name },
    spec: { images: [{ glob: "**" }], authorities: [{ keyless: {} }], ...spec },
  };
}

const optIn = {
  name: "policy.sigstore.dev",
  namespaceSelector: { matchExpressions: [{ key: "policy.sigstore.dev/include", operator: "In", values: ["true"] }] },
};

test("policy-controller: namespaces that have not opted in escape", () => {
  const controller = [webhook("sigstore", optIn), ...answering("sigstore")];
  assert.deepEqual(answersIn([included, namespace("payments"), imagePolicy(), ...controller]), [
    "shop: yes",
    "payments: no: webhook policy.sigstore.dev is not called for it (namespaceSelector: policy.sigstore.dev/include)",
  ]);
  // Who labels a namespace decides: in files alone the label that is not there may come.
  assert.deepEqual(answersIn([included, imagePolicy()], { read: "files" }), ["shop: yes"]);
  assert.match(
    answersIn([shop, imagePolicy()], { read: "files" })[0] ?? "",
    /^shop: unknown: namespace shop does not have the label/,
  );
  assert.match(answersIn([included, imagePolicy()])[0] ?? "", /^shop: no: no webhook of policy-controller/);
  // The file of its release leaves the rules to its controller; a cluster in which they are empty asks nothing.
  assert.deepEqual(
    answersIn([included, imagePolicy(), webhook("sigstore", { ...optIn, rules: [] })], { read: "files" }),
    ["shop: yes"],
  );
  assert.match(
    answersIn([included, imagePolicy(), webhook("sigstore", { ...optIn, rules: [] })])[0] ?? "",
    /^shop: no/,
  );
});

test("policy-controller: what a policy lets through", () => {
  const controller = [webhook("sigstore", optIn), ...answering("sigstore")];
  const answer = (...objects: object[]) => answersIn([included, ...objects, ...controller])[0];
  assert.equal(answer(imagePolicy({ mode: "warn" })), "shop: no: it only warns (mode: warn)");
  assert.equal(
    answer(imagePolicy({ authorities: [{ static: { action: "pass" } }] })),
    "shop: no: an authority lets everything through (static: pass)",
  );
  assert.equal(
    answer(imagePolicy({ match: [{ resource: "deployments" }] })),
    "shop: no: it is about other kinds than pods (match)",
  );
  assert.equal(
    answer(imagePolicy({ match: [{ resource: "pods", selector: { matchLabels: { a: "b" } } }] })),
    "shop: no: it is about pods with certain labels alone (match)",
  );
  // Images that no policy names are refused, where nothing else is stated.
  const ours = imagePolicy({ images: [{ glob: "ghcr.io/shop/**" }] });
  assert.equal(answer(ours), "shop: yes");
  const noMatch = (action: string): object => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "config-policy-controller", namespace: "cosign-system" },
    data: { "no-match-policy": action },
  });
  assert.equal(
    answer(ours, noMatch("allow")),
    "shop: unknown: images that no policy names are let through (no-match-policy: allow)",
  );
  // Another policy names all others, and only warns.
  assert.match(answer(ours, imagePolicy({ mode: "warn" }, "all")) ?? "", /^shop: unknown/);
  assert.equal(
    answersIn([
      included,
      imagePolicy(),
      webhook("sigstore", { ...optIn, failurePolicy: "Ignore" }),
      ...answering("sigstore"),
    ])[0],
    "shop: no: it is passed over when it does not answer (failurePolicy: Ignore)",
  );
});

const rego = `package ratify
response := external_data({"provider": "ratify-provider", "keys": images})
images := [i | i = input.review.object.spec.containers[_].image]
more := [input.review.object.spec.initContainers, input.review.object.spec.ephemeralContainers]`;

function template(code = rego): object {
  return {
    apiVersion: "templates.gatekeeper.sh/v1",
    kind: "ConstraintTemplate",
    metadata: { name: "ratifyverification" },
    spec: {
      crd: { spec: { names: { kind: "RatifyVerification" } } },
      targets: [{ target: "admission.k8s.gatekeeper.sh", rego: code }],
    },
  };
}

function constraint(spec: object = {}): object {
  return {
    apiVersion: "constraints.gatekeeper.sh/v1beta1",
    kind: "RatifyVerification",
    metadata: { name: "signed" },
    spec: { match: { kinds: [{ apiGroups: [""], kinds: ["Pod"] }] }, ...spec },
  };
}

test("Gatekeeper with Ratify: whom a constraint is about, and what it does", () => {
  const gatekeeper = [webhook("gatekeeper"), ...answering("gatekeeper")];
  const answer = (spec: object = {}, ...more: object[]) =>
    answersIn([shop, template(), constraint(spec), ...gatekeeper, ...more])[0];
  const kinds = [{ apiGroups: [""], kinds: ["Pod"] }];
  assert.equal(answer(), "shop: yes");
  assert.equal(answer({ enforcementAction: "dryrun" }), "shop: no: it only reports (enforcementAction: dryrun)");
  const scoped = (name: string, action = "deny") => ({
    enforcementAction: "scoped",
    scopedEnforcementActions: [{ action, enforcementPoints: [{ name }] }],
  });
  assert.equal(answer(scoped("validation.gatekeeper.sh")), "shop: yes");
  assert.equal(answer(scoped("audit.gatekeeper.sh")), "shop: no: its webhook does not deny (scopedEnforcementActions)");
  assert.equal(answer(scoped("*", "warn")), "shop: no: its webhook does not deny (scopedEnforcementActions)");
  assert.equal(
    answer({ match: { kinds, excludedNamespaces: ["sh*"] } }),
    "shop: no: it leaves it out (excludedNamespaces)",
  );
  assert.equal(
    answer({ match: { kinds, namespaces: ["payments"] } }),
    "shop: no: it is about other namespaces (namespaces)",
  );
  assert.equal(
    answer({ match: { kinds, namespaceSelector: { matchLabels: { a: "b" } } } }),
    "shop: no: it is not about it (namespaceSelector: a)",
  );
  assert.equal(
    answer({ match: { kinds, labelSelector: { matchLabels: { a: "b" } } } }),
    "shop: no: it is about pods with certain labels alone (labelSelector: a)",
  );
  assert.equal(
    answer({ match: { kinds: [{ apiGroups: ["apps"], kinds: ["Deployment"] }] } }),
    "shop: no: it is not about pods (match.kinds)",
  );
  const exempt = (processes: string[]): object => ({
    apiVersion: "config.gatekeeper.sh/v1alpha1",
    kind: "Config",
    metadata: { name: "config", namespace: "gatekeeper-system" },
    spec: { match: [{ excludedNamespaces: ["shop"], processes }] },
  });
  assert.equal(answer({}, exempt(["*"])), "shop: no: Gatekeeper's Config leaves it out (excludedNamespaces)");
  assert.equal(answer({}, exempt(["audit"])), "shop: yes");
});

test("Gatekeeper: its webhook, which is open by default, and templates", () => {
  const open = [webhook("gatekeeper", { failurePolicy: "Ignore" }), ...answering("gatekeeper")];
  assert.deepEqual(answersIn([shop, template(), constraint(), ...open]), [
    "shop: no: it is passed over when it does not answer (failurePolicy: Ignore)",
  ]);
  assert.match(answersIn([shop, template(), constraint()])[0] ?? "", /^shop: no: no webhook of Gatekeeper/);
  const gatekeeper = [webhook("gatekeeper"), ...answering("gatekeeper")];
  // A template that asks nobody who verifies is none, and constraints of other kinds neither.
  assert.deepEqual(verificationIn([shop, template("package a"), constraint(), ...gatekeeper]).verifiers, []);
  assert.deepEqual(
    verificationIn([shop, template('x := external_data({"provider": "labels", "keys": []})'), constraint()]).verifiers,
    [],
  );
  const partial = rego.replace("ephemeralContainers", "volumes");
  assert.deepEqual(answersIn([shop, template(partial), constraint(), ...gatekeeper]), [
    "shop: unknown: its template does not look at ephemeralContainers",
  ]);
});

function kubewarden(spec: object = {}, kind = "ClusterAdmissionPolicy"): object {
  return {
    apiVersion: "policies.kubewarden.io/v1",
    kind,
    metadata: { name: "signed", ...(kind.startsWith("Cluster") ? {} : { namespace: "shop" }) },
    spec: {
      module: "registry://ghcr.io/kubewarden/policies/verify-image-signatures:v0.3.0",
      rules: podRules,
      settings: { signatures: [{ image: "*", githubActions: { owner: "shop" } }] },
      ...spec,
    },
  };
}

test("Kubewarden: policies of its module that verifies", () => {
  const server = (name = "clusterwide-signed") => {
    const made = webhook("policy-server") as { metadata: { name: string } };
    return [{ ...made, metadata: { name } }, ...answering("policy-server")];
  };
  const answer = (spec: object = {}, more = server()) => answersIn([shop, kubewarden(spec), ...more])[0];
  assert.equal(answer(), "shop: yes");
  assert.equal(answer({}, []), "shop: no: no webhook is made of it, so that nothing asks it");
  assert.equal(answer({ mode: "monitor" }), "shop: no: it only reports (mode: monitor)");
  assert.equal(
    answer({ failurePolicy: "Ignore" }),
    "shop: no: it is passed over when it does not answer (failurePolicy: Ignore)",
  );
  assert.equal(
    answer({ rules: [{ ...podRules[0], resources: ["deployments"] }] }),
    "shop: no: it is not about new pods (resourceRules)",
  );
  assert.equal(
    answer({ objectSelector: { matchLabels: { a: "b" } } }),
    "shop: no: it leaves pods out by their own labels (objectSelector: a)",
  );
  assert.equal(
    answer({ settings: { signatures: [{ image: "ghcr.io/shop/*" }] } }),
    "shop: unknown: only images like ghcr.io/shop/* are verified",
  );
  assert.match(answer({ matchConditions: [{ name: "a", expression: "true" }] }) ?? "", /^shop: unknown/);
  assert.deepEqual(
    verificationIn([shop, kubewarden({ module: "ghcr.io/kubewarden/policies/pod-privileged:v1" })]).verifiers,
    [],
  );
  const own = server("namespaced-shop-signed");
  assert.deepEqual(answersIn([shop, namespace("payments"), kubewarden({}, "AdmissionPolicy"), ...own]), [
    "shop: yes",
    "payments: no: it is about namespace shop alone",
  ]);
});

test("Connaisseur: validators, its policy, detection alone, namespaces that say no", () => {
  const configuration = (policy: string, more: Readonly<Record<string, string>> = {}): object => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "connaisseur-app-config", namespace: "connaisseur-system" },
    data: {
      "config.yaml": `validators:\n- name: default\n  type: cosign\n- name: allow\n  type: static\n  approve: true\npolicy:\n${policy}`,
      ...more,
    },
  });
  const verifies = '- pattern: "*:*"\n  validator: default\n';
  const notIgnored = {
    namespaceSelector: { matchExpressions: [{ key: "connaisseur/webhook", operator: "NotIn", values: ["ignore"] }] },
  };
  const connaisseur = [webhook("connaisseur", notIgnored, "Mutating"), ...answering("connaisseur")];
  const answer = (...objects: object[]) => answersIn([shop, ...connaisseur, ...objects])[0];
  assert.equal(answer(configuration(verifies)), "shop: yes");
  assert.equal(
    answer(configuration('- pattern: "*:*"\n  validator: allow\n')),
    "shop: unknown: images like *:* are approved without a signature (its policy)",
  );
  assert.equal(answer(configuration(verifies, { DETECTION_MODE: "true" })), "shop: no: it only warns (DETECTION_MODE)");
  assert.equal(answer(), "shop: unknown: its policy was not found (ConfigMap with config.yaml)");
  assert.equal(
    answer(configuration("- [broken")),
    "shop: unknown: its policy was not found (ConfigMap with config.yaml)",
  );
  assert.deepEqual(
    answersIn([namespace("shop", { "connaisseur/webhook": "ignore" }), ...connaisseur, configuration(verifies)]),
    ["shop: no: webhook connaisseur.example.com is not called for it (namespaceSelector: connaisseur/webhook)"],
  );
});

test("Bulkhead: its webhook and its policy", () => {
  const policy = (text: string): object => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "policy", namespace: "bulkhead-system" },
    data: { "bulkhead.yaml": `apiVersion: bulkhead/v1\n${text}` },
  });
  const bulkhead = [webhook("bulkhead"), webhook("bulkhead", {}, "Mutating"), ...answering("bulkhead")];
  const answer = (...objects: object[]) => answersIn([shop, ...bulkhead, ...objects])[0];
  assert.equal(answer(), "shop: unknown: its policy was not found (ConfigMap with bulkhead.yaml)");
  assert.equal(answer(policy("")), "shop: yes");
  assert.equal(answer(policy("enforcement: { admission: warn }")), "shop: no: it only warns (enforcement.admission)");
  assert.equal(
    answer(policy("enforcement: { admission: { categories: { trust: audit } } }")),
    "shop: no: it only audits (enforcement.admission)",
  );
  assert.equal(
    answer(policy("enforcement: { admission: { default: warn, categories: { trust: deny } } }")),
    "shop: yes",
  );
  assert.equal(
    answer(policy("enforcement: { admission: { namespaces: { 'sh*': warn } } }")),
    "shop: no: it only warns there (enforcement.admission.namespaces: sh*)",
  );
  assert.match(answer(policy("extends: git:origin/main:b.yaml")) ?? "", /^shop: unknown: its policy extends another/);
  assert.equal(
    answer(policy("enforcement: { admission: { checks: { 'registry/*': warn } } }")),
    "shop: no: it only warns (enforcement.admission)",
  );
  assert.equal(
    answer(policy("enforcement: { admission: { default: warn, checks: { 'registry/*': deny } } }")),
    "shop: yes",
  );
  assert.equal(
    answer(policy("enforcement: { admission: { unknown: warn } }")),
    "shop: no: what cannot be found out is let in (enforcement.admission.unknown: warn)",
  );
  const development = "environments: { development: { enforcement: { admission: audit } } }";
  assert.equal(
    answer(policy(`admission: { environments: { 'sh*': development } }\n${development}`)),
    "shop: no: it only audits there (enforcement.admission)",
  );
  assert.equal(answer(policy(`admission: { environments: { other: development } }\n${development}`)), "shop: yes");
  assert.equal(answer(policy("enforcement: { admission: { namespaces: { '*': warn, 'sh*': deny } } }")), "shop: yes");
  assert.equal(answer(policy("enforcement: { admission: { namespaces: { '*': warn, shop: deny } } }")), "shop: yes");
  assert.equal(
    answer(policy("enforcement: { admission: { default: warn, namespaces: { shop: deny } } }")),
    "shop: yes",
  );
  assert.equal(
    answer(policy("enforcement: { admission: { default: warn, namespaces: { other: deny } } }")),
    "shop: no: it only warns there (enforcement.admission)",
  );
  // The mutating webhook alone refuses nothing.
  assert.deepEqual(verificationIn([shop, webhook("bulkhead", {}, "Mutating")]).verifiers, []);
});

test("one verifier that is sure is enough, and the guard's own namespace is not asked for", () => {
  const kyverno = {
    apiVersion: "kyverno.io/v1",
    kind: "ClusterPolicy",
    metadata: { name: "p" },
    spec: {
      rules: [
        {
          name: "a",
          match: { any: [{ resources: { kinds: ["Pod"] } }] },
          verifyImages: [{ imageReferences: ["*"], failureAction: "Enforce", attestors: [{}] }],
        },
      ],
    },
  };
  const objects = [
    shop,
    namespace("kyverno-system"),
    kyverno,
    imagePolicy(),
    webhook("kyverno"),
    ...answering("kyverno"),
  ];
  assert.deepEqual(answersIn(objects), ["shop: yes"]);
  assert.deepEqual(
    verificationIn(objects).verifiers.map(({ product }) => product),
    ["Kyverno", "sigstore policy-controller"],
  );
});

test("admission policies by CEL see the text of a reference, and no signature", () => {
  const digests = {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingAdmissionPolicy",
    metadata: { name: "digests" },
    spec: { validations: [{ expression: "object.spec.containers.all(c, c.image.contains('@sha256:'))" }] },
  };
  const found = verificationIn([shop, digests]);
  assert.deepEqual(found.verifiers, []);
  assert.deepEqual(
    found.expressionsOnly.map(({ name }) => name),
    ["digests"],
  );
});
