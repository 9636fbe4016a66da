/** What Bulkhead signs by keys, the real cosign verifies, and the other way around: every form that both can make. */
import assert from "node:assert/strict";
import { generateKeyPairSync, X509Certificate } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { rsaKeyPair } from "../../../src/core/rsa-keys.fixture.ts";
import type { SignatureForm } from "../../../src/engines/trust/model.ts";
import { createAuthority } from "../certificates.ts";
import { withoutCosign } from "../cosign.ts";
import { openWorkshop, type Workshop } from "./signing.fixture.ts";

const IGNORE_LOG = "--insecure-ignore-tlog";
const TYPE = "https://example.com/predicate/v1";

describe("signing by keys, with cosign", { skip: withoutCosign }, () => {
  let shop: Workshop;
  before(async () => {
    shop = await openWorkshop();
    await shop.cosign.keyPair("cosign");
    const { code, stderr } = await shop.run(["generate-key", "own"]);
    assert.equal(code, 0, stderr);
  });
  after(async () => await shop.close());
  const text = (name: string) => readFileSync(join(shop.folder, name), "utf8");
  const outcomes = async (repository: string, digest: string, key: string) =>
    (await shop.verified(repository, digest, shop.key(text(key))))
      .map(({ form, outcome }) => `${form} ${outcome}`)
      .sort();

  it("generate-key writes an encrypted pair that cosign signs with, and overwrites nothing", async () => {
    assert.equal(statSync(join(shop.folder, "own.key")).mode & 0o777, 0o600);
    assert.match(text("own.key"), /^-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----/);
    const again = await shop.run(["generate-key", "own"]);
    assert.equal(again.code, 2);
    assert.match(again.stderr, /files\.exists: own\.key/);
    const without = await shop.run(["generate-key", "other"], { COSIGN_PASSWORD: "" });
    assert.equal(without.code, 2);
    assert.match(without.stderr, /signing\.password/);
    const digest = await shop.registry.image("shop/pair", "pair");
    await shop.cosign.sign(`${shop.registry.host}/shop/pair@${digest}`, "own.key");
    assert.deepEqual(await outcomes("shop/pair", digest, "own.pub"), ["cosign-sig verified"]);
    assert.deepEqual(await outcomes("shop/pair", digest, "cosign.pub"), ["cosign-sig refused"]);
  });

  it("cosign verifies what is signed in each of its forms, with annotations, and nothing by another key", async () => {
    const digest = await shop.registry.image("shop/signed", "signed");
    const image = `${shop.registry.host}/shop/signed@${digest}`;
    const forms = ["cosign-sig", "cosign-referrer", "bundle-signature"].flatMap((form) => ["--form", form]);
    const { code, stdout, stderr } = await shop.run([
      ...["sign", image, "--key", "cosign.key", ...forms, "--annotation", "team=store"],
    ]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, new RegExp(`^signed ${image}\n`));
    assert.match(stdout, /written {2}sha256-[0-9a-f]{64}\.sig \(cosign-sig\)/);
    const by = (key: string, ...more: string[]) => ["verify", "--key", key, IGNORE_LOG, ...more, image];
    assert.ok(await shop.holds(by("cosign.pub", "-a", "team=store")));
    assert.ok(!(await shop.holds(by("cosign.pub", "-a", "team=other"))));
    assert.ok(!(await shop.holds(by("own.pub"))));
    const referrers = { COSIGN_EXPERIMENTAL: "1" };
    assert.ok(await shop.holds(by("cosign.pub", "--experimental-oci11"), referrers));
    assert.ok(!(await shop.holds(by("own.pub", "--experimental-oci11"), referrers)));
    const verified = await shop.verified("shop/signed", digest, shop.key(text("cosign.pub")));
    assert.deepEqual(verified.map(({ form, outcome }) => `${form} ${outcome}`).sort(), [
      "bundle-signature verified",
      "cosign-referrer verified",
      "cosign-sig verified",
    ]);
    for (const each of verified) {
      assert.ok(each.outcome === "verified" && (each.content.kind === "image" || each.form === "bundle-signature"));
      if (each.content.kind === "image") assert.deepEqual(each.content.annotations, { team: "store" });
    }
  });

  it("cosign verifies what is attested in both forms", async () => {
    const digest = await shop.registry.image("shop/attested", "attested");
    const image = `${shop.registry.host}/shop/attested@${digest}`;
    const predicate = shop.file("predicate.json", JSON.stringify({ approved: true }));
    const forms = ["--form", "cosign-att", "--form", "bundle-attestation"];
    const { code, stderr } = await shop.run([
      ...["attest", image, "--type", TYPE, "--predicate", predicate, "--key", "own.key", ...forms],
    ]);
    assert.equal(code, 0, stderr);
    const by = (key: string, type: string, ...more: string[]) => [
      ...["verify-attestation", "--key", key, IGNORE_LOG, "--type", type, ...more, image],
    ];
    const root = join(shop.folder, "empty-root.json");
    await shop.cosign.run(["trusted-root", "create", "--out", root]);
    const bundle = ["--new-bundle-format", "--trusted-root", root];
    for (const more of [[], bundle]) {
      assert.ok(await shop.holds(by("own.pub", TYPE, ...more)), more.join(" "));
      assert.ok(!(await shop.holds(by("cosign.pub", TYPE, ...more))));
    }
    assert.ok(!(await shop.holds(by("own.pub", "https://example.com/other"))));
    const verified = await shop.verified("shop/attested", digest, shop.key(text("own.pub")));
    assert.equal(verified.length, 2);
    for (const each of verified) {
      assert.ok(each.outcome === "verified" && each.content.kind === "statement", JSON.stringify(each));
      assert.equal(each.content.predicateType, TYPE);
      assert.deepEqual(each.content.predicate, { approved: true });
    }
  });

  it("what cosign signs and attests in each of its forms is verified, under its key alone", async () => {
    const digest = await shop.registry.image("shop/cosigned", "cosigned");
    const image = `${shop.registry.host}/shop/cosigned@${digest}`;
    const predicate = shop.file("predicate.json", JSON.stringify({ approved: true }));
    await shop.cosign.sign(image, "cosign.key");
    const offline = ["--tlog-upload=false", "--allow-http-registry", "--yes", "--key", "cosign.key"];
    await shop.cosign.run(["sign", ...offline, "--registry-referrers-mode=oci-1-1", image], {
      COSIGN_EXPERIMENTAL: "1",
    });
    await shop.cosign.attest(image, "cosign.key", { type: TYPE, predicate });
    await shop.cosign.attest(image, "cosign.key", { type: TYPE, predicate, bundle: true });
    const forms = ["bundle-attestation", "cosign-att", "cosign-referrer", "cosign-sig"];
    // cosign puts what the tag has into the referrer as well.
    const all = [...new Set(await outcomes("shop/cosigned", digest, "cosign.pub"))];
    assert.deepEqual(
      all,
      forms.map((form) => `${form} verified`),
    );
    const others = [...new Set(await outcomes("shop/cosigned", digest, "own.pub"))];
    assert.deepEqual(
      others,
      forms.map((form) => `${form} refused`),
    );
  });

  it("signatures of both stand beside one another under one tag", async () => {
    const digest = await shop.registry.image("shop/both", "both");
    const image = `${shop.registry.host}/shop/both@${digest}`;
    await shop.cosign.sign(image, "cosign.key");
    assert.equal((await shop.run(["sign", image, "--key", "own.key"])).code, 0);
    await shop.cosign.sign(image, "own.key");
    assert.ok(await shop.holds(["verify", "--key", "cosign.pub", IGNORE_LOG, image]));
    assert.ok(await shop.holds(["verify", "--key", "own.pub", IGNORE_LOG, image]));
    const of = async (key: string) =>
      (await shop.verified("shop/both", digest, shop.key(text(key)))).filter(({ outcome }) => outcome === "verified");
    assert.equal((await of("cosign.pub")).length, 1);
    assert.ok((await of("own.pub")).length >= 1);
  });

  it("an index is signed alone, and with its images by --recursive", async () => {
    const { index, images } = await shop.registry.index("shop/multi", "multi");
    const place = `${shop.registry.host}/shop/multi`;
    const holds = (digest: string) => shop.holds(["verify", "--key", "own.pub", IGNORE_LOG, `${place}@${digest}`]);
    assert.equal((await shop.run(["sign", `${place}:1`, "--key", "own.key"])).code, 0);
    assert.deepEqual(await Promise.all([index, ...images].map(holds)), [true, false, false]);
    const { stdout } = await shop.run(["sign", `${place}:1`, "--key", "own.key", "--recursive", "--format", "json"]);
    const { signed } = JSON.parse(stdout) as { signed: { digest: string; platform?: string }[] };
    assert.deepEqual(
      signed.map(({ digest }) => digest),
      [index, ...images],
    );
    assert.deepEqual(
      signed.map(({ platform }) => platform),
      [undefined, "linux/amd64", "linux/arm64"],
    );
    assert.deepEqual(await Promise.all([index, ...images].map(holds)), [true, true, true]);
  });

  it("--dry-run shows what would be signed, and writes nothing", async () => {
    const digest = await shop.registry.image("shop/dry", "dry");
    const image = `${shop.registry.host}/shop/dry:1`;
    const asked = shop.sigstore.asked.length;
    const { url, tsa } = shop.sigstore;
    const { code, stdout } = await shop.run([
      ...["sign", image, "--key", "own.key", "--rekor", url, "--tsa", tsa, "--dry-run", "--format", "json"],
    ]);
    assert.equal(code, 0);
    const { signed, dryRun } = JSON.parse(stdout) as {
      dryRun: boolean;
      signed: { content: object; written?: object }[];
    };
    assert.ok(dryRun && signed.length === 1 && signed[0]?.written === undefined);
    assert.match(JSON.stringify(signed[0]?.content), new RegExp(`"docker-manifest-digest":"${digest}"`));
    assert.equal(shop.sigstore.asked.length, asked);
    assert.deepEqual(await shop.verified("shop/dry", digest), []);
  });

  it("keys of other algorithms and files sign what cosign verifies", async () => {
    const pem = { format: "pem", type: "pkcs8" } as const;
    const kinds = [
      ["p256", generateKeyPairSync("ec", { namedCurve: "P-256" })],
      ["p384", generateKeyPairSync("ec", { namedCurve: "P-384" })],
      ["rsa", rsaKeyPair(3072)],
      ["ed25519", generateKeyPairSync("ed25519")],
    ] as const;
    for (const [name, { privateKey, publicKey }] of kinds) {
      const digest = await shop.registry.image(`shop/${name}`, name);
      const image = `${shop.registry.host}/shop/${name}@${digest}`;
      const pub = shop.file(`${name}.pub`, publicKey.export({ format: "pem", type: "spki" }).toString());
      const signed = await shop.run(["sign", image, "--key", "env://SIGNING"], {
        SIGNING: privateKey.export(pem).toString(),
      });
      assert.equal(signed.code, 0, `${name}: ${signed.stderr}`);
      assert.ok(await shop.holds(["verify", "--key", pub, IGNORE_LOG, image]), name);
      assert.deepEqual(await outcomes(`shop/${name}`, digest, `${name}.pub`), ["cosign-sig verified"]);
    }
  });

  it("an entry of the log makes cosign verify without being told to ignore it", async () => {
    const digest = await shop.registry.image("shop/logged", "logged");
    const image = `${shop.registry.host}/shop/logged@${digest}`;
    const predicate = shop.file("predicate.json", JSON.stringify({ approved: true }));
    const by = ["--key", "own.key", "--rekor", shop.sigstore.url];
    assert.equal((await shop.run(["sign", image, ...by])).code, 0);
    assert.ok(await shop.holds(["verify", "--key", "own.pub", image]));
    const attest = ["attest", image, "--type", TYPE, "--predicate", predicate, ...by];
    assert.equal((await shop.run(attest)).code, 0);
    assert.ok(await shop.holds(["verify-attestation", "--key", "own.pub", "--type", TYPE, image]));
    // cosign would refuse it for its hash, which the log takes over another form of the envelope.
    const intoto = await shop.run([...attest, "--rekor-entry", "intoto"]);
    assert.equal(intoto.code, 2);
    assert.match(intoto.stderr, /signing\.form: cosign-att: .*--form bundle-attestation/);
    const root = shop.file("root.json", JSON.stringify(shop.sigstore.trustedRoot));
    const bundle = ["--form", "bundle-attestation"];
    for (const entry of ["dsse", "intoto"]) {
      const type = `https://example.com/${entry}`;
      const more = ["--type", type, "--rekor-entry", entry, ...bundle];
      const { code, stderr } = await shop.run(["attest", image, "--predicate", predicate, ...by, ...more]);
      assert.equal(code, 0, stderr);
      const words = ["--new-bundle-format", "--trusted-root", root, "--key", "own.pub", "--type", type, image];
      assert.ok(await shop.holds(["verify-attestation", ...words]), entry);
    }
    const material = { ...shop.root(), ...shop.key(text("own.pub")) };
    const verified = await shop.verified("shop/logged", digest, material);
    const expected: SignatureForm[] = ["bundle-attestation", "bundle-attestation", "cosign-att", "cosign-sig"];
    assert.deepEqual(verified.map(({ form }) => form).sort(), expected);
    for (const each of verified) {
      assert.equal(each.outcome, "verified", JSON.stringify(each));
      assert.ok(each.outcome === "verified" && each.times.some(({ by }) => by === "log"), JSON.stringify(each.steps));
    }
  });

  it("a certificate of an own authority says who signed, to cosign and to Bulkhead", async () => {
    const authority = createAuthority("shop CA");
    const issuer = "https://login.shop.example";
    const identities = [{ kind: "email", text: "release@shop.example" }] as const;
    // cosign 2 reads the issuer of the older extension.
    const made = authority.issue({ identities, issuer, oldIssuer: issuer });
    const key = shop.file("ca-key.pem", made.key.export({ format: "pem", type: "pkcs8" }).toString());
    const leaf = shop.file("leaf.pem", made.certificate);
    const ca = shop.file("ca.pem", authority.certificate);
    const digest = await shop.registry.image("shop/certified", "certified");
    const image = `${shop.registry.host}/shop/certified@${digest}`;
    const by = ["--key", key, "--certificate", leaf, "--certificate-chain", ca];
    const forms = ["cosign-sig", "cosign-referrer", "bundle-signature"].flatMap((form) => ["--form", form]);
    const { code, stdout, stderr } = await shop.run(["sign", image, ...by, ...forms]);
    assert.equal(code, 0, stderr);
    assert.ok(stdout.includes(`as       release@shop.example (issuer ${issuer})`), stdout);
    const trusted = ["--ca-roots", ca, "--insecure-ignore-sct", IGNORE_LOG, "--certificate-oidc-issuer", issuer];
    assert.ok(await shop.holds(["verify", ...trusted, "--certificate-identity", "release@shop.example", image]));
    assert.ok(!(await shop.holds(["verify", ...trusted, "--certificate-identity", "other@shop.example", image])));
    const certificates = [new X509Certificate(authority.certificate).raw];
    const authorities = [{ name: "shop", purpose: "signing", certificates }] as const;
    const verified = await shop.verified("shop/certified", digest, { authorities });
    assert.equal(verified.length, 3);
    for (const each of verified) {
      assert.ok(each.outcome === "verified", JSON.stringify(each));
      const [signer] = each.signers;
      assert.ok(signer.kind === "identity" && signer.identity === "release@shop.example" && signer.issuer === issuer);
    }
    const wrongKey = await shop.run(["sign", image, "--key", "own.key", "--certificate", leaf]);
    assert.equal(wrongKey.code, 2);
    assert.match(wrongKey.stderr, /signing\.certificate: .*leaf\.pem: the certificate is for another key/);
    const other = shop.file("other-ca.pem", createAuthority("shop CA").certificate);
    const wrongChain = await shop.run(["sign", image, ...by.slice(0, 4), "--certificate-chain", other]);
    assert.match(wrongChain.stderr, /certificate 1 is not signed by the next one of the chain/);
    const alone = await shop.run(["sign", image, "--certificate", leaf]);
    assert.match(alone.stderr, /a certificate needs its key/);
  });

  it("what cannot be kept or logged is refused before anything is written", async () => {
    const digest = await shop.registry.image("shop/refused", "refused");
    const image = `${shop.registry.host}/shop/refused@${digest}`;
    const { privateKey } = generateKeyPairSync("ed25519");
    const ed25519 = shop.file("ed25519.pem", privateKey.export({ format: "pem", type: "pkcs8" }).toString());
    const log = ["--rekor", shop.sigstore.url];
    const forms = ["--form", "bundle-signature", "--form", "cosign-sig"];
    for (const [words, said] of [
      [["--key", ed25519, ...log, ...forms], /the log takes no Ed25519 signatures of this form \(use --form bundle/],
      [["--key", ed25519, ...log, "--rekor-version", "2", "--form", "bundle-signature"], /Rekor v2 takes no ed25519/],
      [["--key", "own.key", "--form", "notation-jws"], /unknown form/],
      [["--key", "awskms:///alias/release"], /awskms:\/\/ keys are not supported \(use a file or env:\/\/NAME\)/],
      [["--key", "own.key", "--annotation", "a"], /not NAME=VALUE/],
      [["--key", "own.key", "--annotation", "a=1", "--annotation", "a=2"], /the name is given twice/],
      [["--key", "own.key", "--rekor", "http://rekor.example"], /plain HTTP is only used on loopback/],
    ] as const) {
      const { code, stderr } = await shop.run(["sign", image, ...words]);
      assert.equal(code, 2, stderr);
      assert.match(stderr, said);
    }
    assert.deepEqual(await shop.verified("shop/refused", digest), []);
    const daemon = await shop.run(["sign", "docker-daemon:shop/api:1", "--key", "own.key"]);
    assert.match(
      daemon.stderr,
      /^bulkhead: cli\.usage: docker-daemon:shop\/api:1: not in a registry, .* \(push the image first\)/m,
    );
    const gone = await shop.run(["sign", "127.0.0.1:1/shop/gone:1", image, "--key", "own.key"]);
    assert.equal(gone.code, 3);
    assert.match(gone.stdout, new RegExp(`^signed ${image}`));
    assert.match(gone.stderr, /registry\.unreachable/);
  });
});
