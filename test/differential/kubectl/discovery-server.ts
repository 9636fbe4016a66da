/** What kubectl asks an API server for before it reads a manifest: which kinds there are. Nothing else is answered. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const VERBS = ["create", "get", "list", "patch", "update", "delete"];
const resource = (name: string, kind: string, namespaced = true) => ({
  name,
  singularName: kind.toLowerCase(),
  namespaced,
  kind,
  verbs: VERBS,
});

const RESOURCES: Readonly<Record<string, readonly ReturnType<typeof resource>[]>> = {
  v1: [resource("pods", "Pod"), resource("configmaps", "ConfigMap"), resource("namespaces", "Namespace", false)],
  "apps/v1": [resource("deployments", "Deployment")],
};

const apps = { groupVersion: "apps/v1", version: "v1" };

const answers = new Map<string, unknown>([
  ["/version", { major: "1", minor: "32", gitVersion: "v1.32.3" }],
  ["/api", { kind: "APIVersions", versions: ["v1"] }],
  [
    "/apis",
    {
      kind: "APIGroupList",
      apiVersion: "v1",
      groups: [{ name: "apps", versions: [apps], preferredVersion: apps }],
    },
  ],
  ["/api/v1", { kind: "APIResourceList", groupVersion: "v1", resources: RESOURCES.v1 }],
  ["/apis/apps/v1", { kind: "APIResourceList", groupVersion: "apps/v1", resources: RESOURCES["apps/v1"] }],
]);

export interface DiscoveryServer {
  readonly url: string;
  close(): void;
}

export async function startDiscovery(): Promise<DiscoveryServer> {
  const server = createServer((request, response) => {
    const answer = answers.get((request.url ?? "").replace(/\?.*/, ""));
    response.writeHead(answer === undefined ? 404 : 200, { "content-type": "application/json" });
    response.end(JSON.stringify(answer ?? { kind: "Status", apiVersion: "v1", status: "Failure", code: 404 }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  server.unref();
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => void server.close() };
}
