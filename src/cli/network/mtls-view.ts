/** Whether a connection is encrypted by a mesh, told beside what lets it through: it decides nothing. */
import { formatLocation } from "../../core/location.ts";
import { locationOf } from "../../engines/kubernetes/model.ts";
import { intervalsOf, mutualTls, type Network, type PortSet } from "../../engines/reachability/model.ts";
import type { StageView } from "../../report/network/explain-view.ts";

const WORDS = { mtls: "mTLS", plaintext: "plaintext", unknown: "unknown" } as const;

/**
 * One line, for the first of the TCP ports that may connect; none where nothing may, and between ends that are no pods.
 *
 * @param may - ports that are allowed, or may be
 */
export function mtlsStage(network: Network, from: number, to: number, may: PortSet): StageView[] {
  const [source, destination] = [network.endpoints[from], network.endpoints[to]];
  const first = intervalsOf(may).find(({ protocol }) => protocol === "TCP");
  if (source?.kind !== "pods" || destination?.kind !== "pods" || first === undefined) return [];
  const { answer, reason, place, alsoPlaintext } = mutualTls(network, from, to, Math.max(1, first.first));
  const also = alsoPlaintext === true ? "; plaintext would be accepted too" : "";
  return [
    {
      title: "encryption by a mesh",
      decisions: [
        {
          outcome: answer === "unknown" ? "unknown" : "open",
          text: `${WORDS[answer]}: ${reason}${also}`,
          doubts: [],
          ...(place === undefined ? {} : { place: formatLocation(locationOf(place.object, place.field)) }),
        },
      ],
    },
  ];
}
