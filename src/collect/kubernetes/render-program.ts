/** Programs of this machine that render manifests, run on a tree that nobody vouches for. */
import { execFile } from "node:child_process";
import { accessSync, constants, mkdtempSync, realpathSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, isAbsolute, join, relative, sep } from "node:path";
import { printable } from "../../core/printable.ts";
import { bounds as kubernetesBounds } from "../../engines/kubernetes/bounds.ts";
import { bounds } from "./bounds.ts";

/** Characters of what a program said that are shown. */
const SAID = 300;

/**
 * Nothing listens at the discard port: what a program would fetch in spite of all fails at once. Go goes past a proxy to
 * this machine itself, hence {@link withoutNetwork}.
 */
const NOWHERE = "http://127.0.0.1:9";

export interface RenderProgram {
  readonly name: string;
  readonly file: string;
}

export interface ProgramFinder {
  /** The first of the names that is found, outside of the tree. */
  find(names: readonly string[]): RenderProgram | undefined;
  /** What it printed, or why there is nothing; one sentence, printable. */
  run(program: RenderProgram, args: readonly string[]): Promise<{ readonly text: string } | { readonly cause: string }>;
}

/**
 * Looks through PATH without what is in the tree or depends on where this runs: a program of the tree is never started.
 *
 * @param root - the tree under review
 */
export function programsOutside(root: string, path = process.env.PATH ?? ""): ProgramFinder {
  const real = realpathSync(root);
  const folders = path.split(delimiter).filter((folder) => isAbsolute(folder) && isOutside(real, folder));
  let isolation: Promise<readonly string[]> | undefined;

  function find(names: readonly string[]): RenderProgram | undefined {
    const suffixes = process.platform === "win32" ? [".exe"] : [""];
    for (const name of names) {
      for (const folder of folders) {
        for (const suffix of suffixes) {
          const file = join(folder, name + suffix);
          if (isProgram(file) && isOutside(real, file)) return { name, file };
        }
      }
    }
    return undefined;
  }

  async function run({ name, file }: RenderProgram, args: readonly string[]) {
    const home = mkdtempSync(join(tmpdir(), "bulkhead-render-"));
    try {
      isolation ??= withoutNetwork(find(["unshare"]), home);
      const [started = file, ...before] = [...(await isolation), file];
      const { error, stdout, stderr } = await output(started, [...before, ...args], home);
      if (error === null) return textOf(name, stdout);
      if (error.code === "ERR_CHILD_PROCESS_STDIO_MAXBUFFER") {
        return { cause: `${name} printed more than ${kubernetesBounds.kubernetesFileBytes} bytes` };
      }
      if (error.killed === true) return { cause: `${name} took more than ${bounds.renderMilliseconds / 1000} s` };
      const lines = stderr.toString("utf8").split("\n");
      const said = lines.find((line) => /^error\b/i.test(line)) ?? lines.find((line) => line.trim() !== "") ?? "";
      const short = said
        .replaceAll(`${real}${sep}`, "")
        .replace(/^error: /i, "")
        .trim()
        .slice(0, SAID);
      return { cause: printable(`${name} failed${short === "" ? ` (${String(error.code)})` : `: ${short}`}`) };
    } finally {
      rmSync(home, { recursive: true, force: true });
    }
  }

  return { find, run };
}

/**
 * What to put before a program so that it runs in a network of its own, without even this machine in it: Linux's `unshare`,
 * where users may make namespaces. Empty where that is not so: then what was decided beforehand is the one wall.
 */
async function withoutNetwork(unshare: RenderProgram | undefined, home: string): Promise<readonly string[]> {
  if (unshare === undefined) return [];
  const before = ["--user", "--map-root-user", "--net", "--"];
  const { error } = await output(unshare.file, [...before, process.execPath, "--version"], home);
  return error === null ? [unshare.file, ...before] : [];
}

interface Output {
  readonly error: (Error & { code?: unknown; killed?: boolean }) | null;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

/** Without a shell, without input, with nothing of the caller's environment, and with no program that it could find by name. */
function output(file: string, args: readonly string[], home: string): Promise<Output> {
  const { SystemRoot } = process.env;
  const env = {
    PATH: home,
    HOME: home,
    USERPROFILE: home,
    TMPDIR: home,
    TEMP: home,
    TMP: home,
    LC_ALL: "C",
    KUBECONFIG: "/dev/null",
    GIT_ALLOW_PROTOCOL: "none",
    GIT_TERMINAL_PROMPT: "0",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    HTTP_PROXY: NOWHERE,
    HTTPS_PROXY: NOWHERE,
    http_proxy: NOWHERE,
    https_proxy: NOWHERE,
    ALL_PROXY: NOWHERE,
    NO_PROXY: "",
    no_proxy: "",
    ...(SystemRoot === undefined ? {} : { SystemRoot }),
  };
  return new Promise((resolve) => {
    const options = {
      encoding: "buffer",
      cwd: home,
      env,
      maxBuffer: kubernetesBounds.kubernetesFileBytes,
      timeout: bounds.renderMilliseconds,
      killSignal: "SIGKILL",
      windowsHide: true,
    } as const;
    const child = execFile(file, [...args], options, (error, stdout, stderr) => resolve({ error, stdout, stderr }));
    child.stdin?.on("error", () => {});
    child.stdin?.end();
  });
}

function textOf(name: string, bytes: Buffer) {
  try {
    return { text: new TextDecoder("utf-8", { ignoreBOM: true, fatal: true }).decode(bytes) };
  } catch {
    return { cause: `what ${name} printed is not UTF-8` };
  }
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

function isOutside(root: string, path: string): boolean {
  try {
    const below = relative(root, realpathSync(path));
    return below === ".." || below.startsWith(`..${sep}`) || isAbsolute(below);
  } catch {
    return false;
  }
}
