import { clip, SENTENCE } from "../findings/one-line.ts";
import type { ReachingWorkload } from "../subjects/network.ts";
import { networkNamespaceCheck } from "./reach/namespace-check.ts";
import { causeOf, countedOf, generateFix, listed, narrowFix, placeOf, whyOpen, workloads } from "./reach/words.ts";

/** Pods that can send to the internet at large (Kubernetes, "Network Policies"; CIS Kubernetes Benchmark 5.3.2). */
export const openEgress = networkNamespaceCheck({
  name: "open-egress",
  title: "Unrestricted egress to the internet",
  severity: "medium",
  controls: [6],
  documentation: {
    what: "Checks which pods reach the internet at large: more addresses than a /8 of IPv4 or a /32 of IPv6, or every name. One finding for each cause: pods that nothing isolates, and each rule that allows it. Not reported: named addresses and domains, and what `network.egress` of a trusted policy states as 0.0.0.0/0. Severity: medium; high where one of the pods has Secrets or a cloud identity (EKS roles and Pod Identity, GKE and Azure Workload Identity), which it can send away.",
    why: "Anyone who takes over a container sends away what it can read, and fetches the next tools.",
    fix: "Allow egress to the addresses that are needed, or by name with a CNI, a mesh or an egress proxy that knows names. `bulkhead network generate` writes either from `network.egress` of the policy.",
    references: ["https://kubernetes.io/docs/concepts/services-networking/network-policies/"],
  },
  part: "outside",
  needs: { enforcement: "partial" },
  *detect(network) {
    const open = network.workloads.filter(({ internet }) => internet !== undefined);
    for (const [cause, own] of Map.groupBy(open, ({ internet }) =>
      internet === undefined ? "" : causeOf(internet.by),
    )) {
      const [first] = own;
      if (first?.internet === undefined) continue;
      const { by, ports } = first.internet;
      const names = own.map(({ name }) => name);
      const holders = own.filter(({ credentials }) => credentials.length > 0);
      const worse = holders.length > 0;
      const has = holders.length === 1 ? "has" : "have";
      yield {
        ...placeOf(by, network),
        subject: by.kind === "rule" ? `allowed by ${by.object.kind} ${by.object.name}` : cause,
        severity: worse ? "high" : "medium",
        title:
          `${capitalized(workloads(names, network.name))} can send to the whole internet` +
          (worse
            ? `, and ${workloads(holders.map(({ name }) => name))} ${has} secrets or cloud credentials to send`
            : ""),
        detail: whyOpen(by, "egress"),
        fix: by.kind === "rule" ? narrowFix : generateFix,
        evidence: {
          ports,
          workloads: countedOf(names, network.workloads.length),
          ...(worse ? { credentials: credentialsOf(holders) } : {}),
        },
      };
    }
  },
});

function credentialsOf(holders: readonly ReachingWorkload[]): string {
  return clip(holders.map(({ name, credentials }) => `${name}: ${listed(credentials)}`).join("; "), SENTENCE);
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
