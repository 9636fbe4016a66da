/** Kustomize folders and Helm charts, rendered by the programs of this machine: on request alone. */

import { readdirSync, realpathSync } from "node:fs";
import { basename, isAbsolute, join, posix, relative, sep } from "node:path";
import { someOf } from "../../core/counted.ts";
import { bounds as collectBounds } from "../bounds.ts";
import { bounds } from "./bounds.ts";
import { staysInside } from "./chart-schemas.ts";
import { type KustomizeFolder, readKustomizeFolder } from "./kustomize-folder.ts";
import { type ProgramFinder, programsOutside, type RenderProgram } from "./render-program.ts";
import { readYamlMap } from "./yaml-map.ts";

/** Folders that a note names. */
const NAMED = 12;

export interface Rendering {
  /** What was printed, under the name that its places are given by. */
  readonly files: readonly { readonly path: string; readonly text: string }[];
  /** Files of the tree that are part of what was printed. */
  readonly taken: ReadonlySet<string>;
  /** Folder → why it is not rendered, or undefined where it is. */
  readonly kustomizations: ReadonlyMap<string, string | undefined>;
  readonly charts: ReadonlyMap<string, string | undefined>;
  /** What a report says beside the findings. */
  readonly notes: readonly string[];
}

interface RenderPaths {
  readonly kustomizations: readonly string[];
  readonly charts: readonly string[];
}

/**
 * Renders every kustomization that no other builds on, and every chart that is in no other. What is not rendered has its
 * reason in the result; nothing is thrown for what the tree holds.
 */
export async function renderFolders(
  root: string,
  paths: RenderPaths,
  programs: ProgramFinder = programsOutside(root),
): Promise<Rendering> {
  const left = { folders: bounds.renderFolders };
  const built = await renderKustomizations(root, paths.kustomizations.map(slashed), programs, left);
  const charts = await renderCharts(root, paths.charts.map(slashed), programs, left);
  const count = (outcomes: ReadonlyMap<string, string | undefined>) =>
    [...outcomes.values()].filter((reason) => reason === undefined).length;
  return {
    files: [...built.files, ...charts.files],
    taken: built.taken,
    kustomizations: built.outcomes,
    charts: charts.outcomes,
    notes: [
      ...(built.outcomes.size === 0
        ? []
        : [`Kustomize directories rendered: ${count(built.outcomes)} of ${built.outcomes.size}`]),
      ...(built.within.length === 0
        ? []
        : [`Kustomize directories audited as part of others: ${namesOf(built.within)}`]),
      ...(charts.outcomes.size === 0
        ? []
        : [
            `Helm charts rendered, with the values that they come with: ${count(charts.outcomes)} of ${charts.outcomes.size}`,
          ]),
    ],
  };
}

type Outcomes = Map<string, string | undefined>;

async function renderKustomizations(
  root: string,
  folders: readonly string[],
  programs: ProgramFinder,
  left: { folders: number },
) {
  const known = new Map<string, KustomizeFolder>();
  const read = (folder: string): KustomizeFolder => {
    const found = known.get(folder) ?? readKustomizeFolder(root, folder);
    known.set(folder, found);
    return found;
  };
  const basesOf = new Set(folders.flatMap((folder) => read(folder).bases));
  const files: Rendering["files"][number][] = [];
  const taken = new Set<string>();
  const outcomes: Outcomes = new Map();
  const program = folders.length === 0 ? undefined : programs.find(["kubectl", "kustomize"]);
  for (const folder of folders) {
    if (basesOf.has(folder) || read(folder).isComponent) continue;
    const parts = closure(folder, read);
    const reason = typeof parts === "string" ? parts : await build(folder, parts);
    outcomes.set(folder, reason);
  }
  for (const folder of folders) {
    if (outcomes.has(folder)) continue;
    const what = read(folder).isComponent ? "it is a component" : "others build on it";
    outcomes.set(folder, `${what}, and no kustomization that does was rendered`);
  }
  const within = folders.filter((folder) => basesOf.has(folder) && outcomes.get(folder) === undefined);
  return { files, taken, outcomes, within };

  async function build(folder: string, parts: readonly KustomizeFolder[]): Promise<string | undefined> {
    if (program === undefined) return "neither kubectl nor kustomize is installed here";
    const args = [program.name === "kubectl" ? "kustomize" : "build", realpathSync(join(root, folder))];
    const answer = await render(programs, program, args, left);
    if ("cause" in answer) return answer.cause;
    files.push({ path: posix.join(folder, "(rendered)"), text: answer.text });
    for (const part of parts) {
      for (const path of [...part.resources, ...part.patches]) taken.add(path);
      if (part.folder !== folder) outcomes.set(part.folder, undefined);
    }
    return undefined;
  }
}

/** The folder and all that it builds on, or why no program may be run on them. */
function closure(folder: string, read: (folder: string) => KustomizeFolder): readonly KustomizeFolder[] | string {
  const parts: KustomizeFolder[] = [];
  const seen = new Set([folder]);
  for (const next of seen) {
    const part = read(next);
    if (part.refusal !== undefined) return next === folder ? part.refusal : `of ${next || "."}: ${part.refusal}`;
    if (parts.length >= bounds.renderFolders) return `it builds on more than ${bounds.renderFolders} directories`;
    parts.push(part);
    for (const base of part.bases) seen.add(base);
  }
  return parts;
}

async function renderCharts(
  root: string,
  charts: readonly string[],
  programs: ProgramFinder,
  left: { folders: number },
) {
  const files: Rendering["files"][number][] = [];
  const outcomes: Outcomes = new Map();
  const program = charts.length === 0 ? undefined : programs.find(["helm"]);
  for (const chart of charts) {
    const parent = charts.find((other) => other !== chart && chart.startsWith(posix.join(other, "charts/")));
    // Sorted, so that the parent was before it.
    outcomes.set(chart, parent === undefined ? await one(chart) : outcomes.get(parent));
  }
  return { files, outcomes };

  async function one(chart: string): Promise<string | undefined> {
    const about = readYamlMap(join(root, chart, "Chart.yaml"), "Chart.yaml", bounds.kustomizationBytes);
    if (typeof about === "string") return about;
    // Others include it; by itself it makes no object.
    if (about.type === "library") return undefined;
    if (program === undefined) return "helm is not installed here";
    const inside = insideOf(root, chart);
    if (typeof inside === "string") return inside;
    const folder = realpathSync(join(root, chart));
    const args = ["template", releaseName(folder), folder, "--skip-tests"];
    // An older helm than 3.16 refuses it, which is as well.
    if (!inside.schemasStayInside) args.push("--skip-schema-validation");
    const answer = await render(programs, program, args, left);
    if ("cause" in answer) return answer.cause;
    files.push({ path: posix.join(chart, "(rendered-chart)"), text: answer.text });
    return undefined;
  }
}

async function render(
  programs: ProgramFinder,
  program: RenderProgram,
  args: readonly string[],
  left: { folders: number },
) {
  if (left.folders === 0) return { cause: `more than ${bounds.renderFolders} directories to render` };
  left.folders--;
  return await programs.run(program, args);
}

/** A release's name is a DNS label of at most 53 characters (Helm, "template"). */
function releaseName(folder: string): string {
  const name = basename(folder).toLowerCase();
  return /^[a-z0-9](?:[a-z0-9-]{0,51}[a-z0-9])?$/.test(name) ? name : "release";
}

/**
 * What the chart's files may have helm read elsewhere: its schemas, and those of packed charts, which are not opened here. Helm
 * follows symbolic links, wherever they lead: one that leads out of the tree is the reason that is answered.
 */
function insideOf(root: string, chart: string): { readonly schemasStayInside: boolean } | string {
  const real = realpathSync(root);
  let schemasStayInside = true;
  const seen = new Set([realpathSync(join(root, chart))]);
  let entries = 0;
  for (const folder of seen) {
    try {
      for (const entry of readdirSync(folder, { withFileTypes: true })) {
        if (++entries > collectBounds.entries) return `it has more than ${collectBounds.entries} entries`;
        const path = join(folder, entry.name);
        if (/\.(?:tgz|tar\.gz)$/i.test(entry.name)) schemasStayInside = false;
        if (/^values\.schema\.json$/i.test(entry.name) && !staysInside(path)) schemasStayInside = false;
        if (entry.isDirectory()) seen.add(path);
        if (!entry.isSymbolicLink()) continue;
        const target = realpathSync(path);
        const below = relative(real, target);
        if (below === ".." || below.startsWith(`..${sep}`) || isAbsolute(below)) {
          return `its symbolic link ${relative(real, path)} leads out of the scanned directory`;
        }
        seen.add(target);
      }
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // A link to a file is among what was seen, and no folder.
      if (code !== "ENOTDIR") return `it cannot be read (${code ?? "unknown"})`;
    }
  }
  return { schemasStayInside };
}

function namesOf(folders: readonly string[]): string {
  return someOf(folders, NAMED, (folder) => folder || ".");
}

function slashed(path: string): string {
  return path.replaceAll(sep, "/");
}
