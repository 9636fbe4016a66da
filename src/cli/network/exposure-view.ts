/** Ways into the cluster, as plain texts and numbers. */
import { formatLocation } from "../../core/location.ts";
import { describeObject, locationOf } from "../../engines/kubernetes/model.ts";
import { formatRange } from "../../engines/reachability/addresses.ts";
import type { Exposure } from "../../engines/reachability/exposure/exposure-model.ts";
import type { Doubt, PortSet } from "../../engines/reachability/model.ts";
import type { CauseView, ExposureView, PortsView } from "../../report/network/view.ts";

/** @param isAsked - of an endpoint: what leads to no other is left out */
export function exposureView(
  { way, object, field, reach, listens, hosts, targets, doubts, deadEnds }: Exposure,
  ports: (set: PortSet) => PortsView,
  isAsked: (endpoint: number) => boolean,
): ExposureView[] {
  const asked = targets.filter(({ endpoint }) => isAsked(endpoint));
  if (asked.length === 0 && targets.length > 0) return [];
  const { ranges } = reach;
  return [
    {
      way,
      by: describeObject(object),
      place: formatLocation(locationOf(object, field)),
      reach: reach.kind,
      ...(ranges === undefined ? {} : { ranges: ranges.map(formatRange) }),
      listens: listens.map(({ protocol, port }) => `${protocol} ${port}`),
      hosts,
      targets: asked.map(({ endpoint, allowed, unknown, verdict, doubts: causes }) => ({
        to: endpoint,
        allowed: ports(allowed),
        unknown: ports(unknown),
        verdict,
        causes: causes.map(causeView),
      })),
      remarks: [...doubts, ...deadEnds].map(causeView),
    },
  ];
}

export function causeView({ code, reason, remedy }: Doubt): CauseView {
  return { code, reason, ...(remedy === undefined ? {} : { remedy }) };
}
