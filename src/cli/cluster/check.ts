/** `bulkhead check --cluster`: as `cluster audit`, with the signatures of what runs and a try of admission on request. */
import { counted } from "../../core/counted.ts";
import { createClient } from "../../engines/kubernetes/cluster/client.ts";
import { connectionOf } from "../../engines/kubernetes/cluster/kubeconfig.ts";
import type { Evaluated, EvaluationContext, EvaluationOptions } from "../evaluation.ts";
import type { OpenedVerifying } from "../trust/verifying.ts";
import { type ClusterOptions, clusterNamed, evaluateCluster } from "./audit.ts";
import { isProbing, type ProbeOptions, probeImages } from "./probe-options.ts";
import { podCredentials } from "./pull-credentials.ts";

export interface ClusterCheckOptions extends EvaluationOptions, ClusterOptions, ProbeOptions {
  /** Look up the signatures of what runs. */
  readonly verify: boolean;
  /** By the Secrets that the pods pull with. */
  readonly pullSecrets: boolean;
}

/** @param openVerifier - called where signatures count, at most once */
export async function checkCluster(
  judging: EvaluationContext,
  options: ClusterCheckOptions,
  root: string,
  openVerifier: () => Promise<OpenedVerifying>,
): Promise<Evaluated> {
  const { policy, now, progress } = judging;
  const images = isProbing(options) ? probeImages(options, policy) : undefined;
  if (!options.verify && images === undefined) return await evaluateCluster(judging, options, root);
  const verifying = await openVerifier();
  const { vouchForImages } = await import("../../scan/probe-images.ts");
  // Before anything is asked of the cluster: what a user named wrongly ends the run.
  const vouched = images === undefined ? undefined : await vouchForImages(images, verifying.trust, now);
  const context = options.verify ? { ...judging, trust: verifying.trust } : judging;
  return await evaluateCluster(context, options, root, async ({ manifests, images: running }, evaluations) => {
    const notes = [...verifying.notes];
    const connection = connectionOf(clusterNamed(options));
    const api = createClient(connection);
    try {
      if (options.verify) {
        const { scanRunningTrust } = await import("../../scan/image-trust.ts");
        const asked = options.pullSecrets ? { credentialsOf: podCredentials(api, manifests) } : {};
        const verified = { ...judging, ...asked, trust: verifying.trust };
        evaluations.take(await scanRunningTrust(running, manifests, verified));
      }
      if (vouched !== undefined) {
        const { probeAdmission } = await import("../../scan/admission-probe.ts");
        const tried = await probeAdmission(api, manifests, vouched, {
          policy,
          now,
          scope: connection.name,
          onProgress: (namespace, nth, of) => progress.update(`trying admission in ${namespace} (${nth} of ${of})`),
        });
        const namespaces = new Set(tried.map(({ asset }) => asset.id));
        evaluations.take(tried);
        notes.push(`admission was tried in ${counted(namespaces.size, "namespace")}, by dry runs that store nothing`);
      }
    } finally {
      api.close();
    }
    return notes;
  });
}
