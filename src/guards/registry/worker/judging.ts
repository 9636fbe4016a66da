/** By what images are judged at this moment: the policy, the advisories and the rules for secrets, each as its files are now. */
import { openPolicyScanner } from "../../../collect/secrets/scanner.ts";
import type { Policy } from "../../../core/policy.ts";
import { policyDigest } from "../../../core/policy.ts";
import { Problem } from "../../../core/problem.ts";
import type { KnownBases } from "../../../engines/contents/base/recognise.ts";
import type { AdvisoryDatabase } from "../../../engines/vulnerability/database/open.ts";
import type { ScanContext } from "../../../scan/context.ts";
import { readingKey } from "../../../scan/image-reading.ts";

export interface Judging {
  readonly context: Pick<ScanContext, "policy" | "advisories" | "bases"> & Required<Pick<ScanContext, "secrets">>;
  /** See {@link databaseStamp}. */
  readonly database: string;
  /** Of the policy's parts that a scan reads. */
  readonly policy: string;
  /** Of what reads the layers. */
  readonly reading: string;
}

export interface JudgingSource {
  /** @throws Problem where there is no policy in force, or a file that it names cannot be read */
  current(): Promise<Judging>;
}

export interface JudgingOptions {
  /** Outside of environments; what an environment makes of findings is decided at the pull. Undefined: none is in force yet. */
  readonly policy: () => Policy | undefined;
  /** Where files are that it names. */
  readonly root: string;
  readonly advisories: () => AdvisoryDatabase | Problem;
  readonly bases?: KnownBases;
}

export function judgingSource({ policy, root, advisories, bases }: JudgingOptions): JudgingSource {
  let known:
    | { readonly of: Policy; readonly digest: string; readonly secrets: Judging["context"]["secrets"] }
    | undefined;
  return {
    async current() {
      const of = policy();
      if (of === undefined) throw noPolicy();
      if (known?.of !== of) {
        const secrets = await openPolicyScanner(of, root);
        known = { of, digest: scanDigest(of), secrets: { scanner: secrets.scanner, key: secrets.key } };
      }
      const { digest, secrets } = known;
      const database = withoutPath(advisories());
      return {
        context: { policy: of, advisories: database, secrets, ...(bases === undefined ? {} : { bases }) },
        database: databaseStamp(database),
        policy: digest,
        reading: readingKey(secrets.key),
      };
    },
  };
}

/** What is said of it is told to whoever pulls, and where it lies is the guard's own affair. */
function withoutPath(database: AdvisoryDatabase | Problem): AdvisoryDatabase | Problem {
  if (!(database instanceof Problem)) return database;
  const { kind, code, message: cause, remedy } = database;
  const place = "advisory database of the registry guard";
  return new Problem({ kind, code, place, cause, ...(remedy === undefined ? {} : { remedy }) }, { cause: database });
}

function noPolicy(): Problem {
  return new Problem({ kind: "unavailable", code: "registry.policy", place: "policy", cause: "none is in force yet" });
}

/** Gates read these at each request; what was scanned stays as it is when they change. */
function scanDigest(policy: Policy): string {
  const { enforcement: _, admission: __, trust: ___, network: ____, unknown: _____, ...read } = policy;
  return policyDigest({ ...read, unknown: [] } as unknown as Policy);
}

const stamps = new WeakMap<AdvisoryDatabase, string>();

/**
 * Of an advisory database, so that the text of a newer one sorts behind that of an older one: `2026-11-27T00:00:00.000Z 5f0c…`.
 * Of several workers whose databases are of different days, so the newest has the last word, and none undoes what it found.
 * Empty where there is none.
 */
export function databaseStamp(database: AdvisoryDatabase | Problem): string {
  if (database instanceof Problem) return "";
  const known = stamps.get(database);
  if (known !== undefined) return known;
  const { sources, catalogues, importedAt, fingerprint } = database.outline();
  const dates = [
    ...sources.flatMap(({ coverage }) => coverage.map(({ asOf }) => asOf)),
    ...catalogues.map(({ asOf }) => asOf),
  ]
    .map((text) => Date.parse(text))
    .filter(Number.isFinite);
  const date = dates.length === 0 ? importedAt : new Date(Math.max(...dates)).toISOString();
  const stamp = `${date} ${fingerprint}`;
  stamps.set(database, stamp);
  return stamp;
}
