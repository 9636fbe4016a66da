import type { ReachedService, ReachingWorkload } from "../subjects/network.ts";
import { networkNamespaceCheck } from "./reach/namespace-check.ts";
import { causeOf, countedOf, generateFix, narrowFix, placeOf, whyOpen, workloads } from "./reach/words.ts";

/** Pods that reach a cloud's metadata service (the providers' own documentation of it). */
export const metadataServiceReachable = networkNamespaceCheck({
  name: "metadata-service-reachable",
  title: "Cloud metadata services within reach of pods",
  severity: "high",
  controls: [6],
  documentation: {
    what: "Checks which pods reach an address of a cloud's metadata service, each address by itself: 169.254.169.254 and fd00:ec2::254 among them. One finding for each cause. Pods on their node's network reach it always, whatever policies say (medium: no policy closes it). Not reported: addresses that give a pod its own identity and no other, such as EKS Pod Identity. Whether the nodes' hop limit and required tokens stop pods is a setting of the nodes, which no manifest tells: a hop limit of 1 stops pods where tokens are required, and never those on their node's network. Severity: high.",
    why: "The service hands the node's credentials to anyone who asks: one forged request of a pod is enough, and the cloud account is the attacker's.",
    fix: "Isolate the pods for egress, and leave the address out of CIDRs that are allowed: `except: [169.254.169.254/32]`. On the nodes require tokens and set the hop limit to 1.",
    references: [
      "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html",
      "https://cloud.google.com/kubernetes-engine/docs/how-to/workload-identity",
      "https://learn.microsoft.com/azure/aks/imds-restriction",
    ],
  },
  part: "outside",
  needs: { enforcement: "partial" },
  *detect(network) {
    const reached = network.workloads.flatMap((workload) =>
      workload.metadata.map((service) => ({ workload, service })),
    );
    for (const [cause, own] of Map.groupBy(reached, ({ service }) => causeOf(service.by))) {
      const [first] = own;
      if (first === undefined) continue;
      const { by } = first.service;
      const names = [...new Set(own.map(({ workload }) => workload.name))];
      const addresses = addressesOf(own);
      const isHost = by.kind === "host";
      yield {
        ...(isHost
          ? { object: first.workload.workload.object, path: hostNetworkOf(first.workload) }
          : placeOf(by, network)),
        subject: by.kind === "rule" ? `allowed by ${by.object.kind} ${by.object.name}` : cause,
        severity: isHost ? "medium" : "high",
        title: `${workloads(names, network.name).replace(/^w/, "W")} can reach the cloud metadata service (${addresses})`,
        detail: `${whyOpen(by, "egress")}; whether the nodes' hop limit and tokens stop it is not known from manifests`,
        fix: fixFor(by),
        evidence: { address: addresses, workloads: countedOf(names, network.workloads.length) },
      };
    }
  },
});

/** The first of them: of an open namespace they are all. */
function addressesOf(own: readonly { readonly service: ReachedService }[]): string {
  const all = [...new Set(own.map(({ service }) => service.address))];
  const known = all.includes("169.254.169.254")
    ? ["169.254.169.254", ...all.filter((one) => one !== "169.254.169.254")]
    : all;
  return known.length > 2 ? `${known[0]} and ${known.length - 1} more` : known.join(" and ");
}

function hostNetworkOf({ workload }: ReachingWorkload): readonly (string | number)[] {
  return [...workload.podPath, "hostNetwork"];
}

function fixFor(by: ReachedService["by"]): string {
  if (by.kind === "host")
    return "remove hostNetwork; on the nodes, require tokens and give the node's role only what it needs";
  return by.kind === "rule" ? narrowFix : generateFix;
}
