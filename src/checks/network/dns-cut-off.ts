import { clip } from "../findings/one-line.ts";
import { networkNamespaceCheck } from "./reach/namespace-check.ts";
import { countedOf, generateFix } from "./reach/words.ts";

/** Pods whose policies leave them without name resolution (Kubernetes, "DNS for Services and Pods"). */
export const dnsCutOff = networkNamespaceCheck({
  name: "dns-cut-off",
  title: "Policies that cut pods off from DNS",
  severity: "medium",
  documentation: {
    what: "Checks pods that are isolated for egress for a rule that lets them ask a DNS server: the cluster's DNS pods on the port that they listen on, where those were read, else anything on port 53, 5353 or a named port. Not reported: pods with `dnsPolicy: None`, and pods on their node's network. Severity: medium.",
    why: "Nothing resolves names, so the application fails; anyone who repairs it in a hurry opens all egress.",
    fix: "Allow UDP and TCP 53 to the pods of the cluster's DNS, on their own port (`targetPort` of the Service), and to node-local DNS where there is one.",
    references: ["https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/"],
  },
  part: "dns",
  *detect(network) {
    const cut = network.workloads.filter(({ dns }) => dns === "cut");
    if (cut.length === 0) return;
    const names = cut.map(({ name }) => name);
    yield {
      object: network.object,
      path: [],
      subject: "dns",
      title: `${cut.length} of ${network.workloads.length} workloads of ${clip(network.name)} cannot resolve names: no policy allows DNS`,
      fix: generateFix,
      evidence: { workloads: countedOf(names, network.workloads.length) },
    };
  },
});
