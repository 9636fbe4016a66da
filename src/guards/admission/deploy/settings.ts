import type { DeploySettings } from "./model.ts";
import { names } from "./names.ts";

export const defaultDeploySettings: DeploySettings = {
  namespace: names.namespace,
  // Yours: bulkhead's image by the digest of its release.
  image: `registry.example.com/bulkhead:0.1.0@sha256:${"0".repeat(64)}`,
  replicas: 2,
  failurePolicy: "Fail",
  timeoutSeconds: 10,
  certificates: "own",
  policy: [
    {
      path: "bulkhead.yaml",
      text: `# Yours: the policy of the repository, as its pipelines use it (docs/admission.md).
apiVersion: bulkhead/v1
`,
    },
  ],
  excluded: [],
  pin: "pods",
  kinds: [],
  pullSecrets: [],
  asksForExcluded: false,
};
