/** Hash algorithms by our names (`sha512`) and by those of the formats (`SHA-512`, `SHA512`). */

interface Algorithm {
  readonly name: string;
  readonly cyclonedx?: string;
  readonly spdx: string;
  /** Digits of a value, in hexadecimal; CycloneDX checks that it is the length of some algorithm. */
  readonly digits: number;
}

const ALGORITHMS: readonly Algorithm[] = [
  { name: "md5", cyclonedx: "MD5", spdx: "MD5", digits: 32 },
  { name: "sha1", cyclonedx: "SHA-1", spdx: "SHA1", digits: 40 },
  { name: "sha224", spdx: "SHA224", digits: 56 },
  { name: "sha256", cyclonedx: "SHA-256", spdx: "SHA256", digits: 64 },
  { name: "sha384", cyclonedx: "SHA-384", spdx: "SHA384", digits: 96 },
  { name: "sha512", cyclonedx: "SHA-512", spdx: "SHA512", digits: 128 },
  { name: "sha3-256", cyclonedx: "SHA3-256", spdx: "SHA3-256", digits: 64 },
  { name: "sha3-384", cyclonedx: "SHA3-384", spdx: "SHA3-384", digits: 96 },
  { name: "sha3-512", cyclonedx: "SHA3-512", spdx: "SHA3-512", digits: 128 },
  { name: "blake2b-256", cyclonedx: "BLAKE2b-256", spdx: "BLAKE2b-256", digits: 64 },
  { name: "blake2b-384", cyclonedx: "BLAKE2b-384", spdx: "BLAKE2b-384", digits: 96 },
  { name: "blake2b-512", cyclonedx: "BLAKE2b-512", spdx: "BLAKE2b-512", digits: 128 },
  { name: "blake3", cyclonedx: "BLAKE3", spdx: "BLAKE3", digits: 64 },
];

const byName: ReadonlyMap<string, Algorithm> = new Map(ALGORITHMS.map((algorithm) => [algorithm.name, algorithm]));

const FORMAT_NAMES = new Map(
  ALGORITHMS.flatMap(({ name, cyclonedx, spdx }) => [
    [spdx, name] as const,
    ...(cyclonedx ? [[cyclonedx, name] as const] : []),
  ]),
);

export interface NamedHashes {
  readonly named: readonly { readonly algorithm: string; readonly value: string }[];
  /** `algorithm:value` of those that the format cannot name. */
  readonly others: readonly string[];
}

const NO_HASHES: NamedHashes = { named: [], others: [] };

/** Hashes as a format names them, in the order of their names. */
export function hashesFor(
  format: "cyclonedx" | "spdx",
  hashes: Readonly<Record<string, string>> | undefined,
): NamedHashes {
  if (hashes === undefined) return NO_HASHES;
  const named: { algorithm: string; value: string }[] = [];
  const others: string[] = [];
  for (const [name, value] of Object.entries(hashes).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const known = byName.get(name);
    const algorithm = known?.[format];
    if (known === undefined || algorithm === undefined || !isHex(value, known.digits)) others.push(`${name}:${value}`);
    else named.push({ algorithm, value });
  }
  return { named, others };
}

/** Back to our names; what is no hash of a known algorithm is left out. */
export function readHashes(
  written: Iterable<readonly [algorithm: string | undefined, value: string | undefined]>,
  others: readonly string[] = [],
): Readonly<Record<string, string>> | undefined {
  const hashes: [string, string][] = [];
  for (const [algorithm, value] of written) {
    const name = FORMAT_NAMES.get(algorithm ?? "");
    const digits = name === undefined ? undefined : byName.get(name)?.digits;
    const lower = value?.toLowerCase();
    if (name === undefined || digits === undefined || lower === undefined || !isHex(lower, digits)) continue;
    hashes.push([name, lower]);
  }
  for (const other of others) {
    const colon = other.indexOf(":");
    if (colon > 0) hashes.push([other.slice(0, colon), other.slice(colon + 1)]);
  }
  return hashes.length === 0 ? undefined : Object.fromEntries(hashes);
}

function isHex(text: string, digits: number): boolean {
  return text.length === digits && /^[0-9a-f]*$/.test(text);
}
