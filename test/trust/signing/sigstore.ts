/**
 * A Sigstore instance on loopback: @sigstore/mock's Fulcio, Rekor, certificate log and timestamp authority behind the
 * requests that clients make, an issuer of identity tokens, and the trusted root that names them all.
 */
import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { ASN1Obj, json } from "@sigstore/core";
import { fulcioHandler, initializeCA, initializeCTLog, initializeTLog, initializeTSA } from "@sigstore/mock";
import { readClock } from "../../../src/core/clock.ts";
import { rsaKeyPair } from "../../../src/core/rsa-keys.fixture.ts";

export interface Sigstore {
  /** `http://127.0.0.1:PORT`: Fulcio, Rekor of both APIs, and the issuer. */
  readonly url: string;
  /** The timestamp authority's whole URL. */
  readonly tsa: string;
  /** JSON of a TrustedRoot. */
  readonly trustedRoot: object;
  /** What was asked for: `POST /api/v2/signingCert`. */
  readonly asked: readonly string[];
  /** A token of the issuer; `sub`, `aud` and times unless claims say otherwise. */
  token(claims?: Readonly<Record<string, unknown>>): string;
  /** Files that cosign is told to trust by, as variables of its environment. */
  cosignEnvironment(folder: string): Record<string, string>;
  /** What the next requests to a path are answered with, instead of what they should be. */
  answers: Map<string, (body: Buffer) => Answer | undefined>;
  close(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly body: string | Buffer;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const SUBJECT = "https://github.com/shop/api/.github/workflows/release.yml@refs/tags/v2.0.1";

/** What GitHub says of a run that a tag started. */
export const gitHubClaims = {
  repository: "shop/api",
  repository_id: "1234",
  repository_owner: "shop",
  repository_owner_id: "56",
  repository_visibility: "private",
  ref: "refs/tags/v2.0.1",
  sha: "1f".repeat(20),
  event_name: "push",
  workflow: "release",
  workflow_ref: "shop/api/.github/workflows/release.yml@refs/tags/v2.0.1",
  workflow_sha: "1f".repeat(20),
  job_workflow_ref: "shop/api/.github/workflows/release.yml@refs/tags/v2.0.1",
  job_workflow_sha: "1f".repeat(20),
  runner_environment: "github-hosted",
  run_id: "777",
  run_attempt: "2",
} as const;

export async function startSigstore(): Promise<Sigstore> {
  const pair = () => generateKeyPairSync("ec", { namedCurve: "P-256" });
  const [authorityKeys, logKeys, stampKeys] = [pair(), pair(), pair()];
  const certificateLog = await initializeCTLog(authorityKeys);
  const authority = await initializeCA(authorityKeys, certificateLog);
  const log = await initializeTLog("http://127.0.0.1", logKeys);
  // Whole seconds: the mock writes others as no DER has them (a fraction's zeros are left out of it).
  const clock = readClock();
  const stamps = await initializeTSA(stampKeys, clock);
  // Fulcio names GitHub's workflows by their URL, where the mock would take the subject.
  const fulcio = fulcioHandler(authority, { strict: true, subjectClaim: "san" });
  const issuerKeys = rsaKeyPair(2048);
  const asked: string[] = [];
  const answers: Sigstore["answers"] = new Map();
  const entries = new Map<string, string>();
  let url = "";

  async function answer(request: IncomingMessage, path: string, body: Buffer): Promise<Answer> {
    const special = answers.get(path)?.(body);
    if (special !== undefined) return special;
    switch (path) {
      case "/api/v2/signingCert":
        return answerOf(await fulcio.fn(body.toString()));
      case "/api/v1/signingCert":
        return await firstApi(request, body);
      case "/api/v1/log/entries":
        return await enter(JSON.parse(body.toString()));
      case "/api/v2/log/entries":
        return { status: 201, type: "application/json", body: JSON.stringify(tileEntry(body, logKeys.privateKey)) };
      case "/timestamp":
        return await stamp(body);
      case "/.well-known/openid-configuration":
        return jsonAnswer({ issuer: url, jwks_uri: `${url}/keys` });
      // GitHub Enterprise Server's issuer, and where its runners ask for tokens.
      case "/_services/token/.well-known/openid-configuration":
        return jsonAnswer({ issuer: `${url}/_services/token`, jwks_uri: `${url}/keys` });
      case "/keys":
        return jsonAnswer({ keys: [{ ...issuerKeys.publicKey.export({ format: "jwk" }), kid: "1", use: "sig" }] });
      default:
        if (entries.has(path)) return jsonAnswer(JSON.parse(entries.get(path) ?? ""));
        return { status: 404, body: "not found" };
    }
  }

  /** Fulcio's first API, which cosign 2 asks: the same, said otherwise. */
  async function firstApi(request: IncomingMessage, body: Buffer): Promise<Answer> {
    const { publicKey } = JSON.parse(body.toString()) as { publicKey: { content: string } };
    const pem = Buffer.from(publicKey.content, "base64").toString();
    const credentials = { oidcIdentityToken: (request.headers.authorization ?? "").replace(/^Bearer /, "") };
    const made = await fulcio.fn(JSON.stringify({ credentials, publicKeyRequest: { publicKey: { content: pem } } }));
    const { signedCertificateEmbeddedSct } = JSON.parse(String(made.response)) as {
      signedCertificateEmbeddedSct: { chain: { certificates: string[] } };
    };
    const chain = signedCertificateEmbeddedSct.chain.certificates.join("\n");
    return { status: 201, type: "application/pem-certificate-chain", body: chain };
  }

  async function enter(proposed: Proposed): Promise<Answer> {
    const entry = (await log.log(entered(proposed) as never)) as Record<string, object>;
    const [uuid = ""] = Object.keys(entry);
    const path = `/api/v1/log/entries/${uuid}`;
    entries.set(path, JSON.stringify(entry));
    return {
      status: 201,
      type: "application/json",
      body: JSON.stringify(entry),
      headers: { location: path, etag: uuid },
    };
  }

  async function stamp(request: Buffer): Promise<Answer> {
    clock.setTime(Math.floor(readClock().getTime() / 1_000) * 1_000);
    const [, imprint, nonce] = ASN1Obj.parseBuffer(Buffer.from(request)).subs;
    const made = await stamps.timestamp({
      artifactHash: Buffer.from(imprint?.subs[1]?.value ?? Buffer.alloc(0)),
      hashAlgorithmOID: "2.16.840.1.101.3.4.2.1",
      policyOID: "1.3.6.1.4.1.57264.2",
      nonce: Number(`0x${nonce?.value.toString("hex")}`),
      certReq: true,
    } as never);
    return { status: 200, type: "application/timestamp-reply", body: bytesOf(made) };
  }

  const server = createServer(async (request: IncomingMessage, response: ServerResponse) => {
    const path = new URL(request.url ?? "/", "http://loopback").pathname;
    asked.push(`${request.method} ${path}`);
    const body = await buffer(request);
    const {
      status,
      body: content,
      type = "text/plain",
      headers,
    } = await answer(request, path, body).catch(
      (error: unknown): Answer => ({ status: 400, body: `${error}: ${body}` }),
    );
    response.writeHead(status, { "content-type": type, ...headers }).end(content);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  // A second of its own: what is made in the same second as the instance lies within its time.
  const validFor = { start: new Date(readClock().getTime() - 1_000).toISOString() };
  const rootOf = (baseUrl: string, key: KeyObject) => {
    const rawBytes = key.export({ format: "der", type: "spki" });
    return {
      baseUrl,
      hashAlgorithm: "SHA2_256",
      publicKey: { rawBytes: rawBytes.toString("base64"), keyDetails: "PKIX_ECDSA_P256_SHA_256", validFor },
      logId: { keyId: createHash("sha256").update(rawBytes).digest("base64") },
    };
  };
  const certificates = (...ders: Uint8Array[]) => ({
    certificates: ders.map((der) => ({ rawBytes: Buffer.from(der).toString("base64") })),
  });
  const trustedRoot = {
    mediaType: "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
    tlogs: [rootOf(url, logKeys.publicKey)],
    certificateAuthorities: [
      {
        subject: { commonName: "sigstore", organization: "sigstore.mock" },
        uri: url,
        certChain: certificates(bytesOf(authority.rootCertificate)),
        validFor,
      },
    ],
    ctlogs: [rootOf(url, authorityKeys.publicKey)],
    timestampAuthorities: [
      {
        subject: { commonName: "tsa signing", organization: "sigstore.mock" },
        uri: `${url}/timestamp`,
        certChain: certificates(bytesOf(stamps.intCertificate), bytesOf(stamps.rootCertificate)),
        validFor,
      },
    ],
  };

  return {
    url,
    tsa: `${url}/timestamp`,
    trustedRoot,
    asked,
    answers,
    token(claims = {}) {
      const seconds = Math.floor(readClock().getTime() / 1_000);
      const all = {
        ...{ iss: url, sub: "repo:shop/api:ref:refs/tags/v2.0.1", san: SUBJECT, aud: "sigstore" },
        ...{ iat: seconds, nbf: seconds - 5, exp: seconds + 600, ...claims },
      };
      return signToken({ alg: "RS256", typ: "JWT", kid: "1" }, all, issuerKeys.privateKey);
    },
    cosignEnvironment(folder) {
      mkdirSync(folder, { recursive: true });
      const write = (name: string, label: string, der: Uint8Array) => {
        const file = join(folder, name);
        const lines = Buffer.from(der).toString("base64").replace(/.{64}/g, "$&\n");
        writeFileSync(file, `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`);
        return file;
      };
      const spki = (key: KeyObject) => key.export({ format: "der", type: "spki" });
      return {
        SIGSTORE_ROOT_FILE: write("fulcio.pem", "CERTIFICATE", bytesOf(authority.rootCertificate)),
        SIGSTORE_REKOR_PUBLIC_KEY: write("rekor.pub", "PUBLIC KEY", spki(logKeys.publicKey)),
        SIGSTORE_CT_LOG_PUBLIC_KEY_FILE: write("ctlog.pub", "PUBLIC KEY", spki(authorityKeys.publicKey)),
      };
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function signToken(header: object, claims: object, key: KeyObject): string {
  const text = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
  return `${text}.${sign("sha256", Buffer.from(text), key).toString("base64url")}`;
}

interface Proposed {
  readonly kind: string;
  readonly apiVersion: string;
  readonly spec: { readonly proposedContent?: { readonly envelope: string; readonly verifiers: readonly string[] } };
}

/** The mock enters what was proposed; Rekor enters of an envelope its hashes and signatures. */
function entered(proposed: Proposed): object {
  const { proposedContent } = proposed.spec;
  if (proposed.kind !== "dsse" || proposedContent === undefined) return proposed;
  const envelope = JSON.parse(proposedContent.envelope) as { payload: string; signatures: { sig: string }[] };
  const hash = (bytes: Buffer) => ({ algorithm: "sha256", value: createHash("sha256").update(bytes).digest("hex") });
  return {
    apiVersion: proposed.apiVersion,
    kind: proposed.kind,
    spec: {
      envelopeHash: hash(Buffer.from(proposedContent.envelope)),
      payloadHash: hash(Buffer.from(envelope.payload, "base64")),
      signatures: envelope.signatures.map(({ sig }) => ({ signature: sig, verifier: proposedContent.verifiers[0] })),
    },
  };
}

/** The only entry of a log of Rekor's second API (rekor-tiles, CLIENTS.md). */
function tileEntry(body: Buffer, key: KeyObject): object {
  const { hashedRekordRequestV002: asked } = JSON.parse(body.toString()) as {
    hashedRekordRequestV002: { digest: string; signature: unknown };
  };
  const hashedRekordV002 = { data: { algorithm: "SHA2_256", digest: asked.digest }, signature: asked.signature };
  const canonical = Buffer.from(
    json.canonicalize({ apiVersion: "0.0.2", kind: "hashedrekord", spec: { hashedRekordV002 } }),
  );
  const rootHash = createHash("sha256")
    .update(Buffer.from([0]))
    .update(canonical)
    .digest();
  const spki = createPublicKey(key).export({ format: "der", type: "spki" });
  const keyId = createHash("sha256").update(spki).digest();
  const note = `127.0.0.1\n1\n${rootHash.toString("base64")}\n`;
  const hinted = Buffer.concat([keyId.subarray(0, 4), sign("sha256", Buffer.from(note), key)]);
  return {
    logIndex: "0",
    logId: { keyId: keyId.toString("base64") },
    kindVersion: { kind: "hashedrekord", version: "0.0.2" },
    integratedTime: "0",
    inclusionProof: {
      logIndex: "0",
      rootHash: rootHash.toString("base64"),
      treeSize: "1",
      hashes: [],
      checkpoint: { envelope: `${note}\n\u2014 127.0.0.1 ${hinted.toString("base64")}\n` },
    },
    canonicalizedBody: canonical.toString("base64"),
  };
}

function answerOf({ statusCode, response, contentType = "text/plain" }: HandlerAnswer): Answer {
  const body = typeof response === "string" ? response : bytesOf(response);
  return { status: statusCode, body, type: contentType };
}

interface HandlerAnswer {
  readonly statusCode: number;
  readonly response: string | ArrayBufferView<ArrayBuffer>;
  readonly contentType?: string;
}

function jsonAnswer(document: object): Answer {
  return { status: 200, type: "application/json", body: JSON.stringify(document) };
}

function bytesOf({ buffer: whole, byteOffset, byteLength }: ArrayBufferView): Buffer {
  return Buffer.from(whole, byteOffset, byteLength);
}
