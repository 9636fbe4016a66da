/** Objects of the tests of what the admission guard asks of a cluster. */
const rbac = "rbac.authorization.k8s.io";

export const namespace = (name: string, labels: object = {}) => ({
  apiVersion: "v1",
  kind: "Namespace",
  metadata: { name, labels },
});
export const account = (name: string, namespace: string, ...secrets: string[]) => ({
  apiVersion: "v1",
  kind: "ServiceAccount",
  metadata: { name, namespace },
  imagePullSecrets: secrets.map((name) => ({ name })),
});
export const role = (name: string, rules: object[]) => ({
  apiVersion: `${rbac}/v1`,
  kind: "ClusterRole",
  metadata: { name },
  rules,
});
export const bound = (name: string, subjects: object[], within?: string) => ({
  apiVersion: `${rbac}/v1`,
  kind: within === undefined ? "ClusterRoleBinding" : "RoleBinding",
  metadata: { name, ...(within === undefined ? {} : { namespace: within }) },
  roleRef: { apiGroup: rbac, kind: "ClusterRole", name },
  subjects,
});
export const user = (name: string) => ({ kind: "User", apiGroup: rbac, name });
export const guardAccount = { kind: "ServiceAccount", name: "admission", namespace: "bulkhead" };

export const reportDefinition = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "reports.openreports.io" },
  spec: {
    group: "openreports.io",
    scope: "Namespaced",
    names: { kind: "Report", plural: "reports", singular: "report", listKind: "ReportList" },
    versions: [
      {
        name: "v1alpha1",
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: "object",
            properties: {
              source: { type: "string" },
              scope: {
                type: "object",
                properties: Object.fromEntries(
                  ["apiVersion", "kind", "namespace", "name", "uid"].map((name) => [name, { type: "string" }]),
                ),
              },
              summary: {
                type: "object",
                properties: Object.fromEntries(
                  ["pass", "fail", "warn", "error", "skip"].map((name) => [name, { type: "integer" }]),
                ),
              },
              results: {
                type: "array",
                items: {
                  type: "object",
                  required: ["policy"],
                  properties: {
                    ...Object.fromEntries(
                      ["source", "policy", "rule", "category", "message"].map((name) => [name, { type: "string" }]),
                    ),
                    severity: { type: "string", enum: ["critical", "high", "low", "medium", "info"] },
                    result: { type: "string", enum: ["pass", "fail", "warn", "error", "skip"] },
                    scored: { type: "boolean" },
                    properties: { type: "object", additionalProperties: { type: "string" } },
                    timestamp: {
                      type: "object",
                      required: ["nanos", "seconds"],
                      properties: { nanos: { type: "integer" }, seconds: { type: "integer" } },
                    },
                  },
                },
              },
            },
          },
        },
      },
    ],
  },
};

export const webhook = (name: string) => ({
  name,
  clientConfig: { url: "https://127.0.0.1:1/validate" },
  rules: [{ apiGroups: ["none.example"], apiVersions: ["v1"], operations: ["CREATE"], resources: ["things"] }],
  failurePolicy: "Ignore",
  sideEffects: "None",
  admissionReviewVersions: ["v1"],
});
export const template = {
  metadata: { labels: { app: "web" } },
  spec: { containers: [{ name: "web", image: "r.example/web:1" }] },
};
export const workload = (kind: string, name: string, labels: object = {}, annotations: object = {}) => ({
  apiVersion: "apps/v1",
  kind,
  metadata: { name, namespace: "shop", annotations },
  spec: {
    selector: { matchLabels: { app: "web" } },
    template: { ...template, metadata: { labels: { app: "web", ...labels } } },
  },
});
