/** Which clients of Linkerd's mesh present an identity, and on which ports. */
import { groupBy, type Member, type Pods } from "../mesh/members.ts";
import type { SourceClass, Sources } from "../mesh/sources.ts";
import type { PodSet } from "../pod-sets.ts";
import type { Reading } from "../reading.ts";
import type { Doubt } from "../rule-model.ts";

export function sourcesOf(
  { podSets, portSets }: Reading,
  pods: Pods,
  members: readonly Member[],
  proxies: PodSet,
): Sources {
  const tcp = portSets.protocol("TCP");
  const groups = groupBy(
    pods.list.flatMap(({ host }, index) => (host ? [] : [index])),
    (index) => {
      const { bypass, doubt } = members[index] as Member;
      if (!podSets.has(proxies, index)) return "outside";
      return JSON.stringify([bypass.outbound.id, doubt?.reason ?? "", bypass.outboundRanges.length]);
    },
  );
  return {
    classes: [...groups].map(([key, indices]): SourceClass => {
      const first = members[indices[0] as number] as Member;
      const inClass = new Set(indices);
      const doubt = first.doubt ?? (first.bypass.outboundRanges.length > 0 ? SUBNETS : undefined);
      return {
        pods: pods.where(`linkerd clients ${key}`, (_, index) => inClass.has(index)),
        identified: key === "outside" ? portSets.none : portSets.subtract(tcp, first.bypass.outbound),
        ...(key === "outside" || doubt === undefined ? {} : { doubt }),
      };
    }),
  };
}

const SUBNETS: Doubt = {
  code: "mesh.excluded-ranges",
  reason: "the client's proxy leaves out subnets that may be those of pods or Services",
};
