import { dirname, join, relative, sep } from "node:path";
import { parseMirrors } from "../../collect/image/base-digests.ts";
import { type LookedUpPins, lookUpPins, type PinOptions } from "../../collect/pipelines/pins.ts";
import { discover } from "../../collect/tree/discover.ts";
import { type ReadPipelines, readPipelines } from "../../collect/tree/pipelines.ts";
import { foreignNotes, skippedNotes } from "../../collect/tree/skipped-notes.ts";
import { printable } from "../../core/printable.ts";
import { usageProblem } from "../../core/problem.ts";
import { fixPipelines } from "../../scan/pipeline-fixes.ts";
import { auditPipelines, scanPipelines } from "../../scan/pipelines.ts";
import { type EvaluationContext, type EvaluationOptions, runEvaluation } from "../evaluation.ts";
import { leftNotes } from "../left-fixes.ts";
import { namedPlace } from "../named-place.ts";
import { forStandardOutput } from "../patch-output.ts";
import { makeFixes } from "./audit-fixes.ts";

export interface AuditOptions extends EvaluationOptions {
  readonly fix: boolean;
  readonly diff: boolean;
  /** Make also what is likely right. */
  readonly unsafe: boolean;
  /** Look up what actions and images point to now. */
  readonly online: boolean;
  /** An http(s) URL. */
  readonly forge: string;
  /** `docker.io=localhost:5000` */
  readonly registryMirror: readonly string[];
}

/**
 * `bulkhead build audit [DIR|FILE…]`: GitHub's workflows, actions and Dependabot's options, GitLab's pipelines. Of a directory
 * also what no file shows by itself.
 */
export async function buildAudit(places: readonly string[], options: AuditOptions): Promise<number> {
  if (options.unsafe && !options.fix && !options.diff) throw usageProblem("--unsafe", "requires --fix or --diff");
  if (options.online && !options.fix && !options.diff) throw usageProblem("--online", "requires --fix or --diff");
  const asking = { mirrors: parseMirrors(options.registryMirror), forge: forgeOf(options.forge) };
  const named = placesOf(places);
  return await runEvaluation(
    named.root,
    options,
    async (context) => {
      const found = named.files === undefined ? await discover(named.root, undefined, context.exclusion) : undefined;
      const paths = named.files ?? found?.pipelines ?? [];
      const extent = named.files === undefined ? "tree" : "files";
      const fixed =
        options.fix || options.diff ? await fixedPipelines(named.root, paths, context, options, asking) : undefined;
      const audited =
        fixed === undefined
          ? await scanPipelines(named.root, paths, context, extent, found?.foreignPipelines)
          : await auditPipelines(fixed.read, context, extent);
      return {
        subject: places.join(" "),
        evaluations: audited.evaluations,
        notes: [
          ...(paths.length === 0 ? ["no pipelines found in this directory"] : []),
          ...(found === undefined ? [] : [...skippedNotes(found), ...foreignNotes(found)]),
          ...audited.notes,
          ...(fixed?.notes ?? []),
        ],
        ...(options.diff ? { instead: forStandardOutput(fixed?.patch ?? "") } : {}),
      };
    },
    // A thousand files come to 200 MB: collecting more often is a tenth of the time.
    { readsImages: false, heapGrowth: 200 },
  );
}

/** Fixes made, or shown: the files as they are then. */
async function fixedPipelines(
  root: string,
  paths: readonly string[],
  context: EvaluationContext,
  options: AuditOptions,
  asking: Pick<PinOptions, "mirrors" | "forge">,
): Promise<{ readonly read: ReadPipelines; readonly notes: readonly string[]; readonly patch: string }> {
  const read = readPipelines(root, paths);
  const pins = options.online ? await pinsFor(read, context, asking) : undefined;
  const fixes = fixPipelines(read, {
    ...context,
    unsafe: options.unsafe,
    ...(pins === undefined ? {} : { pins }),
  });
  const made = makeFixes(root, fixes, options.diff);
  // What could not be written is as it was.
  const github = fixes.read.github.map((one, at) => (made.unwritten.has(one.path) ? (read.github[at] ?? one) : one));
  return {
    read: { ...read, github },
    notes: [...(pins?.failed ?? []).map((line) => `not looked up: ${line}`), ...made.notes, ...leftNotes(made.left)],
    patch: made.patch,
  };
}

async function pinsFor(
  read: ReadPipelines,
  { open, progress }: EvaluationContext,
  options: Pick<PinOptions, "mirrors" | "forge">,
): Promise<LookedUpPins> {
  const files = read.github.flatMap((one) => (one.state === "read" ? [one.file] : []));
  return await lookUpPins(files, {
    ...options,
    ...(open.registry === undefined ? {} : { registry: open.registry }),
    onAsk: (name) => progress.update(`looking up ${printable(name)}`),
  });
}

function forgeOf(written: string): URL {
  const url = URL.parse(written);
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:")) {
    throw usageProblem("--forge", "not an http: or https: URL");
  }
  return url;
}

interface NamedPlaces {
  /** Absolute; what paths are relative to. */
  readonly root: string;
  /** Absent: all below the root. */
  readonly files?: readonly string[];
}

function placesOf(places: readonly string[]): NamedPlaces {
  const named = places.map((written) => ({ written, ...namedPlace(written) }));
  const [first] = named;
  if (first === undefined) throw usageProblem("build audit", "no place is named");
  if (first.isDirectory && named.length === 1) return { root: first.path };
  const directory = named.find(({ isDirectory }) => isDirectory);
  if (directory !== undefined) throw usageProblem(directory.written, "several places can only be files");
  const root = named.map(({ path }) => repositoryOf(path)).reduce(commonFolder);
  return { root, files: named.map(({ path }) => relative(root, path)) };
}

/** What a file's path says of its repository: GitHub reads workflows at its root. */
function repositoryOf(path: string): string {
  const at = path.lastIndexOf(`${sep}.github${sep}`);
  return at > 0 ? path.slice(0, at) : dirname(path);
}

function commonFolder(one: string, other: string): string {
  const [left, right] = [one.split(sep), other.split(sep)];
  let shared = 0;
  while (shared < left.length && left[shared] === right[shared]) shared++;
  return join(sep, ...left.slice(0, shared));
}
