/** Commands as one script (bin/script.js): those of every day where the program is published, each by itself in a clone. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { type BuildOptions, build, type Plugin } from "esbuild";

/** Too large to go along for those who never use it: whoever wants it installs it beside the package. */
export const installedByUsers = "@electric-sql/pglite";

/** Where every command begins: it loads each command's own code on demand. */
export const BEGINNING = "src/cli/run.ts";

/** Of what is no file, and loads one of Node's own modules when it is called. */
const LATER = "later";

/** @param root - the clone */
export function bundling(root: string) {
  return {
    absWorkingDir: root,
    bundle: true,
    external: [installedByUsers],
    platform: "node",
    target: "node24",
    // Names stay: a stack trace of a bug must say where it was.
    minifyWhitespace: true,
    minifySyntax: true,
    // They are in THIRD_PARTY_NOTICES, whole.
    legalComments: "none",
    metafile: true,
    logLevel: "error",
  } satisfies BuildOptions;
}

/**
 * What a clone asks Node for when it is needed is in the bundle, and is run when it is needed. What Commander starts programs with
 * is loaded when it starts one, which it does of no command of ours.
 */
export const libraryWithin: Plugin = {
  name: "library-within",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:child_process$/ }, ({ path, importer }) =>
      /[\\/]commander[\\/]/.test(importer) ? { path, namespace: LATER } : undefined,
    );
    onLoad({ filter: /.*/, namespace: LATER }, ({ path }) => ({
      contents: `export default { spawn: (...words) => process.getBuiltinModule(${JSON.stringify(path)}).spawn(...words) };`,
    }));
    onLoad({ filter: /[\\/]src[\\/]formats[\\/]yaml[\\/]loaded\.ts$/ }, ({ path }) => ({
      contents: 'export const yaml = () => require("yaml");',
      resolveDir: dirname(path),
    }));
  },
};

export interface CommandScript {
  /** One function, of `require`, `module` and `exports`, in ASCII. */
  readonly text: string;
  /** Of which it was made: paths from the root. */
  readonly files: readonly string[];
}

/**
 * @param root - the clone, with its packages installed
 * @param commands - as in bin/daily.js
 * @param placeOf - where the script finds the module of a file that only other commands need; absolute path to specifier
 * @throws Error where a command has no file
 */
export async function commandScript(
  root: string,
  commands: readonly string[],
  placeOf: (file: string) => string,
): Promise<CommandScript> {
  return await oneScript(root, [libraryWithin, await otherCommands(root, commands, placeOf)]);
}

/**
 * The script of help: all commands with their words, and the code of none.
 *
 * @param root - as above
 * @param placeOf - as above
 */
export async function helpOf(root: string, placeOf: (file: string) => string): Promise<string> {
  const program = join(root, "src/cli/program.ts");
  const code: Plugin = {
    name: "code-of-commands",
    setup({ onResolve }) {
      onResolve({ filter: /^\.\.?\// }, ({ kind, importer, path }) => {
        if (kind !== "dynamic-import" || importer === program) return undefined;
        return { path: placeOf(join(dirname(importer), path)), external: true };
      });
    },
  };
  return (await oneScript(root, [libraryWithin, code])).text;
}

async function oneScript(root: string, plugins: Plugin[]): Promise<CommandScript> {
  const { outputFiles, metafile } = await build({
    ...bundling(root),
    entryPoints: [BEGINNING],
    outfile: join(root, "script.cjs"),
    write: false,
    format: "cjs",
    banner: { js: "(function(require,module,exports){" },
    footer: { js: "})" },
    // The script has no address: nothing in it may ask for one.
    logOverride: { "empty-import-meta": "error" },
    plugins,
  });
  const files = Object.keys(metafile.inputs).filter((file) => !file.startsWith(`${LATER}:`));
  return { text: inAscii(outputFiles[0]?.text ?? ""), files };
}

/**
 * What commands leave to modules of their own: what only others need.
 *
 * @param commands - as in bin/daily.js
 * @param placeOf - absolute path to specifier
 * @throws Error where a command has no file
 */
export async function otherCommands(
  root: string,
  commands: readonly string[],
  placeOf: (file: string) => string,
): Promise<Plugin> {
  const within = new Set(commands.map((name) => join(root, "src/cli", `${name.replace("-", "/")}.ts`)));
  for (const file of within) if (!existsSync(file)) throw new Error(`${file} is not there: bin/daily.js names it`);
  const begins = await loadedAtOnce(root);
  return {
    name: "other-commands",
    setup({ onResolve }) {
      onResolve({ filter: /^\.\.?\// }, ({ kind, importer, path }) => {
        if (kind !== "dynamic-import" || !begins.has(importer)) return undefined;
        const file = join(dirname(importer), path);
        return within.has(file) ? undefined : { path: placeOf(file), external: true };
      });
    },
  };
}

/**
 * A script is read as bytes. Of what is not ASCII the bundler leaves only what stands in regular expressions, which know this form
 * too.
 */
export function inAscii(text: string): string {
  return text.replace(/[^\n -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** @returns the files that every command loads; absolute paths */
async function loadedAtOnce(root: string): Promise<ReadonlySet<string>> {
  const later: Plugin = {
    name: "later",
    setup({ onResolve }) {
      onResolve({ filter: /.*/ }, ({ kind }) => (kind === "dynamic-import" ? { external: true } : undefined));
    },
  };
  const { metafile } = await build({
    ...bundling(root),
    entryPoints: [BEGINNING],
    outfile: join(root, "script.cjs"),
    write: false,
    format: "esm",
    packages: "external",
    plugins: [later],
  });
  return new Set(Object.keys(metafile.inputs).map((file) => join(root, file)));
}
