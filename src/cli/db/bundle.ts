/** Taking over a bundle: by whose signature, and how old it may be. */
import { readClock } from "../../core/clock.ts";
import { printable } from "../../core/printable.ts";
import { usageProblem } from "../../core/problem.ts";
import { type BundleAge, type BundleTrust, importBundle } from "../../engines/vulnerability/bundle/import.ts";
import { verifyingKey } from "../../engines/vulnerability/bundle/keys.ts";

export interface BundleOptions {
  readonly publicKey?: string;
  readonly insecureUnsigned: boolean;
  /** Days, as written. */
  readonly maxAge?: string;
  /** In the place of a newer database too. */
  readonly allowOlder: boolean;
}

/** @param path - of the bundle @returns the exit code @throws Problem (usage) where no signature is asked for */
export async function takeBundle(path: string, database: string, options: BundleOptions): Promise<number> {
  const { allowOlder } = options;
  const taken = await importBundle(path, database, trustOf(path, options), ageOf(options), { allowOlder });
  const { advisories, size, importedAt } = taken;
  const made = `${advisories} advisories, ${(size / 1e6).toFixed(1)} MB, made ${importedAt.slice(0, 10)}: ${database}`;
  process.stdout.write(`${printable(made)}\n`);
  return 0;
}

/** @param place - what is to be trusted, for the message @throws Problem (usage) */
export function trustOf(place: string, { publicKey, insecureUnsigned }: BundleOptions): BundleTrust {
  if (publicKey === undefined && !insecureUnsigned) {
    throw usageProblem(place, "no public key given", "use --public-key FILE or --insecure-unsigned");
  }
  return publicKey === undefined ? { kind: "unsigned" } : { kind: "signed", key: verifyingKey(publicKey) };
}

/** @throws Problem (usage) */
export function ageOf({ maxAge }: BundleOptions): BundleAge | undefined {
  if (maxAge === undefined) return undefined;
  if (!/^[0-9]{1,5}$/.test(maxAge)) throw usageProblem(`--max-age ${maxAge}`, "not a number of days", "for example: 7");
  return { now: readClock(), maxDays: Number(maxAge) };
}
