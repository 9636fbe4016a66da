import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loadPolicy } from "../../collect/policy/load.ts";
import { printable } from "../../core/printable.ts";
import { Problem, usageProblem } from "../../core/problem.ts";
import { isThere, writeNew } from "../../engines/files/write.ts";
import {
  DAEMON_FILE,
  type DaemonSettings,
  daemonText,
  MADE_BY,
  type MirroredRuntime,
  type MirrorFiles,
  mirroredRuntimes,
  mirrorFiles,
} from "../../guards/registry/upstream/mirrors.ts";
import { writeOwnFiles } from "../own-files.ts";
import { replaceFile } from "../replace-file.ts";
import { writeStream } from "../write-stream.ts";

export interface MirrorOptions {
  readonly policy?: string;
  readonly environment?: string;
  readonly for?: readonly MirroredRuntime[];
  readonly caFile?: string;
  readonly write?: string;
}

/** `bulkhead registry mirror-config URL`: files of nodes, on standard output or below a folder. */
export async function mirrorConfig(url: string, options: MirrorOptions): Promise<number> {
  const { caFile, write } = options;
  const policy = await loadPolicy({
    flag: options.policy,
    root: process.cwd(),
    environment: options.environment,
  });
  const { upstreams } = policy.registry;
  if (Object.keys(upstreams).length === 0) {
    const remedy = "state registry.upstreams, and name the file with --policy";
    throw usageProblem(options.policy ?? "policy", "no upstream registries", remedy);
  }
  const made = mirrorFiles({
    upstreams,
    guard: guardAt(url),
    runtimes: options.for ?? mirroredRuntimes,
    ...(caFile === undefined ? {} : { caFile: caFileAt(caFile) }),
  });
  for (const note of made.notes) process.stderr.write(`note: ${printable(note)}\n`);
  if (write === undefined) await writeStream(process.stdout, shown(made));
  else for (const path of written(write, made)) process.stdout.write(`${printable(path)}\n`);
  return 0;
}

function guardAt(text: string): URL {
  const url = URL.parse(text);
  const isPlain = url !== null && (url.protocol === "https:" || url.protocol === "http:");
  if (!isPlain || url.pathname !== "/" || url.search !== "" || url.hash !== "" || url.username !== "") {
    throw usageProblem(
      printable(text),
      "not the address of a registry",
      "https://registry.example.com, without a path",
    );
  }
  return url;
}

/** It stands in files of the nodes. */
function caFileAt(path: string): string {
  if (/^\/[\x20-\x7e]+$/.test(path)) return path;
  throw usageProblem(`--ca-file ${printable(path)}`, "not an absolute path on the nodes");
}

/** As files one after the other; daemon.json as what is to be set in it. */
function shown({ files, daemon }: MirrorFiles): string[] {
  const all = [
    ...files,
    ...(daemon === undefined ? [] : [{ name: DAEMON_FILE, text: daemonText("", daemon) as string }]),
  ];
  return all.map(({ name, text }, at) => `${at === 0 ? "" : "\n"}==> /${name}\n${text}`);
}

function written(folder: string, { files, daemon }: MirrorFiles): string[] {
  const daemonPath = daemon === undefined ? undefined : daemonAt(folder, daemon);
  const command = "registry mirror-config";
  const paths = writeOwnFiles({ folder, files, madeBy: MADE_BY, command, root: folder, folders: true });
  return daemonPath === undefined ? paths : [...paths, daemonPath];
}

/** Other keys of it are the node's own. */
function daemonAt(folder: string, daemon: DaemonSettings): string {
  const path = join(folder, DAEMON_FILE);
  if (!isThere(path)) {
    if (!existsSync(folder))
      throw usageProblem(`--write ${folder}`, "no such directory", `make it: mkdir -p ${folder}`);
    writeNew(path, daemonText("", daemon) as string, { within: [folder], folders: true });
    return path;
  }
  const before = readFileSync(path, "utf8");
  const after = daemonText(before, daemon);
  if (after === undefined) {
    throw new Problem({
      kind: "usage",
      code: "files.exists",
      place: path,
      cause: "not a JSON object",
      remedy: "repair it",
    });
  }
  if (after !== before) replaceFile("files", folder, { path: DAEMON_FILE, before, after });
  return path;
}
