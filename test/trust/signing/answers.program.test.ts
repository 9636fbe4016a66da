/** What services answer is held against what was asked, whoever answers. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { readClock } from "../../../src/core/clock.ts";
import { Problem } from "../../../src/core/problem.ts";
import { requestCertificate } from "../../../src/engines/trust/signing/certificate.ts";
import { signEnvelope } from "../../../src/engines/trust/signing/dsse.ts";
import { ephemeralKey } from "../../../src/engines/trust/signing/key.ts";
import type { Logged } from "../../../src/engines/trust/signing/log-entry.ts";
import { enterInRekor } from "../../../src/engines/trust/signing/rekor.ts";
import { enterInRekorTiles } from "../../../src/engines/trust/signing/rekor-tiles.ts";
import { openServices, type Services } from "../../../src/engines/trust/signing/service.ts";
import { requestTimestamp } from "../../../src/engines/trust/signing/timestamp.ts";
import { readToken } from "../../../src/engines/trust/signing/token.ts";
import { gitHubClaims, type Sigstore, startSigstore } from "./sigstore.ts";

describe("answers of signing services", () => {
  let sigstore: Sigstore;
  let services: Services;
  before(async () => {
    sigstore = await startSigstore();
    services = openServices({ environment: {} });
  });
  after(async () => {
    services.close();
    await sigstore.close();
  });

  const url = (path = "") => new URL(`${sigstore.url}${path}`);
  const refusal = async (work: Promise<unknown>): Promise<string> => {
    try {
      await work;
    } catch (error) {
      assert.ok(error instanceof Problem && error.code === "signing.service-answer", String(error));
      return error.message;
    }
    throw new Error("it was accepted");
  };
  /** What the service itself says of one request, handed out for another. */
  const replayed = async (path: string, type: string, body: Buffer | string, work: () => Promise<unknown>) => {
    const answer = await fetch(url(path), { method: "POST", body: new Uint8Array(Buffer.from(body)) });
    const bytes = Buffer.from(await answer.arrayBuffer());
    sigstore.answers.set(path, () => ({ status: 201, type, body: bytes }));
    try {
      return await refusal(work());
    } finally {
      sigstore.answers.delete(path);
    }
  };
  const signed = (text: string): Logged & { readonly kind: "bytes" } => {
    const key = ephemeralKey();
    const bytes = Buffer.from(text);
    const verifier = { kind: "key", der: key.spki, pem: key.publicPem } as const;
    return { kind: "bytes", bytes, signature: key.sign(bytes), verifier };
  };
  const enveloped = (text: string): Logged => {
    const key = ephemeralKey();
    const envelope = signEnvelope("application/vnd.in-toto+json", Buffer.from(text), key);
    return { kind: "envelope", envelope, verifier: { kind: "key", der: key.spki, pem: key.publicPem } };
  };
  /** The body of the request that is sent for it. */
  const sent = async (path: string, send: () => Promise<unknown>): Promise<Buffer> => {
    let seen: Buffer = Buffer.alloc(0);
    sigstore.answers.set(path, (body) => {
      seen = body;
      return { status: 400, body: "seen" };
    });
    await refusal(send());
    sigstore.answers.delete(path);
    return seen;
  };

  it("a timestamp is over these bytes, and the answer to this request", async () => {
    const bytes = Buffer.from("a signature");
    const stamp = (of: Buffer) => requestTimestamp(url("/timestamp"), of, services);
    const { at, response } = await stamp(bytes);
    assert.ok(Math.abs(at.getTime() - readClock().getTime()) < 3_600_000 && response.length > 0);
    const reply = "application/timestamp-reply";
    const other = await sent("/timestamp", () => stamp(Buffer.from("another")));
    assert.match(await replayed("/timestamp", reply, other, () => stamp(bytes)), /not over this signature/);
    const earlier = await sent("/timestamp", () => stamp(bytes));
    assert.match(await replayed("/timestamp", reply, earlier, () => stamp(bytes)), /answer to another request/);
    for (const body of ["", "not DER", response.subarray(0, 40)]) {
      sigstore.answers.set("/timestamp", () => ({ status: 200, type: reply, body }));
      assert.match(await refusal(stamp(bytes)), /^the timestamp /);
    }
    // PKIStatusInfo of a rejection, without a token.
    sigstore.answers.set("/timestamp", () => ({
      status: 200,
      type: reply,
      body: Buffer.from("30053003020102", "hex"),
    }));
    assert.match(await refusal(stamp(bytes)), /was not granted/);
    sigstore.answers.delete("/timestamp");
  });

  it("an entry is of this signature, in both of Rekor's APIs, and of this envelope", async () => {
    const json = "application/json";
    const [one, two] = [signed("one"), signed("two")];
    const first = (logged: Logged, entry: "dsse" | "intoto" = "dsse") => enterInRekor(url(), logged, entry, services);
    const tiles = (logged: Logged) => enterInRekorTiles(url(), logged, "PKIX_ECDSA_P256_SHA_256", services);
    assert.equal((await first(one)).kind, "hashedrekord");
    assert.equal((await tiles(one)).version, "0.0.2");
    const [v1, v2] = ["/api/v1/log/entries", "/api/v2/log/entries"];
    const other = /the entry is of another (?:signature|envelope)/;
    assert.match(await replayed(v1, json, await sent(v1, () => first(two)), () => first(one)), other);
    assert.match(await replayed(v2, json, await sent(v2, () => tiles(two)), () => tiles(one)), other);
    const [own, foreign] = [enveloped("{}"), enveloped("[]")];
    for (const entry of ["dsse", "intoto"] as const) {
      assert.equal((await first(own, entry)).kind, entry);
      assert.match(
        await replayed(v1, json, await sent(v1, () => first(foreign, entry)), () => first(own, entry)),
        other,
      );
    }
    assert.match(await replayed(v1, json, await sent(v1, () => first(two)), () => first(own)), other);
  });

  it("an entry that exists already is fetched, from the log itself", async () => {
    const logged = signed("twice");
    const enter = () => enterInRekor(url(), logged, "dsse", services);
    const before = sigstore.asked.length;
    const entry = await enter();
    const made = await fetch(url("/api/v1/log/entries"), {
      method: "POST",
      body: new Uint8Array(await sent("/api/v1/log/entries", enter)),
    });
    const place = made.headers.get("location") ?? "";
    const conflict = (location: string) => ({ status: 409, body: "exists", headers: { location } });
    sigstore.answers.set("/api/v1/log/entries", () => conflict(place));
    assert.equal((await enter()).kind, entry.kind);
    assert.ok(sigstore.asked.slice(before).includes(`GET ${place}`));
    for (const location of ["", "https://elsewhere.example/", `${place}/../../keys`]) {
      sigstore.answers.set("/api/v1/log/entries", () => conflict(location));
      assert.match(await refusal(enter()), /does not say where/);
    }
    sigstore.answers.delete("/api/v1/log/entries");
  });

  it("a certificate is for this key, and of now", async () => {
    const token = readToken(sigstore.token(gitHubClaims), "a test");
    const [own, other] = [ephemeralKey(), ephemeralKey()];
    const path = "/api/v2/signingCert";
    const certify = (key = own, now = readClock()) => requestCertificate(url(), token, key, services, now);
    const { identity, claims, isLogged } = await certify();
    assert.equal(identity, "https://github.com/shop/api/.github/workflows/release.yml@refs/tags/v2.0.1");
    assert.equal(claims.sourceRepositoryId, "1234");
    assert.ok(isLogged);
    const foreign = await sent(path, () => certify(other));
    assert.match(await replayed(path, "application/json", foreign, () => certify()), /for another key/);
    assert.match(
      await refusal(certify(own, new Date(readClock().getTime() + 86_400_000))),
      /valid from .* this machine's time is/,
    );
    const issued = await sent(path, () => certify());
    const answer = await (await fetch(url(path), { method: "POST", body: new Uint8Array(issued) })).json();
    const [leaf] = (answer as Embedded).signedCertificateEmbeddedSct.chain.certificates;
    const chained = (...certificates: unknown[]) =>
      JSON.stringify({ signedCertificateEmbeddedSct: { chain: { certificates } } });
    for (const [body, said] of [
      [chained(leaf, leaf), /certificate 1 is not signed by the next one/],
      [chained(), /no chain of certificates/],
      [chained("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"), /a certificate is invalid/],
      [chained(`${leaf}${leaf}`), /no chain of certificates/],
      [chained(...Array.from({ length: 11 }, () => leaf)), /no chain of certificates/],
      [chained(7), /no chain of certificates/],
    ] as const) {
      sigstore.answers.set(path, () => ({ status: 201, type: "application/json", body }));
      assert.match(await refusal(certify()), said);
    }
    sigstore.answers.delete(path);
  });
});

interface Embedded {
  readonly signedCertificateEmbeddedSct: { readonly chain: { readonly certificates: readonly string[] } };
}
