/** Who tells of pods: options that commands about containers share. */
import { usageProblem } from "../../core/problem.ts";
import { connectionOf } from "../../engines/kubernetes/cluster/kubeconfig.ts";
import type { HostContainersOptions } from "../../scan/runtime-containers.ts";

export interface PodOptions {
  readonly kubelet?: string;
  readonly tokenFile?: string;
  readonly certificateAuthority?: string;
  readonly node?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
}

/** @throws Problem (usage) where they make no sense together */
export function podsOf({
  kubelet,
  tokenFile,
  certificateAuthority,
  node,
  kubeconfig,
  context,
}: PodOptions): HostContainersOptions["pods"] {
  if (kubelet !== undefined && node !== undefined) {
    throw usageProblem("--kubelet and --node", "pods come from the kubelet or from the API server, not from both");
  }
  if (node !== undefined) {
    const named = {
      ...(kubeconfig === undefined ? {} : { kubeconfig }),
      ...(context === undefined ? {} : { context }),
    };
    return { cluster: connectionOf(named), node };
  }
  if (kubelet === undefined) {
    const alone =
      tokenFile !== undefined
        ? "--token-file"
        : certificateAuthority !== undefined
          ? "--certificate-authority"
          : undefined;
    if (alone !== undefined) throw usageProblem(alone, "means nothing without --kubelet");
    return undefined;
  }
  return {
    url: kubelet,
    ...(tokenFile === undefined ? {} : { tokenFile }),
    ...(certificateAuthority === undefined ? {} : { authoritiesFile: certificateAuthority }),
  };
}
