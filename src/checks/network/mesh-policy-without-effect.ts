import { describeObject } from "../../engines/kubernetes/model.ts";
import { clip, SENTENCE } from "../findings/one-line.ts";
import type { MeshFault } from "../subjects/network.ts";
import { networkCheck } from "./policies/network-check.ts";
import { listed } from "./reach/words.ts";

/** Codes of what a mesh reads and does not do. */
const CODES: ReadonlySet<string> = new Set([
  "mesh.policy-without-effect",
  "mesh.policy-ignored",
  "mesh.rule-void",
  "mesh.allows-plaintext",
  "mesh.waypoint-bypassed",
  "mesh.request-authentication",
  "mesh.registry-only",
]);

export const meshPolicyWithoutEffect = networkCheck({
  name: "mesh-policy-without-effect",
  title: "Mesh policies that do not do what they say",
  severity: "medium",
  controls: [10],
  documentation: {
    what: "Checks a mesh's policies for what has no effect, or less than it says: ALLOW rules with conditions on requests that ambient's ztunnel never matches, DENY rules that it cannot hold, a PeerAuthentication with a selector in the root namespace, actions that are not known, policies that no proxy holds, a RequestAuthentication that lets requests without a token through, ALLOW rules of negative conditions that plaintext satisfies, policies of a waypoint that a connection to the pod goes around, REGISTRY_ONLY, which the workload itself can go around. One finding for each place. Not reported where something was not read that may change it: policies that select no workload, a RequestAuthentication beside which none asks whose the token is. Severity: medium.",
    why: "The policy is there, and the connection that it was written against goes through; or what it allows is refused.",
    fix: "Each finding says what to change; policies on requests belong to a waypoint or a sidecar.",
    references: [
      "https://istio.io/latest/docs/ambient/usage/l4-policy/",
      "https://istio.io/latest/docs/reference/config/security/peer_authentication/",
    ],
  },
  needs: { meshFaults: "partial" },
  applies: ({ meshFaults }) => meshFaults.members > 0 || meshFaults.faults.some(isOurs),
  *detect({ meshFaults }) {
    for (const fault of meshFaults.faults.filter(isOurs)) {
      const { code, place, reason, remedy, workloads } = fault;
      yield {
        object: place.object,
        path: place.field,
        subject: `${describeObject(place.object)}: ${code.slice(code.indexOf(".") + 1)}`,
        title: clip(`${describeObject(place.object)}: ${reason}`, SENTENCE),
        fix: remedy ?? "correct or delete it",
        ...(workloads.length === 0 ? {} : { evidence: { workloads: clip(listed(workloads), SENTENCE) } }),
      };
    }
  },
});

function isOurs({ code }: MeshFault): boolean {
  return CODES.has(code);
}
