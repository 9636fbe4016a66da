/** `--pull-secrets`: what the pods of a cluster pull their images with. */
import type { Problem } from "../../core/problem.ts";
import type { ClusterApi } from "../../engines/kubernetes/cluster/client.ts";
import { containersOf, effectiveNamespace, type Manifests, type Workload } from "../../engines/kubernetes/model.ts";
import type { Credentials } from "../../engines/oci/registry/credentials.ts";
import { createPullCredentials } from "../../guards/admission/cluster/pull-credentials.ts";

/** By the first workload that names an image: Secrets are asked for by name, and never listed. */
export function podCredentials(
  api: ClusterApi,
  { workloads }: Manifests,
): (image: string) => Promise<Credentials | undefined | Problem> {
  const ask = createPullCredentials(api, () => performance.now());
  const byImage = new Map<string, Workload>();
  for (const workload of workloads) {
    for (const { container } of containersOf(workload.pod)) {
      if (container.image !== undefined && !byImage.has(container.image)) byImage.set(container.image, workload);
    }
  }
  return async (image) => {
    const workload = byImage.get(image);
    if (workload === undefined) return undefined;
    const { object, pod } = workload;
    const account = pod.serviceAccountName ?? "default";
    return await ask(effectiveNamespace(object) ?? "default", pod.imagePullSecrets, account, image);
  };
}
