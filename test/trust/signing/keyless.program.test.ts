/** Signatures by identities: Bulkhead and the real cosign over one Sigstore instance, both ways. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { withoutCosign } from "../cosign.ts";
import { openWorkshop, type Workshop } from "./signing.fixture.ts";
import { gitHubClaims } from "./sigstore.ts";

const IDENTITY = "https://github.com/shop/api/.github/workflows/release.yml@refs/tags/v2.0.1";
const TYPE = "https://example.com/predicate/v1";

describe("signing by identities, with cosign", { skip: withoutCosign }, () => {
  let shop: Workshop;
  let services: string[];
  before(async () => {
    shop = await openWorkshop();
    services = ["--fulcio", shop.sigstore.url, "--rekor", shop.sigstore.url];
  });
  after(async () => await shop.close());
  const token = (claims: Readonly<Record<string, unknown>> = gitHubClaims) => ({
    SIGSTORE_ID_TOKEN: shop.sigstore.token(claims),
  });
  const named = (identity = IDENTITY, issuer = shop.sigstore.url) => [
    ...["--certificate-identity", identity, "--certificate-oidc-issuer", issuer],
  ];
  const image = async (name: string) => {
    const digest = await shop.registry.image(`shop/${name}`, name);
    return { digest, reference: `${shop.registry.host}/shop/${name}@${digest}` };
  };
  const trustedRoot = () => shop.file("root.json", JSON.stringify(shop.sigstore.trustedRoot));

  it("cosign verifies identity and issuer of what is signed, and no others", async () => {
    const { digest, reference } = await image("keyless");
    const forms = ["--form", "cosign-sig", "--form", "cosign-referrer", "--form", "bundle-signature"];
    const { code, stdout, stderr } = await shop.run(["sign", reference, ...services, ...forms], token());
    assert.equal(code, 0, stderr);
    assert.ok(stdout.includes(`as       ${IDENTITY} (issuer ${shop.sigstore.url})`), stdout);
    assert.ok(await shop.holds(["verify", ...named(), reference]));
    assert.ok(!(await shop.holds(["verify", ...named(`${IDENTITY}x`), reference])));
    assert.ok(!(await shop.holds(["verify", ...named(IDENTITY, "https://example.com"), reference])));
    const verified = await shop.verified("shop/keyless", digest, shop.root());
    assert.equal(verified.length, 3);
    for (const each of verified) {
      assert.ok(each.outcome === "verified", JSON.stringify(each));
      const [signer] = each.signers;
      assert.ok(signer.kind === "identity" && signer.identity === IDENTITY && signer.issuer === shop.sigstore.url);
      assert.equal(signer.claims.sourceRepositoryId, "1234");
      assert.ok(
        each.steps.every(({ outcome }) => outcome === "holds"),
        JSON.stringify(each.steps),
      );
    }
  });

  it("cosign verifies what is attested, with timestamps or without, in both forms", async () => {
    const { digest, reference } = await image("claims");
    const predicate = shop.file("predicate.json", JSON.stringify({ approved: true }));
    const forms = ["--form", "cosign-att", "--form", "bundle-attestation"];
    const words = ["attest", reference, "--predicate", predicate, ...services, ...forms];
    for (const [type, more] of [
      [TYPE, []],
      [`${TYPE}#stamped`, ["--tsa", shop.sigstore.tsa]],
    ] as const) {
      const { code, stderr } = await shop.run([...words, "--type", type, ...more], token());
      assert.equal(code, 0, stderr);
      const by = [...named(), "--type", type, reference];
      assert.ok(await shop.holds(["verify-attestation", ...by]), type);
      const bundle = ["--new-bundle-format", "--trusted-root", trustedRoot()];
      assert.ok(await shop.holds(["verify-attestation", ...bundle, ...by]), `${type} as a bundle`);
    }
    const verified = await shop.verified("shop/claims", digest, shop.root());
    assert.equal(verified.length, 4);
    for (const each of verified) assert.equal(each.outcome, "verified", JSON.stringify(each));
    const stamped = verified.filter(
      (each) => each.outcome === "verified" && each.times.some(({ by }) => by === "timestamp-authority"),
    );
    assert.equal(stamped.length, 2);
  });

  it("what cosign signs and attests by an identity is verified", async () => {
    const { digest, reference } = await image("cosigned");
    const predicate = shop.file("predicate.json", JSON.stringify({ approved: true }));
    const { url } = shop.sigstore;
    const trusted = shop.sigstore.cosignEnvironment(shop.folder);
    const common = ["--fulcio-url", url, "--rekor-url", url, "--allow-http-registry", "--yes"];
    const identity = ["--identity-token", shop.sigstore.token(gitHubClaims)];
    await shop.cosign.run(["sign", ...common, ...identity, reference], trusted);
    const attest = ["attest", ...common, ...identity, "--type", TYPE, "--predicate", predicate];
    await shop.cosign.run([...attest, reference], trusted);
    await shop.cosign.run([...attest, "--new-bundle-format", reference], trusted);
    const verified = await shop.verified("shop/cosigned", digest, shop.root());
    const forms = verified.map(({ form, outcome }) => `${form} ${outcome}`).sort();
    assert.deepEqual(forms, ["bundle-attestation verified", "cosign-att verified", "cosign-sig verified"]);
  });

  it("Rekor's second API and a timestamp authority make bundles alone", async () => {
    const { digest, reference } = await image("tiles");
    const second = [...services, "--rekor-version", "2"];
    const refused = await shop.run(["sign", reference, ...second, "--tsa", shop.sigstore.tsa], token());
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /signing\.form: cosign-sig: an entry of Rekor v2/);
    const bundle = ["sign", reference, ...second, "--form", "bundle-signature"];
    const timeless = await shop.run(bundle, token());
    assert.equal(timeless.code, 2);
    assert.match(timeless.stderr, /needs a signed time \(Rekor v2 signs none: use --tsa URL\)/);
    assert.deepEqual(await shop.verified("shop/tiles", digest, shop.root()), []);
    const { code, stderr } = await shop.run([...bundle, "--tsa", shop.sigstore.tsa], token());
    assert.equal(code, 0, stderr);
    const [verified] = await shop.verified("shop/tiles", digest, shop.root());
    assert.ok(verified?.outcome === "verified", JSON.stringify(verified));
    assert.deepEqual(
      verified.times.map(({ by }) => by),
      ["timestamp-authority"],
    );
    assert.ok(verified.steps.some(({ step, outcome }) => step === "log" && outcome === "holds"));
  });

  it("a dry run asks for no certificate and no entry", async () => {
    const { reference } = await image("dry");
    const asked = shop.sigstore.asked.length;
    const { code, stdout, stderr } = await shop.run(["sign", reference, ...services, "--dry-run"], token());
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^not signed \(dry run\): /);
    assert.equal(shop.sigstore.asked.length, asked);
    const expired = await shop.run(["sign", reference, ...services, "--dry-run"], token({ exp: 1_700_000_000 }));
    assert.equal(expired.code, 2);
    assert.match(expired.stderr, /signing\.token: identity token from env:\/\/SIGSTORE_ID_TOKEN: expired at 2023/);
  });

  it("without a token, and with one that is not for signing, nothing is asked", async () => {
    const { reference } = await image("none");
    const asked = shop.sigstore.asked.length;
    const without = await shop.run(["sign", reference, ...services]);
    assert.equal(without.code, 2);
    assert.match(without.stderr, /no identity token found \(use --key FILE/);
    const other = await shop.run(["sign", reference, ...services], token({ aud: "vault" }));
    assert.match(other.stderr, /its audience is vault, not sigstore/);
    const literal = await shop.run(["sign", reference, ...services, "--identity-token", shop.sigstore.token()]);
    assert.match(literal.stderr, /other users of this machine can read arguments/);
    assert.ok(!literal.stderr.includes(shop.sigstore.token().slice(0, 60)));
    assert.equal(shop.sigstore.asked.length, asked);
  });

  it("GitHub Actions is asked for a token with the audience", async () => {
    const { reference } = await image("actions");
    shop.sigstore.answers.set("/actions/token", () => ({
      status: 200,
      type: "application/json",
      body: JSON.stringify({ value: shop.sigstore.token(gitHubClaims) }),
    }));
    const { code, stdout, stderr } = await shop.run(["sign", reference, ...services], {
      ACTIONS_ID_TOKEN_REQUEST_URL: `${shop.sigstore.url}/actions/token?api-version=2`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: "runner",
    });
    assert.equal(code, 0, stderr);
    assert.ok(stdout.includes(IDENTITY));
    assert.ok(shop.sigstore.asked.includes("GET /actions/token"));
    const denied = await shop.run(["sign", reference, ...services], {
      ACTIONS_ID_TOKEN_REQUEST_URL: `${shop.sigstore.url}/actions/token`,
    });
    assert.match(denied.stderr, /the job may not request tokens \(set `permissions: id-token: write`/);
  });

  it("entries and certificates of others are refused, and nothing is written", async () => {
    const { digest, reference } = await image("forged");
    const cases: [path: string, body: () => string, said: RegExp][] = [
      ["/api/v2/signingCert", () => "{}", /certificate from .*: the answer has no chain/],
      ["/api/v1/log/entries", () => JSON.stringify({ a: {}, b: {} }), /log entry from .*: the answer is not one entry/],
      ["/api/v1/log/entries", () => JSON.stringify({ a: foreignEntry }), /the entry is of another signature/],
      ["/api/v1/log/entries", () => "<html>", /log entry from .*: the answer is not JSON/],
    ];
    for (const [path, body, said] of cases) {
      shop.sigstore.answers.set(path, () => ({ status: 201, type: "application/json", body: body() }));
      const { code, stderr } = await shop.run(["sign", reference, ...services], token());
      shop.sigstore.answers.delete(path);
      assert.equal(code, 3, stderr);
      assert.match(stderr, said);
    }
    assert.deepEqual(await shop.verified("shop/forged", digest, shop.root()), []);
  });
});

const foreignEntry = {
  body: Buffer.from(
    JSON.stringify({
      ...{ apiVersion: "0.0.1", kind: "hashedrekord" },
      spec: { data: { hash: { algorithm: "sha256", value: "0".repeat(64) } }, signature: { content: "AAAA" } },
    }),
  ).toString("base64"),
  ...{ integratedTime: 1, logIndex: 1, logID: "0".repeat(64) },
  verification: { signedEntryTimestamp: "AAAA" },
};
