/** The program as it is published: bundled JavaScript for Node 24, with nothing to install beside it. */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { basename, dirname, join, relative } from "node:path";
import { build, type Metafile, type Plugin } from "esbuild";
import { daily, helpScript, script } from "../bin/daily.js";
import {
  BEGINNING,
  bundling,
  helpOf,
  inAscii,
  installedByUsers,
  libraryWithin,
  otherCommands,
} from "./command-script.ts";
import { joinChunks } from "./joined-chunks.ts";

/** Files beside the code, as they are. */
const accompanying = ["LICENSE", "README.md", "CHANGELOG.md", "SECURITY.md", "docs/schemas"] as const;
/** What else a release's tree holds: the GitHub Action, its reusable workflow, GitLab's component, hooks of pre-commit. */
const forRepositories = [
  "action.yml",
  ".github/workflows/bulkhead.yml",
  "templates/bulkhead.yml",
  ".pre-commit-hooks.yaml",
] as const;
/** Of that tree, what the package on a registry holds; npm adds what it always takes. */
const packaged = ["bin/", "action/", "code/", "docs/", "CHANGELOG.md", "SECURITY.md", "THIRD_PARTY_NOTICES"] as const;

/** Node's own modules. The bundler asks by it, so that not each of thousands of imports becomes a question to this process. */
const builtin = new RegExp(`^(?:node:)?(?:${builtinModules.map((name) => name.replace(/^node:/, "")).join("|")})$`);

/** As its package.json has it. */
export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** An SPDX expression. */
  readonly license?: string;
}

export interface BuildOptions {
  /** The source repository, `https://github.com/OWNER/NAME`: what npm holds the provenance of a package against. */
  readonly repository?: string;
}

/**
 * Builds the package into a folder, which is emptied first. What the program loads on demand stays a file of its own, so
 * that `--help` reads little.
 *
 * The folder is a release's whole tree: npm takes the package from it, Git repositories the action and the hooks.
 *
 * @param root - the clone, with its packages installed
 * @returns the packages that have a part in the bundle
 * @throws Error where a package that would be bundled has no licence text, or needs what a bundle lacks
 */
export async function buildPackage(
  root: string,
  outdir: string,
  options: BuildOptions = {},
): Promise<readonly BundledPackage[]> {
  rmSync(outdir, { recursive: true, force: true });
  const { metafile } = await build({
    ...bundling(root),
    entryPoints: { "bin/bulkhead": "bin/bulkhead.js", "action/main": "action/main.js" },
    outdir,
    chunkNames: "code/[name]-[hash]",
    splitting: true,
    format: "esm",
    plugins: [builtinsWithoutRequire, libraryWithin],
  });
  await buildDaily(root, outdir, metafile);
  writeFileSync(join(outdir, "package.json"), `${JSON.stringify(publishedManifest(root, options), null, 2)}\n`);
  const folders = bundledFolders(root, metafile);
  writeFileSync(join(outdir, "THIRD_PARTY_NOTICES"), notices(folders));
  for (const path of [...accompanying, ...forRepositories]) {
    mkdirSync(join(outdir, path, ".."), { recursive: true });
    cpSync(join(root, path), join(outdir, path), { recursive: true });
  }
  return folders.map((folder) => {
    const { name, version, license } = manifestOf(folder);
    return { name, version, ...(license === undefined ? {} : { license }) };
  });
}

/** The package.json of what is published. @param root - the clone */
export function publishedManifest(root: string, { repository }: BuildOptions): Readonly<Record<string, unknown>> {
  const source = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Record<string, unknown>;
  const { name, version, description, license, engines, type, bin, optionalDependencies = {} } = source;
  const byUsers = (optionalDependencies as Record<string, string>)[installedByUsers];
  return {
    ...{ name, version, description, license },
    ...(repository === undefined ? {} : { repository: { type: "git", url: `git+${repository}.git` } }),
    ...{ type, bin, files: packaged, engines },
    peerDependencies: { [installedByUsers]: byUsers },
    // npm installs no optional peer by itself.
    peerDependenciesMeta: { [installedByUsers]: { optional: true } },
  };
}

/** Packages in CommonJS ask for Node's own modules by `require`, which a module lacks. */
const builtinsWithoutRequire: Plugin = {
  name: "builtins-without-require",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: builtin }, ({ path, kind }) =>
      kind === "require-call" ? { path, namespace: "builtin" } : undefined,
    );
    onLoad({ filter: /.*/, namespace: "builtin" }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)});`,
    }));
  },
};

/**
 * One script of all that the commands of every day need (bin/script.js), beside the modules of the other commands, which it
 * leads to as well; and one of help.
 *
 * @param modules - what was made of the modules
 */
async function buildDaily(root: string, outdir: string, modules: Metafile): Promise<void> {
  const places = new Map(
    Object.entries(modules.outputs).map(([path, { entryPoint = "" }]) => [join(root, entryPoint), basename(path)]),
  );
  const placeOf = (file: string) => {
    const place = places.get(file);
    if (place === undefined) throw new Error(`${file} is loaded on demand, and no module of the package`);
    return `./${place}`;
  };
  writeFileSync(join(outdir, helpScript), await helpOf(root, placeOf));
  const others = await otherCommands(root, daily, placeOf);
  const { outputFiles, metafile } = await build({
    ...bundling(root),
    entryPoints: [BEGINNING],
    outdir: root,
    write: false,
    splitting: true,
    format: "esm",
    plugins: [builtinsWithoutRequire, libraryWithin, others],
  });
  const text = joinChunks(outputFiles, ({ path }) => {
    return metafile.outputs[relative(root, path)]?.entryPoint === BEGINNING;
  });
  writeFileSync(join(outdir, script), inAscii(text));
}

/** Licences that ask for their address and the author's name, or for nothing, and not for their text. */
const byAddress: Readonly<Record<string, string>> = {
  "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/legalcode",
  "CC-BY-3.0": "https://creativecommons.org/licenses/by/3.0/legalcode",
  Unlicense: "https://unlicense.org/",
};

/** The folder of every package of which something is in the bundle, sorted. */
function bundledFolders(root: string, metafile: Metafile): string[] {
  const folders = new Set<string>();
  for (const { inputs } of Object.values(metafile.outputs)) {
    for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
      const [folder] = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? [];
      if (folder !== undefined && bytesInOutput > 0) folders.add(folder);
    }
  }
  return [...folders].sort().map((folder) => join(root, folder));
}

/** Most licences ask that their text goes with the code. */
function notices(folders: readonly string[]): string {
  const rule = "=".repeat(80);
  const sections = folders.map((folder) => {
    const { name, version, license = "" } = manifestOf(folder);
    return `${rule}\n${name} ${version} (${license})\n${rule}\n\n${licenceText(folder, folders)}\n`;
  });
  return `Bulkhead's code holds parts of these packages.\n\n${sections.join("\n")}`;
}

interface Manifest extends BundledPackage {
  readonly author?: string | { readonly name: string };
}

function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
}

function licenceFiles(folder: string): string[] {
  return readdirSync(folder).filter((file) => /^(?:licen[cs]e|copying|notice)/i.test(file));
}

/** @param beside - all that are bundled: packages of one repository may leave the text to one of them */
function licenceText(folder: string, beside: readonly string[]): string {
  const files = licenceFiles(folder);
  if (files.length > 0) {
    const texts = files.sort().map((file) => readFileSync(join(folder, file), "utf8").trim());
    return texts.join("\n\n");
  }
  const { name, license = "", author } = manifestOf(folder);
  const address = byAddress[license];
  const holder = beside
    .map((other) => ({ other, manifest: manifestOf(other) }))
    .find(
      ({ other, manifest }) =>
        manifest.license === license && dirname(other) === dirname(folder) && licenceFiles(other).length > 0,
    );
  if (address === undefined && holder !== undefined && name.startsWith("@")) {
    return `Licensed under ${license}, by the text of ${holder.manifest.name}, which is here too.`;
  }
  if (address === undefined) throw new Error(`${name} has no licence text to pass on`);
  const by = typeof author === "object" ? author.name : author;
  return `${by === undefined ? "" : `By ${by}. `}Licensed under ${license}: ${address}`;
}
