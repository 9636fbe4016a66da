import { describeObject } from "../../engines/kubernetes/model.ts";
import { clip, SENTENCE } from "../findings/one-line.ts";
import type { MeshFault } from "../subjects/network.ts";
import { networkCheck } from "./policies/network-check.ts";
import { listed } from "./reach/words.ts";

const CODES: ReadonlySet<string> = new Set(["mesh.client-plaintext", "mesh.excluded-traffic", "mesh.proxy-missing"]);

/** Traffic that is plaintext although both ends are said to be in the mesh (Istio, DestinationRule, "Traffic interception"). */
export const plaintextInMesh = networkCheck({
  name: "plaintext-in-mesh",
  title: "Plaintext where the mesh claims mTLS",
  severity: "high",
  controls: [10],
  documentation: {
    what: "Checks a mesh for what sends plaintext all the same: DestinationRules that switch the client's mTLS off, ports and addresses that annotations take out of the proxy, pods that run without the proxy that their labels ask for. One finding for each place. Severity: high.",
    why: "The mesh's own pages show mTLS, and passwords cross the network readable.",
    fix: "Remove the exception, or set `mode: ISTIO_MUTUAL`; restart pods that have no proxy.",
    references: ["https://istio.io/latest/docs/reference/config/networking/destination-rule/#ClientTLSSettings"],
  },
  needs: { meshFaults: "partial" },
  applies: ({ meshFaults }) => meshFaults.members > 0 || meshFaults.faults.some(isOurs),
  *detect({ meshFaults }) {
    for (const { code, place, reason, remedy, workloads } of meshFaults.faults.filter(isOurs)) {
      yield {
        object: place.object,
        path: place.field,
        subject: `${describeObject(place.object)}: ${code.slice(code.indexOf(".") + 1)}`,
        title: clip(`${describeObject(place.object)}: ${reason}`, SENTENCE),
        fix: remedy ?? "remove the exception",
        ...(workloads.length === 0 ? {} : { evidence: { workloads: clip(listed(workloads), SENTENCE) } }),
      };
    }
  },
});

function isOurs({ code }: MeshFault): boolean {
  return CODES.has(code);
}
