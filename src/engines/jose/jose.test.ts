import assert from "node:assert/strict";
import { createHmac, generateKeyPairSync, sign } from "node:crypto";
import { describe, test } from "node:test";
import fc from "fast-check";
import { rsaKeyPair } from "../../core/rsa-keys.fixture.ts";
import { createHttpClient } from "../../net/client.ts";
import { bounds } from "./bounds.ts";
import { isFor, timeFault } from "./claims.ts";
import { type CompactToken, looksCompact, parseCompact } from "./compact.ts";
import { compact, pair, startIssuer } from "./issuer.fixture.ts";
import { openIssuer } from "./issuer.ts";
import { jwkOf, readKeySet, thumbprint } from "./key-set.ts";
import { signEs256 } from "./signature.ts";
import { signatureFault } from "./verify.ts";

const parsed = (text: string): CompactToken => {
  const token = parseCompact(text);
  assert.ok(token, `${text} is no token`);
  return token;
};
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
const rsa = pair();
const jwk = (more: object = {}) => ({ ...rsa.publicKey.export({ format: "jwk" }), ...more });
const keysOf = (...keys: object[]) => readKeySet(JSON.stringify({ keys }), "test");

test("what is signed verifies by its key, and by no other", () => {
  const token = parsed(compact({ alg: "RS256", kid: "a" } as object, { iss: "x" }, rsa.privateKey));
  assert.equal(signatureFault(token, keysOf(jwk({ kid: "a", alg: "RS256" }))), undefined);
  assert.equal(signatureFault(token, keysOf(jwk())), undefined);
  assert.match(signatureFault(token, keysOf(jwk({ kid: "b" }))) ?? "", /key that its issuer does not name/);
  const other = { ...pair().publicKey.export({ format: "jwk" }), kid: "a" };
  assert.match(signatureFault(token, keysOf(other)) ?? "", /signature that is wrong/);
  const pss = parsed(compact({ alg: "PS256" }, {}, rsa.privateKey));
  assert.equal(signatureFault(pss, keysOf(jwk())), undefined);
  // A key that names its algorithm is for no other.
  assert.match(signatureFault(pss, keysOf(jwk({ alg: "RS256" }))) ?? "", /does not name/);
});

test("each kind of key verifies by its own algorithms", () => {
  for (const [namedCurve, alg, hash] of [
    ["P-256", "ES256", "sha256"],
    ["P-384", "ES384", "sha384"],
    ["P-521", "ES512", "sha512"],
  ] as const) {
    const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve });
    const text = `${part({ alg })}.${part({})}`;
    const mark = sign(hash, Buffer.from(text), { key: privateKey, dsaEncoding: "ieee-p1363" }).toString("base64url");
    const keys = keysOf(publicKey.export({ format: "jwk" }));
    assert.equal(signatureFault(parsed(`${text}.${mark}`), keys), undefined, alg);
    assert.notEqual(signatureFault(parsed(`${text}.${mark}`), keysOf(jwk())), undefined, alg);
  }
  const ed = generateKeyPairSync("ed25519");
  const text = `${part({ alg: "EdDSA" })}.${part({})}`;
  const mark = sign(null, Buffer.from(text), ed.privateKey).toString("base64url");
  assert.equal(signatureFault(parsed(`${text}.${mark}`), keysOf(ed.publicKey.export({ format: "jwk" }))), undefined);
  const own = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const kid = thumbprint(own.publicKey);
  const named = jwkOf(own.privateKey, kid);
  assert.equal("d" in named, false);
  assert.equal(signatureFault(parsed(signEs256({ kid }, { a: 1 }, own.privateKey)), keysOf(named)), undefined);
});

test("none, an HMAC with the public key as its secret, and other tricks verify nothing", () => {
  const keys = keysOf(jwk({ kid: "a" }));
  const pem = rsa.publicKey.export({ type: "spki", format: "pem" });
  const hmac = `${part({ alg: "HS256", kid: "a" })}.${part({ iss: "x" })}`;
  const hs256 = `${hmac}.${createHmac("sha256", pem).update(hmac).digest("base64url")}`;
  const signed = compact({ alg: "RS256", kid: "a" } as object, {}, rsa.privateKey);
  const [, body, mark] = signed.split(".");
  for (const [text, fault] of [
    [`${part({ alg: "none" })}.${part({})}.`, /algorithm that is not accepted/],
    [`${part({ alg: "None", kid: "a" })}.${body}.${mark}`, /algorithm that is not accepted/],
    [`${part({ alg: ["RS256"], kid: "a" })}.${body}.${mark}`, /algorithm that is not accepted/],
    [hs256, /algorithm that is not accepted/],
    [`${part({ kid: "a" })}.${body}.${mark}`, /algorithm that is not accepted/],
    [`${part({ alg: "ES256", kid: "a" })}.${body}.${mark}`, /wrong/],
    [`${part({ alg: "RS256", kid: 1 })}.${body}.${mark}`, /kid/],
    [compact({ alg: "RS256", crit: ["exp"] } as object, {}, rsa.privateKey), /critical/],
    [compact({ alg: "RS256", kid: "a", b64: false } as object, {}, rsa.privateKey), /critical/],
  ] as const) {
    assert.match(signatureFault(parsed(text), keys) ?? "verified", fault, text);
  }
  // A key that the token brings along is nobody's.
  const stranger = pair();
  const brought = compact(
    { alg: "RS256", jwk: stranger.publicKey.export({ format: "jwk" }) } as object,
    {},
    stranger.privateKey,
  );
  assert.match(signatureFault(parsed(brought), keys) ?? "verified", /wrong/);
});

test("of a set only keys that verify signatures are read", () => {
  const small = rsaKeyPair(1_024).publicKey.export({ format: "jwk" });
  const left = [
    small,
    jwk({ use: "enc" }),
    jwk({ alg: "RSA-OAEP" }),
    jwk({ key_ops: ["encrypt"] }),
    { kty: "oct", k: "c2VjcmV0" },
    { kty: "RSA" },
    1,
  ];
  assert.equal(keysOf(...(left as object[]), jwk({ kid: "a" })).length, 1);
  for (const text of [
    "{",
    "[]",
    '{"keys":{}}',
    '{"keys":[]}',
    JSON.stringify({ keys: left }),
    JSON.stringify({ keys: Array.from({ length: bounds.keys + 1 }, () => jwk()) }),
  ]) {
    assert.throws(() => readKeySet(text, "test"), { code: "jose.keys", place: "test" });
  }
});

test("a text has one token at most, and a token has one text", () => {
  const good = `${part({ alg: "RS256" })}.${part({ a: 1 })}.AA`;
  assert.deepEqual(parseCompact(good)?.claims, { a: 1 });
  assert.equal(looksCompact(good), true);
  const invalid = Buffer.from([0x7b, 0xff, 0x7d]).toString("base64url");
  for (const text of [
    "",
    "a.b",
    `${good}.`,
    `${good}=`,
    ` ${good}`,
    good.replace(".AA", ".AB"),
    `${part([])}.${part({})}.`,
    `${part({})}.${invalid}.`,
    `${part({})}.${part({ a: "x".repeat(bounds.tokenCharacters) })}.`,
  ]) {
    assert.equal(parseCompact(text), undefined, text.slice(0, 80));
  }
  fc.assert(
    fc.property(fc.string(), (text) => {
      parseCompact(text);
      parseCompact(`${text}.${text}.${text}`);
    }),
  );
});

test("times count with a minute's leeway, and one without an end is none", () => {
  const now = new Date("2026-11-28T10:00:00Z");
  const at = now.getTime() / 1_000;
  assert.equal(timeFault({ exp: at - 59, nbf: at + 60, iat: at + 60 }, now), undefined);
  assert.match(timeFault({ exp: at - 60 }, now) ?? "", /^expired at 2026-11-28T09:59:00/);
  assert.match(timeFault({ exp: at + 9, nbf: at + 61 }, now) ?? "", /not valid before/);
  assert.match(timeFault({ exp: at + 9, iat: at + 61 }, now) ?? "", /not valid before/);
  for (const exp of [undefined, "9999999999", Number.NaN, Number.POSITIVE_INFINITY, 1e300, null]) {
    assert.match(timeFault({ exp }, now) ?? "", /when it expires/);
  }
  assert.match(timeFault({ exp: at + 9, nbf: "x" }, now) ?? "", /not a time/);
  assert.deepEqual(
    [{ aud: "a" }, { aud: ["b", "a"] }, { aud: "ab" }, { aud: ["b"] }, {}, { aud: { a: 1 } }].map((one) =>
      isFor(one, "a"),
    ),
    [true, true, false, false, false, false],
  );
});

describe("an issuer's keys", () => {
  const now = new Date("2026-11-28T10:00:00Z");
  const after = (seconds: number) => new Date(now.getTime() + seconds * 1_000);
  const opened = async (t: Parameters<typeof startIssuer>[0], more: object = {}) => {
    const issuer = await startIssuer(t);
    const client = createHttpClient({ stallMilliseconds: 2_000 });
    t.after(() => client.close());
    return { issuer, keys: openIssuer({ issuer: issuer.issuer, client, ...more }) };
  };

  test("are asked for once, and again where a token names another or they are old", async (t) => {
    const { issuer, keys } = await opened(t);
    await Promise.all([keys.keys("key-0", now), keys.keys("key-0", now), keys.keys("key-0", now)]);
    assert.equal(issuer.asked.length, 2);
    await keys.keys("key-0", after(500));
    assert.equal(issuer.asked.length, 2);
    issuer.rotate();
    assert.equal((await keys.keys("key-1", after(501))).length, 2);
    assert.equal(issuer.asked.length, 4);
    // Names that strangers make up ask nobody, for a while.
    for (let name = 0; name < 10; name += 1) await keys.keys(`x${name}`, after(502));
    assert.equal(issuer.asked.length, 4);
    await keys.keys("x", after(517));
    assert.equal(issuer.asked.length, 6);
    await keys.keys("key-1", after(517 + 601));
    assert.equal(issuer.asked.length, 8);
  });

  test("count for an hour while it does not answer, and then no more", async (t) => {
    const { issuer, keys } = await opened(t);
    await keys.keys("key-0", now);
    issuer.answer = { status: 503 };
    assert.equal((await keys.keys("key-0", after(3_500))).length, 1);
    await assert.rejects(keys.keys("key-0", after(3_601)), { code: "jose.issuer", kind: "unavailable" });
    issuer.answer = undefined;
    // Not asked again at once.
    await assert.rejects(keys.keys("key-0", after(3_602)), { code: "jose.issuer" });
    assert.equal((await keys.keys("key-0", after(3_620))).length, 1);
  });

  test("are not taken from a document that is another issuer's, or broken", async (t) => {
    const { issuer, keys } = await opened(t);
    let at = 0;
    for (const document of [
      { issuer: `${issuer.issuer}/`, jwks_uri: `${issuer.issuer}/keys` },
      { issuer: "https://token.actions.githubusercontent.com", jwks_uri: `${issuer.issuer}/keys` },
      { issuer: issuer.issuer, jwks_uri: "file:///etc/passwd" },
      { issuer: issuer.issuer },
      "text",
      { issuer: issuer.issuer, jwks_uri: `${issuer.issuer}/keys`, filler: "x".repeat(bounds.documentBytes) },
    ]) {
      issuer.answer = { document };
      at += 20;
      await assert.rejects(
        keys.keys("key-0", after(at)),
        { code: "jose.issuer" },
        JSON.stringify(document).slice(0, 90),
      );
    }
  });

  test("are asked for with a token at the issuer's own origin alone", async (t) => {
    const other = await startIssuer(t);
    const { issuer, keys } = await opened(t, { authorization: () => "Bearer pod" });
    issuer.answer = { document: { issuer: issuer.issuer, jwks_uri: `${other.issuer}/keys` } };
    await keys.keys("key-0", now);
    assert.deepEqual(issuer.asked[0]?.authorization, "Bearer pod");
    assert.deepEqual(other.asked, [{ path: "/keys", authorization: undefined }]);
  });

  test("may stand in a file", async (t) => {
    const { issuer } = await opened(t);
    const text = JSON.stringify(issuer.keySet());
    const { keys } = await opened(t, { keys: { place: "keys.json", read: async () => text } });
    assert.equal((await keys.keys("key-0", now)).length, 1);
    assert.deepEqual(issuer.asked, []);
  });
});
