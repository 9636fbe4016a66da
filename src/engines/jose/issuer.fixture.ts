/** An issuer of tokens on loopback, for tests: its discovery document, its keys, and what it signs. */
import { constants, type KeyObject, sign } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";
import { rsaKeyPair } from "../../core/rsa-keys.fixture.ts";

export interface TestIssuer {
  readonly issuer: string;
  /** Paths that were asked for, with the Authorization header. */
  readonly asked: { readonly path: string; readonly authorization: string | undefined }[];
  /** What it answers in place of its documents. */
  answer: { readonly status?: number; readonly document?: unknown } | undefined;
  keySet(): { keys: Record<string, unknown>[] };
  /** Another key from now on. @param names - whether its set names it */
  rotate(names?: boolean): void;
  token(claims: object, header?: object): string;
}

export function pair(): { publicKey: KeyObject; privateKey: KeyObject } {
  return rsaKeyPair(2_048);
}

/** In compact form; by RS256, or PS256. */
export function compact(header: { readonly alg?: string }, claims: object, key: KeyObject): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const text = `${part(header)}.${part(claims)}`;
  const padding =
    header.alg === "PS256" ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 } : ({} as object);
  return `${text}.${sign("sha256", Buffer.from(text), { key, ...padding }).toString("base64url")}`;
}

export async function startIssuer(t: TestContext): Promise<TestIssuer> {
  const asked: { path: string; authorization: string | undefined }[] = [];
  let number = 0;
  let own = pair();
  const named: Record<string, unknown>[] = [];
  const kid = () => `key-${number}`;
  const name = () => named.push({ ...own.publicKey.export({ format: "jwk" }), kid: kid(), use: "sig", alg: "RS256" });
  name();
  const server = createServer((request, response) => {
    asked.push({ path: request.url ?? "", authorization: request.headers.authorization });
    const isDocument = request.url === "/.well-known/openid-configuration";
    const document =
      issuer.answer?.document ??
      (isDocument ? { issuer: issuer.issuer, jwks_uri: `${issuer.issuer}/keys` } : issuer.keySet());
    // As the API server of Kubernetes: its keys are of their own type alone.
    const isTaken = isDocument || request.headers.accept?.includes("application/jwk-set+json") === true;
    response.writeHead(issuer.answer?.status ?? (isTaken ? 200 : 406), { "content-type": "application/json" });
    response.end(JSON.stringify(document));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const issuer: TestIssuer = {
    issuer: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    answer: undefined,
    keySet: () => ({ keys: named }),
    rotate(names = true) {
      own = pair();
      number += 1;
      if (names) name();
    },
    token: (claims, header = {}) => compact({ alg: "RS256", kid: kid(), ...header } as object, claims, own.privateKey),
  };
  return issuer;
}
