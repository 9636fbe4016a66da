import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { runs } from "../../../core/runs.fixture.ts";
import { constructedTag, tags } from "../../../formats/der/read.ts";
import { der, derOidOf } from "../../../formats/der/write.ts";
import { mutatedBytes } from "../../contents/mutated-bytes.fixture.ts";
import type { CertificateAuthority } from "../model.ts";
import { refusalOf } from "../refusal.ts";
import {
  authorityExtensions,
  basicConstraints,
  CODE_SIGNING,
  ecKeys,
  extendedKeyUsage,
  keyUsage,
  type Made,
  madeCertificate,
  rsaKeys,
  signerExtensions,
  TIME_STAMPING,
  timestampExtensions,
} from "../x509/made-certificates.fixture.ts";
import { madeToken, type TokenWish } from "./made-token.fixture.ts";
import { verifyTimestamp } from "./verify.ts";

const TIME = new Date("2026-05-01T10:00:03Z");
const OVER = Buffer.from("a signature");
const root = madeCertificate({ subject: "CN=times", keys: ecKeys() });
const clock = madeCertificate({
  subject: "CN=clock",
  keys: ecKeys(),
  serial: 8,
  issuer: root,
  extensions: timestampExtensions,
});

function trusting(...certificates: readonly Made[]): readonly CertificateAuthority[] {
  return [{ name: "times", purpose: "timestamping", certificates: certificates.map(({ der }) => der) }];
}

function token(changes: Partial<TokenWish> = {}): Buffer {
  return madeToken({ over: OVER, time: TIME, by: clock, ...changes });
}

/** The time and its accuracy in milliseconds, or why not. */
function said(bytes: Buffer, authorities = trusting(root)): string {
  try {
    const { time, earliest, latest, authority } = verifyTimestamp(bytes, OVER, authorities);
    assert.equal(time - earliest, latest - time);
    return `${new Date(time).toISOString()} ±${latest - time} by ${authority.name}`;
  } catch (error) {
    const { code, reason } = refusalOf(error, "trust.form");
    return `${code}: ${reason}`;
  }
}

test("a token says when, how exactly, and by whom", () => {
  assert.equal(said(token()), "2026-05-01T10:00:03.000Z ±0 by times");
  assert.equal(said(token({ accuracy: [2, 5, 1] })), "2026-05-01T10:00:03.000Z ±2006 by times");
  assert.equal(said(token({ accuracy: [undefined, 7] })), "2026-05-01T10:00:03.000Z ±7 by times");
  // ETSI's baseline policy promises a second (RFC 3628, section 5.2).
  assert.equal(said(token({ policy: "0.4.0.2023.1.1" })), "2026-05-01T10:00:03.000Z ±1000 by times");
  assert.equal(said(token({ policy: "0.4.0.2023.1.1", accuracy: [0] })), "2026-05-01T10:00:03.000Z ±0 by times");
  const rsa = madeCertificate({
    subject: "CN=rsa",
    keys: rsaKeys(2048),
    issuer: root,
    extensions: timestampExtensions,
  });
  assert.equal(said(token({ by: rsa })), "2026-05-01T10:00:03.000Z ±0 by times");
});

test("the way to a trusted authority leads over what the token brings", () => {
  const middle = madeCertificate({
    subject: "CN=m",
    keys: ecKeys("P-384"),
    issuer: root,
    extensions: authorityExtensions,
  });
  const by = madeCertificate({ subject: "CN=c", keys: ecKeys(), issuer: middle, extensions: timestampExtensions });
  assert.match(said(token({ by })), /^trust.unknown-root: the timestamp is by no trusted authority: CN=c, at 2026-05/);
  assert.match(said(token({ by, certificates: [by, middle] })), /by times$/);
  assert.match(said(token({ by }), trusting(root, middle)), /by times$/);
  // Pinned alone, it is the end of the way.
  assert.match(said(token({ by }), trusting(middle)), /by times$/);
  assert.match(said(token(), trusting(clock)), /by times$/);
  assert.match(
    said(token({ certificates: [] })),
    /^trust.unknown-root: .*does not bring the certificate of its signer$/,
  );
  assert.match(said(token(), []), /^trust.unknown-root: /);
  const signing = [{ name: "shop", purpose: "signing", certificates: [root.der] }] as const;
  assert.match(said(token(), signing), /^trust.unknown-root: /);
  const broken = [{ name: "times", purpose: "timestamping", certificates: [Buffer.from([0x30, 0])] }] as const;
  assert.match(said(token(), broken), /; of times, certificate 1 ends where a value should follow$/);

  const namesake = madeCertificate({ subject: "CN=times", keys: ecKeys() });
  assert.match(said(token(), trusting(namesake)), /^trust.unknown-root: /);
  for (const extensions of [
    [basicConstraints(false), keyUsage(["keyCertSign"])],
    [basicConstraints(true), keyUsage(["digitalSignature"])],
    [...authorityExtensions, extendedKeyUsage([CODE_SIGNING])],
  ]) {
    const unfit = madeCertificate({ subject: "CN=m", keys: ecKeys(), issuer: root, extensions });
    const below = madeCertificate({ subject: "CN=c", keys: ecKeys(), issuer: unfit, extensions: timestampExtensions });
    assert.match(said(token({ by: below, certificates: [below, unfit] })), /^trust.unknown-root: /);
  }
  const late = madeCertificate({
    subject: "CN=times",
    keys: ecKeys(),
    from: new Date("2026-05-02T00:00:00Z"),
  });
  const early = madeCertificate({ subject: "CN=c", keys: ecKeys(), issuer: late, extensions: timestampExtensions });
  assert.match(said(token({ by: early }), trusting(late)), /^trust.unknown-root: /);
});

test("a thousand authorities of one name cost fifty verifications", () => {
  const namesakes = Array.from({ length: 200 }, (_, serial) =>
    madeCertificate({ subject: "CN=times", keys: root.keys, serial: serial + 1, extensions: [basicConstraints(true)] }),
  );
  const stranger = madeCertificate({ subject: "CN=times", keys: ecKeys() });
  const by = madeCertificate({ subject: "CN=c", keys: ecKeys(), issuer: stranger, extensions: timestampExtensions });
  assert.match(said(token({ by, certificates: [by, ...namesakes] })), /^trust.unknown-root: /);
});

test("what a token must say, each with its own refusal", () => {
  const certificate = (extensions: readonly Buffer[]) =>
    madeCertificate({ subject: "CN=c", keys: ecKeys(), issuer: root, extensions });
  const cases: readonly (readonly [Partial<TokenWish>, RegExp])[] = [
    [{ over: Buffer.from("another") }, /^trust.time: the timestamp is about another signature$/],
    [{ hash: "sha1" }, /^trust.time: the timestamp uses a hash that is not SHA-2: 1.3.14.3.2.26$/],
    [{ contentHash: Buffer.alloc(32) }, /^trust.time: the timestamp is signed for other content$/],
    [{ names: root }, /^trust.time: the timestamp is signed for another certificate$/],
    [
      { withoutCertificateAttribute: true },
      /^trust.time: the timestamp lacks the signed attribute that names its certificate/,
    ],
    [{ signers: 2 }, /^trust.time: the timestamp has 2 signers$/],
    [{ signers: 0 }, /^trust.time: the timestamp has 0 signers$/],
    [{ accuracy: [1_000_001] }, /^trust.time: the timestamp has an accuracy that is none$/],
    [
      {
        more: [
          der(
            constructedTag(1),
            der(tags.sequence, derOidOf("1.2.3"), der(tags.boolean, Buffer.from([255])), der(tags.octetString)),
          ),
        ],
      },
      /^trust.time: the timestamp has a critical extension: 1.2.3$/,
    ],
    [{ more: [der(tags.null)] }, /^trust.time: the timestamp has a value more than its form$/],
    [
      { by: certificate(signerExtensions) },
      /^trust.time: the timestamp is by a certificate that is not for timestamps alone$/,
    ],
    [
      { by: certificate([keyUsage(["digitalSignature"]), extendedKeyUsage([TIME_STAMPING])]) },
      /is not for timestamps alone$/,
    ],
    [
      { by: certificate([keyUsage(["digitalSignature"]), extendedKeyUsage([TIME_STAMPING, CODE_SIGNING], true)]) },
      /is not for timestamps alone$/,
    ],
    [{ by: certificate([extendedKeyUsage([TIME_STAMPING], true)]) }, /has no key usage$/],
    [{ by: certificate([...timestampExtensions, basicConstraints(true)]) }, /is a certificate authority$/],
    [
      { time: new Date("2025-12-31T23:59:59Z") },
      /is by a certificate that is valid only from 2026-01-01T00:00:00Z on$/,
    ],
    [{ time: new Date("2027-01-01T00:00:01Z") }, /is by a certificate that expired at 2027-01-01T00:00:00Z$/],
  ];
  for (const [changes, expected] of cases) assert.match(said(token(changes)), expected);
  assert.match(said(Buffer.alloc(300_000, 0x30)), /^trust.time: the timestamp has more than 262144 bytes$/);
});

test("no mutation counts that does not say the same", () => {
  const whole = token({ accuracy: [1] });
  const before = said(whole);
  let counted = 0;
  fc.assert(
    fc.property(mutatedBytes(whole), (altered) => {
      const now = said(altered);
      if (!/ by times$/.test(now)) return;
      assert.equal(now, before);
      // All of it is signed, or names what is.
      assert.deepEqual(altered, whole);
      counted += 1;
    }),
    { ...runs(2_000), seed: 17 },
  );
  assert.ok(counted < 20);
});

const withoutOpenssl = spawnSync("openssl", ["version"]).status === 0 ? false : "openssl is not installed";

test("a token that openssl makes", { skip: withoutOpenssl }, () => {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-timestamp-"));
  try {
    const run = (...args: readonly string[]) => execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
    writeFileSync(
      join(folder, "tsa.cnf"),
      [
        "[tsa]\nserial = serial\nsigner_digest = sha256\ndefault_policy = 1.2.3.4\ndigests = sha256",
        "accuracy = secs:1, millisecs:500\ness_cert_id_alg = sha256\n",
        "[req]\ndistinguished_name = dn\n[dn]\n",
        "[root]\nbasicConstraints = critical,CA:TRUE\nkeyUsage = critical,keyCertSign\n",
        "[clock]\nkeyUsage = critical,digitalSignature\nextendedKeyUsage = critical,timeStamping\n",
      ].join("\n"),
    );
    writeFileSync(join(folder, "serial"), "01\n");
    writeFileSync(join(folder, "signature"), OVER);
    const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-config", "tsa.cnf"];
    run("req", "-x509", ...key, "-keyout", "root.key", "-out", "root.pem", "-subj", "/CN=root", "-extensions", "root");
    run(
      ...["req", "-x509", ...key, "-keyout", "clock.key", "-out", "clock.pem", "-subj", "/CN=clock"],
      ...["-extensions", "clock", "-CA", "root.pem", "-CAkey", "root.key"],
    );
    run("ts", "-query", "-data", "signature", "-sha256", "-cert", "-out", "query");
    run(
      ...[
        "ts",
        "-reply",
        "-queryfile",
        "query",
        "-config",
        "tsa.cnf",
        "-section",
        "tsa",
        "-token_out",
        "-out",
        "token",
      ],
      ...["-signer", "clock.pem", "-inkey", "clock.key", "-chain", "root.pem"],
    );
    const { raw } = new X509Certificate(readFileSync(join(folder, "root.pem")));
    const authorities = [{ name: "openssl", purpose: "timestamping", certificates: [raw] }] as const;
    assert.match(said(readFileSync(join(folder, "token")), authorities), /^\d{4}-.* ±1500 by openssl$/);
    assert.match(said(readFileSync(join(folder, "token"))), /^trust.unknown-root: /);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
