/** Addresses of pods and nodes, as a live cluster tells them. */
import { isObject } from "../../../core/untyped.ts";
import { type Manifests, rawOf } from "../../../engines/kubernetes/model.ts";
import { type AddressRange, covers, parseCidr } from "../../../engines/reachability/addresses.ts";
import type { ClusterSettings } from "../../../engines/reachability/settings.ts";

/**
 * Of nodes each address. Of pods what the nodes were given (`spec.podCIDRs`): CNIs with an allocation of their own do not
 * use that, so that it counts only where every pod that was read has an address in it.
 */
export function rangesOfCluster({ objects, workloads }: Manifests): Pick<ClusterSettings, "podCidrs" | "nodeCidrs"> {
  const nodes = objects.filter(({ group, kind }) => group === "" && kind === "Node").map(rawOf);
  const nodeCidrs = nodes.flatMap(({ status }) =>
    (isObject(status) && Array.isArray(status.addresses) ? status.addresses : []).flatMap((one: unknown) =>
      isObject(one) && typeof one.address === "string" ? (parseCidr(one.address) ?? []) : [],
    ),
  );
  const given = nodes.flatMap(({ spec }) =>
    isObject(spec) && Array.isArray(spec.podCIDRs)
      ? spec.podCIDRs.flatMap((one: unknown) => (typeof one === "string" ? (parseCidr(one) ?? []) : []))
      : [],
  );
  const pods = workloads
    .filter(({ pod }) => pod.hostNetwork !== true)
    .flatMap(({ podAddresses = [] }) => podAddresses.flatMap((one): AddressRange[] => [parseCidr(one) ?? []].flat()));
  const isUsed = pods.length > 0 && pods.every((one) => given.some((range) => covers(range, one)));
  return { podCidrs: isUsed ? given : [], nodeCidrs };
}
