/**
 * What reports of the admission guard go by in a cluster: OpenReports' `Report` and the Policy Working Group's `PolicyReport`,
 * which have the same fields (docs/admission-cluster.md, "Reports"). The guard writes by these names, and who reads asks by them.
 */

/** Which of the two is installed. */
export interface ReportForm {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly kind: "Report" | "PolicyReport";
}

/** The newer comes first: where both are installed one is written. */
export const reportForms: readonly ReportForm[] = [
  { group: "openreports.io", version: "v1alpha1", resource: "reports", kind: "Report" },
  { group: "wgpolicyk8s.io", version: "v1alpha2", resource: "policyreports", kind: "PolicyReport" },
];

/** Of `metadata.name`, before the object's UID. */
export const REPORT_PREFIX = "bulkhead-";

/** The label that all of them have. */
export const MANAGED_BY = { label: "app.kubernetes.io/managed-by", value: "bulkhead" } as const;

/** Annotations: the policy's origin, its environment, and how many results had no room. */
export const reportAnnotations = {
  policy: "admission.bulkhead.dev/policy",
  environment: "admission.bulkhead.dev/environment",
  leftOut: "admission.bulkhead.dev/left-out",
} as const;
