/**
 * Envelopes and tokens that hold, and that nearly do: headers, times, chains and algorithms that do not fit each other, JSON that two
 * readers read as two, and bytes changed anywhere. Keys and signatures are new in every process, so a seed repeats what is
 * altered and where, and not the bytes.
 */
import { headers } from "../../../src/engines/trust/notation/envelope.ts";
import {
  type EnvelopeWish,
  type Format,
  intermediate,
  madeEnvelope,
  root,
  signer,
  strangerRoot,
  timestampRoot,
  timestampSigner,
} from "../../../src/engines/trust/notation/made-envelopes.fixture.ts";
import { madeToken } from "../../../src/engines/trust/timestamp/made-token.fixture.ts";
import {
  authorityExtensions,
  basicConstraints,
  ecKeys,
  extendedKeyUsage,
  keyUsage,
  type Made,
  madeCertificate,
  rsaKeys,
  signerExtensions,
  TIME_STAMPING,
  timestampExtensions,
} from "../../../src/engines/trust/x509/made-certificates.fixture.ts";
import type { Random } from "../random.ts";

const alone = madeCertificate({ subject: "CN=alone", keys: ecKeys(), extensions: signerExtensions });
const leaves: readonly Made[] = [
  ...[ecKeys("P-384"), ecKeys("P-521"), rsaKeys(2048)].map((keys) =>
    madeCertificate({ subject: "CN=leaf", keys, issuer: root }),
  ),
  ...[
    [keyUsage(["digitalSignature"])],
    [keyUsage(["digitalSignature"], false)],
    [keyUsage(["digitalSignature", "keyEncipherment"])],
    [keyUsage(["digitalSignature"]), basicConstraints(false)],
    [keyUsage(["digitalSignature"]), basicConstraints(true)],
    [keyUsage(["digitalSignature"]), extendedKeyUsage(["1.3.6.1.5.5.7.3.1"])],
    [keyUsage(["digitalSignature"]), extendedKeyUsage(["1.3.6.1.5.5.7.3.3"], true)],
    [],
  ].map((extensions) => madeCertificate({ subject: "CN=leaf", keys: ecKeys(), issuer: root, extensions })),
];
const chains: readonly (readonly Made[])[] = [
  [alone],
  ...leaves.map((leaf) => [leaf, root]),
  [signer, root],
  [signer, intermediate],
  [signer, root, intermediate],
  [signer, intermediate, root, root],
  [signer, intermediate, strangerRoot],
  [root],
  [madeCertificate({ subject: "CN=alone", keys: ecKeys(), extensions: authorityExtensions })],
];

const times = [
  "2026-05-01T10:00:00Z",
  "2026-05-01T12:00:00+02:00",
  "2026-05-01T10:00:00.5Z",
  "2026-05-01t10:00:00z",
  "2026-05-01T10:00:00",
  "2026-05-01",
  "2026-02-29T10:00:00Z",
  "2026-05-01T24:00:00Z",
  "2026-05-01T10:00:60Z",
  "2026-05-01T10:00:00+24:00",
  "0001-01-01T00:00:00Z",
  "",
];

/** What tokens are about. */
export const STAMPED = Buffer.from("a signature");

export function generate(random: Random): Buffer {
  if (random.once(4)) return Buffer.concat([Buffer.from("t"), alteredSome(tokenFrom(random), random)]);
  const format: Format = random.pick(["jws", "cose"]);
  let envelope = madeEnvelope(format, wishFrom(random));
  if (format === "jws" && random.once(3)) envelope = Buffer.from(rewritten(envelope.toString(), random));
  return Buffer.concat([Buffer.from(format === "jws" ? "j" : "c"), alteredSome(envelope, random)]);
}

function alteredSome(bytes: Buffer, random: Random): Buffer {
  let last = bytes;
  for (let left = random.below(5) - 2; left > 0; left--) last = altered(last, random);
  return last;
}

const middle = madeCertificate({
  subject: "CN=m",
  keys: ecKeys(),
  serial: 9,
  issuer: timestampRoot,
  extensions: authorityExtensions,
});
const clocks: readonly Made[] = [
  timestampExtensions,
  [keyUsage(["digitalSignature"]), extendedKeyUsage([TIME_STAMPING])],
  [keyUsage(["digitalSignature"], false), extendedKeyUsage([TIME_STAMPING], true)],
  [keyUsage(["digitalSignature"]), extendedKeyUsage([TIME_STAMPING, "1.3.6.1.5.5.7.3.3"], true)],
  [extendedKeyUsage([TIME_STAMPING], true)],
  [...timestampExtensions, basicConstraints(true)],
  signerExtensions,
].flatMap((extensions, index) =>
  [timestampRoot, middle].map((issuer) =>
    madeCertificate({ subject: "CN=c", keys: ecKeys(), serial: 20 + index, issuer, extensions }),
  ),
);

function tokenFrom(random: Random): Buffer {
  const by = random.once(2) ? timestampSigner : random.pick(clocks);
  const time = random.pick(["2026-05-01T10:00:03Z", "2026-05-01T10:00:03.250Z", "2025-01-01T00:00:00Z"]);
  return madeToken({
    by,
    over: random.once(12) ? Buffer.from("another") : STAMPED,
    time: new Date(time),
    certificates: [
      ...(random.once(12) ? [] : [by]),
      ...(random.once(3) ? [middle] : []),
      ...(random.once(6) ? [signer] : []),
    ],
    ...(random.once(3) ? { accuracy: [random.below(3), random.pick([undefined, 1, 999])] } : {}),
    ...(random.once(12) ? { names: middle } : {}),
    ...(random.once(12) ? { hash: "sha1" as const } : {}),
    ...(random.once(12) ? { signers: random.below(3) } : {}),
    ...(random.once(12) ? { contentHash: random.bytes(32) } : {}),
    ...(random.once(12) ? { withoutCertificateAttribute: true } : {}),
  });
}

function wishFrom(random: Random): EnvelopeWish {
  const expiry = random.pick([undefined, new Date("2026-07-01T00:00:00Z"), new Date("2026-04-01T00:00:00Z")]);
  const scheme = random.pick(["notary.x509", "notary.x509", "notary.x509.signingAuthority", "notary.x509.other"]);
  return {
    scheme,
    ...(expiry === undefined || random.once(2) ? {} : { expiry }),
    ...(random.once(3) ? { chain: random.pick(chains) } : {}),
    ...(random.once(12) ? { by: random.pick(leaves) } : {}),
    ...(random.once(12) ? { algorithm: random.pick(["ES256", "ES384", "PS256", "PS384", "none"] as const) } : {}),
    ...(random.once(6) ? { critical: criticalFrom(random) } : {}),
    ...(random.once(6) ? { protectedHeaders: headersFrom(random) } : {}),
    ...(random.once(20) ? { contentType: "application/json" } : {}),
    ...(random.once(12) ? { timestamp: Buffer.from("no token") } : {}),
  };
}

const names = [headers.scheme, headers.expiry, headers.authenticSigningTime, headers.signingTime, "alg", "cty", "x"];

function criticalFrom(random: Random): readonly string[] {
  return Array.from({ length: random.below(4) }, () => random.pick(names));
}

function headersFrom(random: Random): NonNullable<EnvelopeWish["protectedHeaders"]> {
  const time = random.pick([random.pick(times), new Date("2026-05-01T10:00:00Z"), undefined]);
  return { [random.pick([...names, headers.plugin, "ALG", "io.cncf.notary.Expiry", "b64"])]: time };
}

/** The same JSON, or nearly, as others may write or read it. */
function rewritten(text: string, random: Random): string {
  const name = random.pick(["payload", "protected", "signature", "header", "x5c"]);
  switch (random.below(8)) {
    case 0:
      return text.replace(`"${name}"`, `"${name.toUpperCase()}"`);
    case 1:
      return text.replace(`"${name}":`, `"${name}":"e30","${name}":`);
    case 2:
      return text.replace("{", `{"${random.pick(["signatures", "more", "Payload"])}":"e30",`);
    case 3:
      return text.replaceAll(":", " :\n");
    case 4:
      return text.replace(/"([^"]{20,})"/, '"$1="');
    case 5:
      return `${text}${random.pick(["\n", " ", "{}", "\0"])}`;
    case 6:
      return text.replace('"header":{', `"header":{"${random.pick(["alg", "crit", "X5C", "kid"])}":"x",`);
    default:
      return text.replace(/p/, "\\u0070");
  }
}

function altered(bytes: Buffer, random: Random): Buffer {
  const at = random.below(bytes.length);
  const length = random.below(8);
  switch (random.below(4)) {
    case 0:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
    case 1:
      return Buffer.concat([bytes.subarray(0, at + length), bytes.subarray(at)]);
    case 2:
      return Buffer.concat([bytes.subarray(0, at), random.bytes(1), bytes.subarray(at + 1)]);
    default: {
      const flipped = Buffer.from(bytes);
      flipped[at] = (flipped[at] as number) ^ (1 << random.below(8));
      return flipped;
    }
  }
}
