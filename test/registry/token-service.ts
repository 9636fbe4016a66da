/** A token service for a docker-registry in tests, as distribution's "Token Authentication Specification" has it. */
import { randomUUID, sign, X509Certificate } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Certificate } from "../../src/engines/oci/registry/certificate.fixture.ts";
import { kernelClock } from "../kernel-clock.ts";

export interface TokenUser {
  readonly password: string;
  /** Repository → what the user may do there. */
  readonly access: Readonly<Record<string, readonly ("pull" | "push")[]>>;
}

export interface TokenService {
  readonly realm: string;
  readonly service: string;
  readonly issuer: string;
  /** PEM; what the registry trusts. */
  readonly certificateFile: string;
  close(): Promise<void>;
}

const SERVICE = "bulkhead-test-registry";
const ISSUER = "bulkhead-test-tokens";

/** Nobody without a password gets in; a known user gets the part of what was asked for that is allowed. */
export async function startTokenService(
  users: Readonly<Record<string, TokenUser>>,
  certificate: Certificate,
  folder: string,
): Promise<TokenService> {
  const certificateFile = join(folder, "token-service.pem");
  await writeFile(certificateFile, certificate.cert);
  const x5c = [new X509Certificate(certificate.cert).raw.toString("base64")];

  const server = createServer((request, response) => {
    const parameters = new URL(request.url ?? "/", "http://localhost").searchParams;
    const [name, user] = authenticate(request.headers.authorization, users);
    response.setHeader("content-type", "application/json");
    if (user === undefined) {
      response.writeHead(401).end(JSON.stringify({ details: "incorrect username or password" }));
      return;
    }
    const access = parameters.getAll("scope").flatMap((scope) => grant(scope, user));
    const token = signToken(certificate.key, x5c, name, access);
    response.end(JSON.stringify({ token, expires_in: 300 }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    realm: `http://127.0.0.1:${port}/token`,
    service: SERVICE,
    issuer: ISSUER,
    certificateFile,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function authenticate(
  header: string | undefined,
  users: Readonly<Record<string, TokenUser>>,
): readonly [string, TokenUser | undefined] {
  const encoded = /^Basic (.+)$/.exec(header ?? "")?.[1] ?? "";
  const text = Buffer.from(encoded, "base64").toString();
  const colon = text.indexOf(":");
  const name = text.slice(0, colon);
  const user = users[name];
  return [name, user?.password === text.slice(colon + 1) ? user : undefined];
}

interface Access {
  readonly type: "repository";
  readonly name: string;
  readonly actions: readonly string[];
}

/** `repository:NAME:pull,push`, where NAME may hold colons. */
function grant(scope: string, user: TokenUser): readonly Access[] {
  const [, name, actions] = /^repository:(.+):([^:]*)$/.exec(scope) ?? [];
  if (name === undefined || actions === undefined) return [];
  const allowed: readonly string[] = user.access[name] ?? [];
  return [{ type: "repository", name, actions: actions.split(",").filter((action) => allowed.includes(action)) }];
}

/** A JWT (RFC 7519) signed with RS256; distribution 2.8 finds the key by the x5c header, and wants one audience. */
function signToken(key: string, x5c: readonly string[], subject: string, access: readonly Access[]): string {
  const now = Math.floor(kernelClock().getTime() / 1_000);
  const claims = {
    iss: ISSUER,
    sub: subject,
    aud: SERVICE,
    iat: now,
    nbf: now,
    exp: now + 300,
    jti: randomUUID(),
    access,
  };
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = `${part({ typ: "JWT", alg: "RS256", x5c })}.${part(claims)}`;
  return `${signed}.${sign("sha256", Buffer.from(signed), key).toString("base64url")}`;
}
