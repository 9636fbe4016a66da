import assert from "node:assert/strict";
import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { Problem } from "../../../core/problem.ts";
import { rsaKeyPair } from "../../../core/rsa-keys.fixture.ts";
import type { ServiceRequest, Services } from "./service.ts";
import { challengeOf, claimOf, readToken, requireUsable } from "./token.ts";
import { verifyToken } from "./token-issuer.ts";
import { findToken, TOKEN_VARIABLE } from "./token-source.ts";

const ISSUER = "https://issuer.example";
const now = new Date("2026-11-27T12:00:00Z");
const seconds = now.getTime() / 1_000;
const claims = { iss: ISSUER, sub: "job", aud: "sigstore", exp: seconds + 60, nbf: seconds - 60 };
const rsa = rsaKeyPair(2048);
const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });

function tokenOf(header: object, body: object = claims, key: KeyObject = rsa.privateKey): string {
  const text = [header, body].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
  const signature =
    key.asymmetricKeyType === "ec"
      ? sign("sha256", Buffer.from(text), { key, dsaEncoding: "ieee-p1363" })
      : sign("sha256", Buffer.from(text), key);
  return `${text}.${signature.toString("base64url")}`;
}

/** Answers by URL; what is not there is refused. */
function servicesOf(documents: Readonly<Record<string, unknown>>, asked: ServiceRequest[] = []): Services {
  return {
    ask: async (request) => {
      asked.push(request);
      const document = documents[request.url.href];
      if (document === undefined) throw new Error(`nobody is at ${request.url.href}`);
      return { status: 200, headers: {}, bytes: Buffer.from(JSON.stringify(document)) };
    },
    close: () => undefined,
  };
}

const published = {
  [`${ISSUER}/.well-known/openid-configuration`]: { issuer: ISSUER, jwks_uri: `${ISSUER}/keys` },
  [`${ISSUER}/keys`]: {
    keys: [
      { ...rsa.publicKey.export({ format: "jwk" }), kid: "rsa", use: "sig", alg: "RS256" },
      { ...ec.publicKey.export({ format: "jwk" }), kid: "ec", use: "sig" },
      { kty: "RSA", kid: "broken", n: "!", e: "!" },
    ],
  },
};

async function refusal(work: () => unknown): Promise<string> {
  try {
    await work();
  } catch (error) {
    assert.ok(error instanceof Problem, String(error));
    return `${error.code}: ${error.message}`;
  }
  throw new Error("it was accepted");
}

describe("readToken", () => {
  it("reads claims, and refuses what two readers would read otherwise", async () => {
    const token = readToken(
      `${tokenOf({ alg: "RS256" }, { ...claims, run_id: 7, aud: ["a", "sigstore"] })}\n`,
      "a file",
    );
    assert.equal(token.subject, "job");
    assert.deepEqual(token.audiences, ["a", "sigstore"]);
    assert.equal(claimOf(token, "run_id"), "7");
    assert.equal(claimOf(token, "constructor"), undefined);
    const part = (text: string) => Buffer.from(text).toString("base64url");
    const head = part("{}");
    for (const [text, said] of [
      ["a.b", /not an identity token/],
      [`${head}.e30=.AA`, /not an identity token/],
      [`${head}.${part('{"sub":"a","sub":"b"}')}.AA`, /without repeated keys/],
      [`${head}.${part("[]")}.AA`, /not a JSON object/],
      [`${head}.${part('{"sub":"a"}')}.AA`, /no issuer/],
      [`${head}.${part('{"iss":"a"}')}.AA`, /no subject/],
      [`${head}.${part('{"iss":"a","sub":"b","exp":"1"}')}.AA`, /no expiry/],
      ["x".repeat(70_000), /longer than 65536/],
    ] as const) {
      assert.match(await refusal(() => readToken(text, "a file")), said);
    }
  });

  it("is used in its time and for its audience alone", async () => {
    const of = (change: object) => () =>
      requireUsable(readToken(tokenOf({}, { ...claims, ...change }), "x"), "sigstore", now);
    of({})();
    assert.match(await refusal(of({ exp: seconds })), /expired at 2026-11-27T12:00:00/);
    assert.match(await refusal(of({ nbf: seconds + 600 })), /not valid before/);
    assert.match(await refusal(of({ aud: "Sigstore" })), /its audience is Sigstore, not sigstore/);
    assert.match(await refusal(of({ aud: undefined })), /its audience is absent/);
  });

  it("has Fulcio's challenge: the address where its issuer verified one, else the subject", async () => {
    const of = (change: object) => readToken(tokenOf({}, { ...claims, ...change }), "x");
    assert.equal(challengeOf(of({})), "job");
    assert.equal(challengeOf(of({ email: "who@example.com", email_verified: true })), "who@example.com");
    assert.match(await refusal(() => challengeOf(of({ email: "who@example.com" }))), /is not verified by its issuer/);
  });
});

describe("verifyToken", () => {
  const check = { issuers: [ISSUER], audience: "sigstore", now, services: servicesOf(published) };
  const verify = (text: string, change: Partial<typeof check> = {}) =>
    verifyToken(readToken(text, "x"), { ...check, ...change });

  it("accepts what a published key of the issuer signed", async () => {
    assert.equal((await verify(tokenOf({ alg: "RS256", kid: "rsa" }))).subject, "job");
    assert.equal((await verify(tokenOf({ alg: "RS256" }))).subject, "job");
    assert.equal((await verify(tokenOf({ alg: "ES256", kid: "ec" }, claims, ec.privateKey))).subject, "job");
  });

  it("refuses other keys, algorithms and issuers", async () => {
    const other = rsaKeyPair(2048).privateKey;
    const notSigned = /not signed by a key that https:\/\/issuer\.example publishes/;
    assert.match(await refusal(() => verify(tokenOf({ alg: "RS256", kid: "rsa" }, claims, other))), notSigned);
    assert.match(await refusal(() => verify(tokenOf({ alg: "RS256", kid: "ec" }))), notSigned);
    assert.match(await refusal(() => verify(tokenOf({ alg: "RS384", kid: "rsa" }))), notSigned);
    assert.match(await refusal(() => verify(tokenOf({ alg: "ES256", kid: "ec" }))), notSigned);
    for (const alg of ["none", "HS256", "constructor", 1, undefined]) {
      assert.match(await refusal(() => verify(tokenOf({ alg, kid: "rsa" }))), /not signed by an algorithm/);
    }
    assert.match(await refusal(() => verify(tokenOf({ alg: "RS256", crit: ["b64"] }))), /critical extensions/);
    for (const iss of [`${ISSUER}/`, `${ISSUER}.evil.example`, "https://ISSUER.example", `${ISSUER}\n`]) {
      assert.match(await refusal(() => verify(tokenOf({ alg: "RS256" }, { ...claims, iss }))), /is not trusted$/);
    }
  });

  it("asks nobody but a trusted issuer, by TLS, and believes no other's configuration", async () => {
    const asked: ServiceRequest[] = [];
    await refusal(() => verify(tokenOf({ alg: "RS256" }), { issuers: [], services: servicesOf(published, asked) }));
    assert.deepEqual(asked, []);
    const configured = (configuration: object) => ({
      services: servicesOf({ ...published, [`${ISSUER}/.well-known/openid-configuration`]: configuration }),
    });
    const text = tokenOf({ alg: "RS256" });
    assert.match(
      await refusal(() => verify(text, configured({ issuer: "https://other.example" }))),
      /another issuer's/,
    );
    assert.match(await refusal(() => verify(text, configured({ issuer: ISSUER }))), /names no keys/);
    const plain = { issuer: ISSUER, jwks_uri: "http://issuer.example/keys" };
    assert.match(await refusal(() => verify(text, configured(plain))), /plain HTTP is only used on loopback/);
  });
});

describe("findToken", () => {
  const search = { audience: "sigstore", services: servicesOf({}), projectedFile: "/nowhere" };

  it("takes what is named, else what the environment has, else nothing", async () => {
    const folder = mkdtempSync(join(tmpdir(), "bulkhead-token-"));
    try {
      const file = join(folder, "token");
      writeFileSync(file, `${tokenOf({}, { ...claims, sub: "file" })}\n`);
      const environment = { [TOKEN_VARIABLE]: tokenOf({}, { ...claims, sub: "variable" }), OTHER: tokenOf({}) };
      const subject = async (more: object) => (await findToken({ ...search, environment, ...more }))?.subject;
      assert.equal(await subject({}), "variable");
      assert.equal(await subject({ named: "env://OTHER" }), "job");
      assert.equal(await subject({ named: file }), "file");
      assert.equal(await subject({ named: "kubernetes", projectedFile: file }), "file");
      assert.equal(await subject({ environment: {}, projectedFile: file }), "file");
      assert.equal(await subject({ environment: {} }), undefined);
      assert.match(await refusal(() => subject({ named: "env://MISSING" })), /the variable is not set/);
      assert.match(await refusal(() => subject({ named: join(folder, "none") })), /no such file/);
      const literal = await refusal(() => subject({ named: tokenOf({ alg: "RS256" }) }));
      assert.match(literal, /other users of this machine can read arguments/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("asks GitHub Actions for the audience, with the runner's token, over TLS alone", async () => {
    const url = "https://actions.example/token?api-version=2.0";
    const asked: ServiceRequest[] = [];
    const services = servicesOf({ [`${url}&audience=sigstore`]: { value: tokenOf({}) } }, asked);
    const environment = { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: "runner" };
    assert.equal((await findToken({ ...search, environment, services }))?.subject, "job");
    assert.equal(asked[0]?.headers?.authorization, "Bearer runner");
    const plain = { ...environment, ACTIONS_ID_TOKEN_REQUEST_URL: "http://actions.example/token" };
    assert.match(await refusal(() => findToken({ ...search, environment: plain, services })), /plain HTTP/);
    const broken = { ...environment, ACTIONS_ID_TOKEN_REQUEST_TOKEN: "a\nb" };
    assert.match(await refusal(() => findToken({ ...search, environment: broken, services })), /is invalid/);
    assert.equal(asked.length, 1);
  });
});
