import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { rsaKeyPair } from "../../../core/rsa-keys.fixture.ts";
import { bounds } from "./bounds.ts";
import { carriedRoot } from "./carried/carried.ts";
import { loadTrustMaterial, type MaterialOptions, type TrustSource } from "./material.ts";

const options: MaterialOptions = { rootOf: carriedRoot, environment: {} };

function folder(context: TestContext): string {
  const path = mkdtempSync(join(realpathSync(tmpdir()), "bulkhead-material-"));
  context.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

const pem = (key: KeyObject): string => key.export({ format: "pem", type: "spki" }) as string;

const keyOf = (text: string, more: Partial<MaterialOptions> = {}) =>
  loadTrustMaterial([{ kind: "key", file: "cosign.pub" }], { ...options, readFile: () => Buffer.from(text), ...more });

test("the roots that are carried, each once", async () => {
  const sources: TrustSource[] = [
    { kind: "instance", instance: "public-good" },
    { kind: "instance", instance: "github" },
    { kind: "instance", instance: "public-good" },
  ];
  const { roots } = await loadTrustMaterial(sources, options);
  assert.deepEqual(
    roots.map(({ name, asOf }) => ({ name, asOf })),
    [
      { name: "public-good", asOf: "2026-08-21T19:25:56Z" },
      { name: "github", asOf: "2025-11-13T00:00:00Z" },
    ],
  );
});

test("keys of each type from a file, by the fingerprint of their one encoding", async (context) => {
  const path = folder(context);
  const { publicKey: rsa } = rsaKeyPair(2048);
  const keys: KeyObject[] = [
    rsa,
    generateKeyPairSync("ed25519").publicKey,
    ...["P-256", "P-384", "P-521"].map((namedCurve) => generateKeyPairSync("ec", { namedCurve }).publicKey),
  ];
  for (const key of keys) {
    const file = join(path, "key.pub");
    writeFileSync(file, `explained\n${pem(key)}\n`);
    const {
      keys: [read, ...more],
    } = await loadTrustMaterial([{ kind: "key", file, name: "release" }], options);
    const spki = key.export({ format: "der", type: "spki" });
    assert.equal(more.length, 0);
    assert.equal(read?.name, "release");
    assert.deepEqual(Buffer.from(read.spki), spki);
    assert.equal(read.fingerprint, `sha256:${createHash("sha256").update(spki).digest("hex")}`);
  }
  // The same key in the older form is the same signer.
  const [spki, pkcs1] = await Promise.all([
    keyOf(pem(rsa)),
    keyOf(rsa.export({ format: "pem", type: "pkcs1" }) as string),
  ]);
  assert.equal(spki.keys[0]?.fingerprint, pkcs1.keys[0]?.fingerprint);
});

test("a key from the environment, where it is set", async () => {
  const text = pem(generateKeyPairSync("ed25519").publicKey);
  const load = (file: string) => loadTrustMaterial([{ kind: "key", file }], { ...options, environment: { KEY: text } });
  assert.equal((await load("env://KEY")).keys[0]?.name, "env://KEY");
  await assert.rejects(load("env://OTHER"), { code: "trust.environment", message: "environment variable not set" });
  await assert.rejects(load("env://"), { code: "trust.environment" });
  await assert.rejects(load("env://A B"), { code: "trust.environment" });
});

test("what is no public key is refused for its reason", async () => {
  const ed25519 = generateKeyPairSync("ed25519");
  const text = pem(ed25519.publicKey);
  const body = text.split("\n")[1] ?? "";
  const weak = rsaKeyPair(1024).publicKey;
  const koblitz = generateKeyPairSync("ec", { namedCurve: "secp256k1" }).publicKey;
  const cases: readonly (readonly [string, RegExp])[] = [
    ["", /no public key in PEM form/],
    ["not PEM", /no public key in PEM form/],
    [ed25519.privateKey.export({ format: "pem", type: "pkcs8" }) as string, /a private key/],
    [
      `-----BEGIN ENCRYPTED SIGSTORE ${"PRIVATE KEY"}-----\nAAAA\n-----END ENCRYPTED SIGSTORE ${"PRIVATE KEY"}-----`,
      /a private key/,
    ],
    [text + text, /2 PEM blocks, not one key/],
    ["-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", /a certificate, not a public key/],
    [
      "-----BEGIN PGP PUBLIC KEY BLOCK-----\nAAAA\n-----END PGP PUBLIC KEY BLOCK-----\n",
      /PGP PUBLIC KEY BLOCK, not a public key/,
    ],
    [text.replace(body, body.slice(4)), /invalid public key/],
    [text.replace(body, `${body.slice(0, 8)}!${body.slice(9)}`), /invalid base64/],
    [text.replace(body, `${body}AAAA`), /invalid public key|invalid base64/],
    [text.replace("-----END PUBLIC KEY-----", ""), /without an end/],
    [text.replace("-----END PUBLIC", "-----END CERT"), /without an end/],
    ["-----BEGIN public key-----", /invalid PEM header/],
    ["-----BEGIN ", /invalid PEM header/],
    [pem(weak), /an RSA key of 1024 bits, fewer than 2048/],
    [pem(koblitz), /not supported: secp256k1/],
    [pem(generateKeyPairSync("dsa", { modulusLength: 1024, divisorLength: 160 }).publicKey), /unsupported type: dsa/],
    [pem(generateKeyPairSync("x25519").publicKey), /unsupported type: x25519/],
  ];
  for (const [wrong, message] of cases) {
    await assert.rejects(keyOf(wrong), { kind: "usage", code: "trust.key", place: "cosign.pub", message }, wrong);
  }
});

test("a key by whose exponent every message signs itself is refused", async () => {
  const { n = "" } = rsaKeyPair(2048).publicKey.export({ format: "jwk" });
  const key = createPublicKey({ key: { n, kty: "RSA", e: "AQ" }, format: "jwk" });
  await assert.rejects(keyOf(pem(key)), { code: "trust.key", message: /invalid exponent/ });
});

test("an own authority holds every certificate of its file", async (context) => {
  const path = folder(context);
  const make = (name: string) => {
    const [key, file] = [join(path, `${name}.key`), join(path, `${name}.pem`)];
    const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
    const made = ["req", "-x509", ...curve, "-keyout", key, "-out", file, "-subj", `/CN=${name}`, "-days", "2"];
    execFileSync("openssl", made, { stdio: "ignore" });
    return execFileSync("openssl", ["x509", "-in", file, "-text"], { encoding: "utf8" });
  };
  const [root, other] = [make("root"), make("other")];
  const load = (text: string) =>
    loadTrustMaterial([{ kind: "authority", file: "ca.pem", purpose: "signing" }], {
      ...options,
      readFile: () => Buffer.from(text),
    });
  const { authorities } = await load(root + other);
  assert.deepEqual(
    authorities.map(({ name, purpose, certificates }) => [name, purpose, certificates.length]),
    [["ca.pem", "signing", 2]],
  );
  const body = root.slice(root.indexOf("-----BEGIN"));
  const cases: readonly (readonly [string, RegExp])[] = [
    ["", /no certificate in PEM form/],
    [body.replaceAll("CERTIFICATE", "TRUSTED CERTIFICATE"), /no certificate in PEM form/],
    ["-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", /certificate 1 is invalid/],
    [body.repeat(bounds.authorityCertificates + 1), /201 certificates, more than 200/],
    [`${body}-----BEGIN ${"PRIVATE KEY"}-----\nAAAA\n-----END ${"PRIVATE KEY"}-----\n`, /a private key beside/],
    [behind(body), /certificate 1 (has bytes behind its end|is invalid)/],
  ];
  for (const [text, message] of cases) await assert.rejects(load(text), { code: "trust.authority", message });
});

/** The certificate with a NULL behind it. */
function behind(text: string): string {
  const base64 = text.replace(/-----[^-]+-----|\s/g, "");
  const longer = Buffer.concat([Buffer.from(base64, "base64"), Buffer.from([5, 0])]).toString("base64");
  return `-----BEGIN CERTIFICATE-----\n${longer}\n-----END CERTIFICATE-----\n`;
}

test("a trusted root's file, as it is and broken", async () => {
  const load = (value: unknown) =>
    loadTrustMaterial([{ kind: "trusted-root", file: "root.json" }], {
      ...options,
      readFile: () => Buffer.from(typeof value === "string" ? value : JSON.stringify(value)),
    });
  const { document } = carriedRoot("github");
  assert.deepEqual((await load(document)).roots, [
    { name: "root.json", document: JSON.parse(JSON.stringify(document)) },
  ]);
  const deep = JSON.parse(`${'{"a":'.repeat(100)}1${"}".repeat(100)}`);
  const cases: readonly (readonly [unknown, RegExp])[] = [
    ["", /not JSON/],
    ["[]", /not a JSON object/],
    [{ ...document, mediaType: "application/json" }, /not a Sigstore trusted root/],
    [{ ...document, mediaType: undefined }, /not a Sigstore trusted root/],
    [{ mediaType: (document as { mediaType: string }).mediaType, tlogs: [] }, /names no certificate authority/],
    [{ ...document, tlogs: {} }, /tlogs is not a list/],
    [{ ...document, deep }, /nested deeper than 64 levels/],
    [JSON.stringify(document).replace("{", '{"tlogs":[],'), /the key "tlogs" twice/],
  ];
  for (const [value, message] of cases) {
    await assert.rejects(load(value), { code: "trust.trusted-root", place: "root.json", message });
  }
});

test("files that are not there, too large, or no files", async (context) => {
  const path = folder(context);
  const load = (file: string) => loadTrustMaterial([{ kind: "key", file }], options);
  await assert.rejects(load(join(path, "none.pub")), {
    code: "trust.unreadable",
    message: "no such file or directory",
  });
  await assert.rejects(load(path), { code: "trust.unreadable" });
  writeFileSync(join(path, "large.pub"), Buffer.alloc(bounds.keyBytes + 1));
  await assert.rejects(load(join(path, "large.pub")), { code: "trust.too-large", message: "larger than 64 KiB" });
  // Nobody writes to it.
  execFileSync("mkfifo", [join(path, "pipe.pub")]);
  await assert.rejects(load(join(path, "pipe.pub")), { code: "trust.key" });
  const inMemory = mkdtempSync("/dev/shm/bulkhead-pipe-");
  context.after(() => rmSync(inMemory, { recursive: true }));
  execFileSync("mkfifo", [join(inMemory, "pipe.pub")]);
  await assert.rejects(load(join(inMemory, "pipe.pub")), { code: "trust.key" });
  const many = Array.from({ length: bounds.sources + 1 }, (): TrustSource => ({ kind: "key", file: "a" }));
  await assert.rejects(loadTrustMaterial(many, options), { code: "trust.sources" });
});
