import { createHash } from "node:crypto";
import { readClock } from "../../core/clock.ts";
import { printable } from "../../core/printable.ts";
import { isEvidenceProblem, usageProblem } from "../../core/problem.ts";
import type { ExitCode } from "../../core/report.ts";
import { writeWhole } from "../../engines/files/write.ts";
import { tufBounds as bounds } from "../../engines/trust/roots/bounds.ts";
import { clientFor } from "../../engines/trust/roots/client.ts";
import {
  type Instance,
  instances,
  type UpdatedRoot,
  type UpdateRequest,
  updateInstance,
  updateRoot,
} from "../../engines/trust/roots/instances.ts";
import { readBounded } from "../../engines/trust/roots/material.ts";
import { anchorIn } from "../../engines/trust/roots/tuf/rules.ts";
import { defaultRoots } from "../paths.ts";
import { rootParts } from "./root-parts.ts";

interface UpdateOptions {
  readonly mirror?: string;
  readonly repository?: string;
  readonly root?: string;
  readonly output?: string;
  readonly roots?: string;
  readonly caFile?: string;
}

/** `bulkhead trust update`: 0 where every root is up to date, 3 where one could not be had. */
export async function trustUpdate(names: readonly string[], options: UpdateOptions): Promise<ExitCode> {
  const wanted = names.length === 0 ? instances : names.map(instanceOf);
  const mirror = options.mirror === undefined ? undefined : urlOf("--mirror", options.mirror);
  if (mirror !== undefined && wanted.length > 1) {
    throw usageProblem(
      `--mirror ${options.mirror}`,
      "a mirror is of one instance",
      "name it: bulkhead trust update public-good --mirror URL",
    );
  }
  const client = clientFor(options.caFile);
  const request: UpdateRequest = {
    folder: options.roots ?? defaultRoots(),
    now: readClock(),
    client,
    ...(mirror === undefined ? {} : { mirror }),
  };
  try {
    if (options.repository !== undefined || options.root !== undefined || options.output !== undefined) {
      const { url, output, ...more } = privateOf(names, options);
      return await attempt(output, async () => {
        const updated = await updateRoot(`repository-${hashOf(url.href)}`, { url, ...more }, request);
        writeWhole(output, `${JSON.stringify(updated.root.document, undefined, 2)}\n`);
        tell({ ...updated, root: { ...updated.root, name: output } });
      });
    }
    let code: ExitCode = 0;
    for (const instance of wanted) {
      const own = await attempt(instance, async () => tell(await updateInstance(instance, request)));
      if (own !== 0) code = own;
    }
    return code;
  } finally {
    client.close();
  }
}

async function attempt(name: string, work: () => Promise<void>): Promise<ExitCode> {
  try {
    await work();
    return 0;
  } catch (error) {
    if (!isEvidenceProblem(error)) throw error;
    process.stderr.write(`bulkhead: ${printable(name)} not updated: ${error.line()}\n`);
    return 3;
  }
}

/** A private instance: its trusted root becomes a file, which `trust.roots` names. @throws Problem */
function privateOf(names: readonly string[], { mirror, repository, root, output }: UpdateOptions) {
  if (repository === undefined || root === undefined || output === undefined) {
    throw usageProblem("trust update", "a private instance needs --repository, --root and --output");
  }
  if (names.length > 0 || mirror !== undefined) {
    throw usageProblem(`--repository ${repository}`, "cannot be combined with an instance or --mirror");
  }
  const url = urlOf("--repository", repository);
  const bytes = readBounded(root, bounds.rootBytes);
  return { url, output, anchor: anchorIn(bytes, root), root: bytes };
}

/** Sixteen digits are enough to keep the repositories of one user apart. */
function hashOf(url: string): string {
  return createHash("sha256").update(url).digest("hex").slice(0, 16);
}

function tell({ root, rootVersion, validUntil, unkept }: UpdatedRoot): void {
  if (unkept !== undefined) throw unkept;
  if (root.discarded !== undefined) process.stderr.write(`bulkhead: replaced: ${root.discarded.line()}\n`);
  const repository = `TUF root version ${rootVersion}, next update due by ${validUntil.slice(0, 10)}`;
  process.stdout.write(`${printable(`${root.name}: up to date (${rootParts(root.document)}); ${repository}`)}\n`);
}

function instanceOf(name: string): Instance {
  const known = instances.find((each) => each === name);
  if (known !== undefined) return known;
  throw usageProblem(name, "unknown Sigstore instance", `use ${instances.join(" or ")}`);
}

function urlOf(option: string, text: string): URL {
  const url = URL.parse(text);
  if (url !== null && (url.protocol === "https:" || url.protocol === "http:")) return url;
  throw usageProblem(`${option} ${text}`, "not an HTTP URL", "for example: https://tuf.example.com");
}
