/**
 * deploy/registry against the API server itself: every object is taken, and every pod that would come of it. The server is older
 * than two fields and two versions of kinds that the manifests have: without those it knows all of them.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { parseAllDocuments } from "yaml";
import { type Cluster, clusterMissing, startCluster } from "./api-server.ts";

const base = join(import.meta.dirname, "../../deploy/registry/base");

interface Deployed {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec?: {
    readonly volumeClaimTemplates?: readonly { readonly metadata: { readonly name: string } }[];
    readonly template?: PodTemplate;
    readonly jobTemplate?: { readonly spec: { readonly template: PodTemplate } };
  };
}

interface PodTemplate {
  readonly metadata: object;
  readonly spec: { readonly volumes?: readonly object[] };
}

/** Fields and versions since Kubernetes 1.21. */
function asOlder(object: object): object {
  const text = JSON.stringify(object, (key, value) =>
    key === "hostUsers" || key === "appArmorProfile" ? undefined : value,
  );
  return JSON.parse(
    text.replace(
      /"apiVersion":"(batch|policy)\/v1","kind":"(CronJob|PodDisruptionBudget)"/,
      '"apiVersion":"$1/v1beta1","kind":"$2"',
    ),
  );
}

describe("the registry guard's manifests on an API server", { skip: clusterMissing }, () => {
  let cluster: Cluster;
  let objects: readonly Deployed[];

  before(async () => {
    cluster = await startCluster();
    const text = execFileSync("kubectl", ["kustomize", base], { encoding: "utf8" });
    objects = parseAllDocuments(text).map((document) => document.toJS() as Deployed);
  });
  after(async () => await cluster?.stop());

  it("takes all of them", async () => {
    const isNamespace = ({ kind }: Deployed) => kind === "Namespace";
    await cluster.apply(...objects.filter(isNamespace).map(asOlder));
    await cluster.apply(...objects.filter((each) => !isNamespace(each)).map(asOlder));
    const listed = await cluster.kubectl(["-n", "registry", "get", "deployments,statefulsets,cronjobs", "-o", "name"]);
    assert.deepEqual(listed.stdout.trim().split("\n").sort(), [
      "cronjob.batch/advisories",
      "deployment.apps/engine",
      "deployment.apps/guard",
      "deployment.apps/worker",
      "statefulset.apps/database",
    ]);
  });

  it("admits the pods that they would make", async () => {
    const templates = objects.flatMap(({ metadata: { name }, spec }) => {
      const template = spec?.template ?? spec?.jobTemplate?.spec.template;
      return template === undefined ? [] : [{ name, template, spec }];
    });
    assert.equal(templates.length, 5);
    for (const { name, template, spec } of templates) {
      const metadata = { ...template.metadata, name: `${name}-0`, namespace: "registry" };
      // What a StatefulSet's controller would add.
      const claims = (spec?.volumeClaimTemplates ?? []).map((claim) => ({ name: claim.metadata.name, emptyDir: {} }));
      const volumes = [...(template.spec.volumes ?? []), ...claims];
      const pod = { apiVersion: "v1", kind: "Pod", metadata, spec: { ...template.spec, volumes } };
      const path = "/api/v1/namespaces/registry/pods";
      const { status, body } = await cluster.request(path, { method: "POST", body: asOlder(pod) });
      assert.equal(status, 201, `${name}: ${JSON.stringify(body)}`);
    }
  });
});
