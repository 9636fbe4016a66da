/** Directories of manifests for the network commands. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inProcess } from "../in-process.ts";

export const shopFolder = (version: "insecure" | "hardened"): string =>
  join(import.meta.dirname, "..", "..", "examples", "shop", version);

export interface Workplace extends Disposable {
  readonly path: string;
  write(name: string, text: string): string;
  network(...words: readonly string[]): ReturnType<typeof inProcess>;
}

export function workplace(): Workplace {
  const path = mkdtempSync(join(tmpdir(), "bulkhead-network-"));
  return {
    path,
    write(name, text) {
      writeFileSync(join(path, name), text);
      return join(path, name);
    },
    network: (...words) => inProcess(["network", ...words], { cwd: path, home: path }),
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  };
}

export const manifests = {
  pods: (names: readonly string[], namespace = "a") =>
    names
      .map(
        (name) =>
          `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: ${name}, namespace: ${namespace} }\nspec:\n  selector: { matchLabels: { app: ${name} } }\n  template:\n    metadata: { labels: { app: ${name} } }\n    spec: { containers: [{ name: main, image: x, ports: [{ name: http, containerPort: 8080 }] }] }\n`,
      )
      .join("---\n"),
  denyAll:
    "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: deny, namespace: a }\nspec: { podSelector: {}, policyTypes: [Ingress, Egress] }\n",
  allow: (from: string, to: string) =>
    `---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: ${from}-to-${to}, namespace: a }
spec:
  podSelector: { matchLabels: { app: ${from} } }
  policyTypes: [Egress]
  egress:
    - to: [{ podSelector: { matchLabels: { app: ${to} } } }]
      ports: [{ port: http }]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: ${to}-from-${from}, namespace: a }
spec:
  podSelector: { matchLabels: { app: ${to} } }
  ingress:
    - from: [{ podSelector: { matchLabels: { app: ${from} } } }]
      ports: [{ port: 8080 }]
`,
} as const;
