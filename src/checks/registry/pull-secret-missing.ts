import type { Manifests, ServiceAccount, Workload } from "../../engines/kubernetes/model.ts";
import { allowedBy, wholeName } from "../build/dockerfile/registries.ts";
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
    what: "Checks pods whose images come from a registry of your own: one that `registries` of the policy names, or for which another workload names a pull secret. Such a pod, or its service account, must name `imagePullSecrets`. It judges configuration and asks no registry. Not reported: images of public registries and of `localhost`, and accounts that are named and were not read. A kubelet that gets credentials from a provider needs no pull secret: except this check for such workloads.",
    why: "Without a pull secret the node's own credentials are used, so that every pod of the cluster may run every image that the node can read; or the registry lets anyone pull. An image that is on the node already is run without being asked for.",
    fix: "Name a Secret of type `kubernetes.io/dockerconfigjson` in `imagePullSecrets` of the service account, with a robot account that may pull these repositories alone; or have the kubelet get tokens for the pod's service account (`tokenAttributes` of its credential provider).",
    references: [
      "https://kubernetes.io/docs/concepts/containers/images/#using-a-private-registry",
      "https://kubernetes.io/docs/tasks/administer-cluster/kubelet-credential-provider/",
    ],
  },
  needs: { workload: "complete", manifests: "partial" },
  reads: ["serviceAccounts", "workloads"],
  *detect({ workload, manifests, registries }) {
    const own = allowedBy(registries);
    const { accounts, withSecrets } = readOf(manifests);
    if (namesSecret(workload, accounts) !== "no") return;
    const name = workload.pod.serviceAccountName || "default";
    const seen = new Set<string>();
    for (const { reference, name: image, path } of imagesOf(workload)) {
      const { registry = "docker.io" } = image;
      if (publicRegistry(registry) !== undefined || isLocalRegistry(registry) || seen.has(registry)) continue;
      if (!(registries.length > 0 && own(wholeName(image))) && !withSecrets.has(registry)) continue;
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

interface Read {
  readonly accounts: Accounts;
  /** Registries that a workload pulls from with a secret. */
  readonly withSecrets: ReadonlySet<string>;
}

type Accounts = ReadonlyMap<string, ServiceAccount>;

const known = new WeakMap<Manifests, Read>();

function readOf(manifests: Manifests): Read {
  const found = known.get(manifests);
  if (found !== undefined) return found;
  const accounts = new Map(
    manifests.serviceAccounts.map((one) => [`${one.object.namespace ?? "default"}/${one.object.name}`, one]),
  );
  const withSecrets = new Set(
    manifests.workloads
      .filter((each) => each.origin === "kubernetes" && namesSecret(each, accounts) === "yes")
      .flatMap((each) => imagesOf(each).map(({ name }) => name.registry ?? "docker.io")),
  );
  const read = { accounts, withSecrets };
  known.set(manifests, read);
  return read;
}

/** Of the account `default` that nobody declares it is known that it names none; of another that was not read, nothing is. */
function namesSecret({ object, pod }: Workload, accounts: Accounts): "yes" | "no" | "unknown" {
  if (pod.imagePullSecrets.length > 0) return "yes";
  const name = pod.serviceAccountName || "default";
  const account = accounts.get(`${object.namespace ?? "default"}/${name}`);
  if (account === undefined) return name === "default" ? "no" : "unknown";
  return account.imagePullSecrets.length > 0 ? "yes" : "no";
}
