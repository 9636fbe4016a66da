/** deploy/registry against the API server itself: every object is taken, and its pods are admitted where `restricted` is enforced. */
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
    readonly template?: PodTemplate;
    readonly jobTemplate?: { readonly spec: { readonly template: PodTemplate } };
  };
}

interface PodTemplate {
  readonly metadata: object;
  readonly spec: { readonly priorityClassName?: string };
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
    await cluster.apply(...objects.filter(isNamespace));
    await cluster.apply(...objects.filter((each) => !isNamespace(each)));
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
      return template === undefined ? [] : [{ name, template }];
    });
    assert.equal(templates.length, 5);
    for (const { name, template } of templates) {
      const metadata = { ...template.metadata, name: `${name}-0`, namespace: "registry" };
      const pod = { apiVersion: "v1", kind: "Pod", metadata, spec: template.spec };
      const { status, stderr } = await cluster.kubectl(["create", "-f", "-"], { input: JSON.stringify(pod) });
      assert.equal(status, 0, `${name}: ${stderr}`);
      assert.doesNotMatch(stderr, /would violate|Warning/, name);
    }
  });
});
