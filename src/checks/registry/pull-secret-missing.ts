import type { Manifests, ServiceAccount } from "../../engines/kubernetes/model.ts";
import { clip } from "../findings/one-line.ts";
import { isLocalRegistry, publicRegistry } from "../knowledge/public-registries.ts";
import { imagesOf } from "../workload/hardening/images.ts";
import { workloadCheck } from "../workload/kubernetes/workload-check.ts";

/** Pods that pull from a private registry without credentials of their own (Kubernetes, "Images", using a private registry). */
export const pullSecretMissing = workloadCheck<"manifests">({
  name: "pull-secret-missing",
  layer: "registry",
  title: "Private images without a pull secret",
  severity: "low",
  documentation: {
    what: "Checks pods whose images come from a registry of your own: whether they, or their service account, name `imagePullSecrets`. It judges configuration and asks no registry. Not reported: images of public registries and of `localhost`, and accounts that are named and were not read. A kubelet that gets credentials from a provider needs no pull secret: except this check for such workloads.",
    why: "Without a pull secret the node's own credentials are used, so that every pod of the cluster may run every image that the node can read; or the registry lets anyone pull. An image that is on the node already is run without being asked for.",
    fix: "Name a Secret of type `kubernetes.io/dockerconfigjson` in `imagePullSecrets` of the service account, with a robot account that may pull these repositories alone; or have the kubelet get tokens for the pod's service account (`tokenAttributes` of its credential provider).",
    references: [
      "https://kubernetes.io/docs/concepts/containers/images/#using-a-private-registry",
      "https://kubernetes.io/docs/tasks/administer-cluster/kubelet-credential-provider/",
    ],
  },
  needs: { workload: "complete", manifests: "partial" },
  reads: ["serviceAccounts"],
  *detect({ workload, manifests }) {
    const { object, pod } = workload;
    if (pod.imagePullSecrets.length > 0) return;
    const name = pod.serviceAccountName || "default";
    const account = accountsOf(manifests).get(`${object.namespace ?? "default"}/${name}`);
    if (account === undefined ? name !== "default" : account.imagePullSecrets.length > 0) return;
    const seen = new Set<string>();
    for (const { reference, name: image, path } of imagesOf(workload)) {
      const { registry = "docker.io" } = image;
      if (publicRegistry(registry) !== undefined || isLocalRegistry(registry) || seen.has(registry)) continue;
      seen.add(registry);
      yield {
        path,
        subject: `pull secret for ${registry}`,
        title: `Pod pulls from ${clip(registry)} without a pull secret`,
        fix: "name imagePullSecrets in the pod's service account",
        evidence: { image: clip(reference), serviceAccount: clip(name) },
      };
    }
  },
});

const known = new WeakMap<Manifests, ReadonlyMap<string, ServiceAccount>>();

function accountsOf(manifests: Manifests): ReadonlyMap<string, ServiceAccount> {
  const found =
    known.get(manifests) ??
    new Map(manifests.serviceAccounts.map((one) => [`${one.object.namespace ?? "default"}/${one.object.name}`, one]));
  known.set(manifests, found);
  return found;
}
