/** Istio's webhook that adds sidecars, as far as the API server asks for it: it admits every pod and changes none. */
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { authority } from "../../src/net/loopback.fixture.ts";

export interface Injector {
  readonly clientConfig: { readonly url: string; readonly caBundle: string };
  close(): Promise<void>;
}

export async function injector(): Promise<Injector> {
  const own = authority();
  if (own === undefined) throw new Error("openssl is not there");
  const { key, cert } = own.issue("IP:127.0.0.1");
  const server = createServer({ key, cert }, async (request, response) => {
    const { request: asked } = (await json(request)) as { request: { uid: string } };
    const body = {
      apiVersion: "admission.k8s.io/v1",
      kind: "AdmissionReview",
      response: { uid: asked.uid, allowed: true },
    };
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  return {
    clientConfig: {
      url: `https://127.0.0.1:${(server.address() as AddressInfo).port}/inject`,
      caBundle: Buffer.from(own.ca).toString("base64"),
    },
    async close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
