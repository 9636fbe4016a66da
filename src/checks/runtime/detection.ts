import { detectionFinding } from "../findings/detection-finding.ts";
import type { DetectionCheck } from "../subjects/runtime.ts";

/** What rules found in events of a host, a workload or an API server, and what other detectors told of them. */
export const detection: DetectionCheck = {
  id: "runtime/detection",
  title: "Attacks detected at runtime",
  layer: "runtime",
  category: "detection",
  controls: [],
  withoutControl: "control 8 asks whether runtime detection is in place, and what it finds shows that it is",
  severity: "varies",
  documentation: {
    what: "Checks events against rules in Falco's language (`bulkhead runtime replay`): system calls of captures, audit events of an API server, and alerts of other detectors. Reported: each match of a rule, once per asset however often it happened. Not reported: rules that are disabled, and optional rules that the policy does not enable. No match is unknown where events were lost. Severity: the rule's own, else by its priority: critical from CRITICAL up, high for ERROR, medium for WARNING, low for NOTICE.",
    why: "Something is going on now that the other layers were to prevent: somebody may be in the container or on the host.",
    fix: "Find out who did it and by which way they came in: the finding names process, parents, user and, after `kubectl exec`, the Kubernetes user. What is expected gets an exception of the rule, or an `exceptions` entry of the policy by the rule's name.",
    references: ["https://attack.mitre.org/matrices/enterprise/containers/"],
  },
  subject: "detection",
  needs: { detections: "partial" },
  looked: ({ detections: { read } }) => ({
    events: String(read.events),
    ...(read.evaluated === read.events ? {} : { evaluated: String(read.evaluated) }),
  }),
  *evaluate({ detections: { alerts } }) {
    for (const some of Map.groupBy(
      alerts,
      ({ detector, rule, subject }) => `${detector}\n${rule}\n${subject}`,
    ).values()) {
      const [first, ...more] = some;
      if (first !== undefined) yield detectionFinding(first, more);
    }
  },
};
