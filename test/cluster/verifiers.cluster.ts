/**
 * Verifiers of images as custom resources of a real API server, read by the published role: their lists, the kinds that a
 * ConstraintTemplate makes, their Services. Their programs do not run here.
 */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { bulkhead } from "../bulkhead.ts";
import { type Cluster, clusterMissing, startCluster } from "./api-server.ts";

interface Report {
  readonly evaluations: readonly {
    readonly check: string;
    readonly verdict: string;
    readonly reason: string;
    readonly findings: readonly { readonly title: string; readonly detail?: string }[];
  }[];
}

/** A definition that takes whatever its objects hold. */
function definition(group: string, version: string, kind: string, plural: string, scope = "Cluster"): object {
  const schema = { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } };
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope,
      names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
      versions: [{ name: version, served: true, storage: true, schema }],
    },
  };
}

const podRules = [{ apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["pods"] }];

function webhook(name: string, failurePolicy: string): object {
  return {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingWebhookConfiguration",
    metadata: { name },
    webhooks: [
      {
        name: `${name}.example.com`,
        admissionReviewVersions: ["v1"],
        sideEffects: "None",
        failurePolicy,
        timeoutSeconds: 1,
        clientConfig: { service: { namespace: name, name } },
        rules: podRules,
      },
    ],
  };
}

describe("verifiers of images in a cluster", { skip: clusterMissing }, () => {
  let cluster: Cluster;
  let kubeconfig: string;

  before(async () => {
    cluster = await startCluster();
    const input = readFileSync(join(import.meta.dirname, "../../deploy/cluster-audit/role.yaml"), "utf8");
    const { status, stderr } = await cluster.kubectl(["apply", "--server-side", "-f", "-"], { input });
    assert.equal(status, 0, stderr);
    kubeconfig = await cluster.kubeconfig(await cluster.serviceAccountToken("bulkhead", "cluster-audit"));
    await cluster.apply(
      definition("templates.gatekeeper.sh", "v1", "ConstraintTemplate", "constrainttemplates"),
      definition("constraints.gatekeeper.sh", "v1beta1", "RatifyVerification", "ratifyverification"),
      definition("kyverno.io", "v1", "ClusterPolicy", "clusterpolicies"),
      definition("kyverno.io", "v2", "PolicyException", "policyexceptions", "Namespaced"),
      ...["shop", "payments", "gatekeeper", "kyverno"].map((name) => ({
        apiVersion: "v1",
        kind: "Namespace",
        metadata: { name },
      })),
    );
  });
  after(() => cluster?.stop());

  async function audit(...words: readonly string[]): Promise<Report["evaluations"]> {
    const args = [
      "cluster",
      "audit",
      "--format",
      "json",
      "--quiet",
      "--no-secrets",
      "--kubeconfig",
      kubeconfig,
      ...words,
    ];
    const { stdout, stderr } = await bulkhead(args, { cwd: cluster.folder, home: cluster.folder });
    assert.notEqual(stdout, "", stderr);
    return (JSON.parse(stdout) as Report).evaluations;
  }

  /** Of one check its verdict, and what was found. */
  function said(evaluations: Report["evaluations"], name: string): string[] {
    return evaluations
      .filter(({ check }) => check === name)
      .flatMap(({ verdict, findings }) => [verdict, ...findings.map(({ title, detail }) => `${title}: ${detail}`)]);
  }

  it("a kind that a template makes is read, and its webhook", async () => {
    const rego =
      'x := external_data({"provider": "ratify-provider", "keys": input.review.object.spec.initContainers, "e": ephemeralContainers})';
    await cluster.apply(
      {
        apiVersion: "templates.gatekeeper.sh/v1",
        kind: "ConstraintTemplate",
        metadata: { name: "ratifyverification" },
        spec: {
          crd: { spec: { names: { kind: "RatifyVerification" } } },
          targets: [{ target: "admission.k8s.gatekeeper.sh", rego }],
        },
      },
      {
        apiVersion: "constraints.gatekeeper.sh/v1beta1",
        kind: "RatifyVerification",
        metadata: { name: "signed" },
        spec: { match: { kinds: [{ apiGroups: [""], kinds: ["Pod"] }], excludedNamespaces: ["payments"] } },
      },
      webhook("gatekeeper", "Fail"),
    );
    assert.deepEqual(said(await audit(), "cluster/image-verification"), [
      "fail",
      "Images in namespace payments are not verified: RatifyVerification signed: it leaves it out (excludedNamespaces)",
    ]);
  });

  it("an exception from any namespace, and a webhook that nobody answers", async () => {
    const rule = {
      name: "signed",
      match: { any: [{ resources: { kinds: ["Pod"] } }] },
      verifyImages: [{ imageReferences: ["*"], failureAction: "Enforce", attestors: [{ count: 1 }] }],
    };
    await cluster.apply(
      { apiVersion: "kyverno.io/v1", kind: "ClusterPolicy", metadata: { name: "p" }, spec: { rules: [rule] } },
      {
        apiVersion: "kyverno.io/v2",
        kind: "PolicyException",
        metadata: { name: "mine", namespace: "payments" },
        spec: {
          exceptions: [{ policyName: "p", ruleNames: ["signed"] }],
          match: { any: [{ resources: { kinds: ["Pod"], namespaces: ["payments"] } }] },
        },
      },
      webhook("kyverno", "Ignore"),
    );
    const evaluations = await audit();
    const [, finding = ""] = said(evaluations, "cluster/image-verification");
    assert.match(
      finding,
      /^Images in namespace payments are not verified: .*PolicyException payments\/mine exempts its pods/,
    );
    assert.deepEqual(said(evaluations, "cluster/webhook-without-endpoints"), [
      "fail",
      "Webhook kyverno.example.com does not answer and is passed over: every pod is admitted: its Service kyverno/kyverno does not exist",
      "Webhook gatekeeper.example.com does not answer: no pod is admitted: its Service gatekeeper/gatekeeper does not exist",
    ]);
  });

  it("a list that is refused leaves it unknown, and names itself", async () => {
    const { body } = await cluster.request<{ rules: { resources: string[] }[] }>(
      "/apis/rbac.authorization.k8s.io/v1/clusterroles/bulkhead-cluster-audit",
    );
    const rules = body.rules.map((rule) => ({
      ...rule,
      resources: rule.resources.filter((one) => one !== "policyexceptions"),
    }));
    const path = "/apis/rbac.authorization.k8s.io/v1/clusterroles/bulkhead-cluster-audit";
    await cluster.apply(webhook("kyverno", "Fail"));
    await cluster.kubectl(["delete", "ratifyverification.constraints.gatekeeper.sh", "signed"]);
    await cluster.request(path, { method: "PATCH", contentType: "application/merge-patch+json", body: { rules } });
    const [evaluation] = (await audit()).filter(({ check }) => check === "cluster/image-verification");
    assert.equal(evaluation?.verdict, "unknown");
    assert.match(evaluation?.reason ?? "", /policyexceptions/);
  });

  it("the environment of a policy is not that of the process", async () => {
    const policy = join(cluster.folder, "bulkhead.yaml");
    writeFileSync(policy, "apiVersion: bulkhead/v1\nenvironments: { production: { enforcement: { ci: warn } } }\n");
    const words = ["--policy", policy, "--environment", "production", "--format", "json", "--no-secrets", "--quiet"];
    const { code, stdout, stderr } = await bulkhead(["cluster", "audit", ...words], {
      cwd: cluster.folder,
      home: cluster.folder,
      environment: { KUBECONFIG: kubeconfig },
    });
    assert.notEqual(code, 2, stderr);
    assert.ok((JSON.parse(stdout) as Report).evaluations.length > 10);
  });
});
