/** Names that the manifests and what runs agree on. */

export const names = {
  namespace: "bulkhead",
  /** Of the Deployment, its Service, account and policies: the component. */
  component: "admission",
  /** Of what is in no namespace. */
  cluster: "bulkhead-admission",
  /** Holds the authority and the certificate of mode `own`. */
  certificate: "admission-certificate",
  /** Of type kubernetes.io/tls, in the modes `files` and `cert-manager`. */
  tls: "admission-tls",
  policy: "admission-policy",
  breakGlass: "bulkhead-break-glass",
  /** Of the ConfigMap of what was let through. */
  grants: "admission-grants",
  mutating: "mutate.admission.bulkhead.dev",
  validating: "validate.admission.bulkhead.dev",
  excluded: "excluded.admission.bulkhead.dev",
} as const;

/** Namespaces that are never asked about: what makes a cluster stand up again runs there. */
export const ALWAYS_EXCLUDED: readonly string[] = ["kube-system"];

export const ports = { webhook: 8443, metrics: 8080 } as const;

export const labels = (component: string = names.component) =>
  ({ "app.kubernetes.io/name": "bulkhead", "app.kubernetes.io/component": component }) as const;
