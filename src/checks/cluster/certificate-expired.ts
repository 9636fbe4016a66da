import { describeObject } from "../../engines/kubernetes/model.ts";
import { clusterCheck } from "./kubernetes/cluster-check.ts";

const DAY = 24 * 60 * 60 * 1000;
/** cert-manager renews after two thirds of 90 days: what has less has missed its renewal. */
const SOON = 7;

/** Certificates of servers that have ended, or are about to (RFC 5280, 4.1.2.5, validity). */
export const certificateExpired = clusterCheck<"certificateEnds">({
  name: "certificate-expired",
  title: "Expired TLS certificates",
  severity: "high",
  withoutControl: "none of the ten is about certificates that end",
  documentation: {
    what: "Checks until when certificates are valid: of Secrets of the type `kubernetes.io/tls` in files (`tls.crt`, the first certificate), and of cert-manager's `Certificate`s and Vault's PKI secrets by their status. A cluster's Secrets are read without their values: of one that no such object keeps up it is unknown, which is said where the policy states how often Secrets are replaced. Severity: high once it has ended, medium within a week of its end.",
    why: "Clients refuse the connection, or are told to pass over the certificate, which then opens them to anyone in between.",
    fix: "Issue a new certificate with a new key, and let cert-manager or the like renew it; look at why the renewal failed (`kubectl describe certificate`).",
    references: [
      "https://cert-manager.io/docs/usage/certificate/",
      "https://datatracker.ietf.org/doc/html/rfc5280#section-4.1.2.5",
    ],
  },
  needs: { manifests: "partial", certificateEnds: "partial" },
  reads: ["secrets", "externalSecrets"],
  applies: ({ manifests: { secrets, externalSecrets }, certificateEnds }) =>
    secrets.length + externalSecrets.length > 0 && certificateEnds.length > 0,
  *detect({ certificateEnds }, now) {
    for (const { object, path, ends } of certificateEnds) {
      if (ends === undefined) continue;
      const left = (ends.getTime() - now.getTime()) / DAY;
      if (left > SOON) continue;
      const day = ends.toISOString().slice(0, 10);
      yield {
        object,
        path,
        subject: describeObject(object),
        severity: left <= 0 ? "high" : "medium",
        title:
          left <= 0
            ? `Certificate of ${describeObject(object)} ended on ${day}`
            : `Certificate of ${describeObject(object)} ends on ${day}, and was not renewed`,
        fix: "issue a new certificate with a new key, and mend its renewal",
        evidence: { ends: ends.toISOString() },
      };
    }
  },
});
