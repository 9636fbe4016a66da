/** Debian's buildah, with storage and configuration of its own in a folder, for tests. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";

export interface BuildahRun {
  readonly code: number | null;
  /** What it said, standard output first. */
  readonly said: string;
}

export interface Buildah {
  build(context: string, tag: string, ...options: readonly string[]): Promise<BuildahRun>;
  run(...written: readonly string[]): Promise<BuildahRun>;
}

export interface Setup {
  /** Registry → where it is asked in its place, by plain http. */
  readonly mirrors: Readonly<Record<string, string>>;
  /** As in docker's config.json: host → user:password in base 64. */
  readonly auths: Readonly<Record<string, { readonly auth: string }>>;
  readonly environment?: Readonly<Record<string, string>>;
  /** Absent: vfs, which every machine has, and which copies each layer whole. */
  readonly driver?: "vfs" | "overlay";
  /** Milliseconds until a run of it is ended. */
  readonly patience?: number;
}

/** Nothing of it is outside the folder: no image of the machine is seen, and none is left. */
export function buildahIn(
  folder: string,
  { mirrors, auths, environment = {}, driver = "vfs", patience = 50_000 }: Setup,
): Buildah {
  const at = (name: string): string => join(folder, name);
  for (const name of ["home", "tmp", "storage", "run"]) mkdirSync(at(name), { recursive: true });
  const registries = Object.entries(mirrors).map(
    ([domain, mirror]) =>
      `[[registry]]\nprefix = "${domain}"\nlocation = "${domain}"\n` +
      `[[registry.mirror]]\nlocation = "${mirror}"\ninsecure = true\n`,
  );
  writeFileSync(
    at("registries.conf"),
    `unqualified-search-registries = ["docker.io"]\nshort-name-mode = "permissive"\n${registries.join("")}`,
  );
  writeFileSync(at("policy.json"), JSON.stringify({ default: [{ type: "insecureAcceptAnything" }] }));
  writeFileSync(at("auth.json"), JSON.stringify({ auths }));
  const env = {
    PATH: process.env.PATH ?? "",
    HOME: at("home"),
    TMPDIR: at("tmp"),
    REGISTRY_AUTH_FILE: at("auth.json"),
    CONTAINERS_REGISTRIES_CONF: at("registries.conf"),
    ...environment,
  };
  const storage = ["--root", at("storage"), "--runroot", at("run"), "--storage-driver", driver];
  // Not awaited in one go: a registry's token service may run in this process.
  const run = async (...written: readonly string[]): Promise<BuildahRun> => {
    const child = spawn("buildah", [...storage, ...written], {
      cwd: folder,
      env,
      stdio: ["ignore", "pipe", "pipe"],
      timeout: patience,
    });
    const [stdout, stderr, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, "close") as Promise<[number | null]>,
    ]);
    return { code, said: stdout + stderr };
  };
  return {
    run,
    build: (context, tag, ...options) =>
      run(
        ...["build", "--isolation=chroot", "--signature-policy", at("policy.json")],
        ...limits(),
        ...["--tag", tag, ...options, context],
      ),
  };
}

/** Those that this process has: buildah would raise them, which not every root may. */
export function limits(): string[] {
  const text = readFileSync("/proc/self/limits", "utf8");
  return [
    ["nofile", /^Max open files +\d+ +(\d+)/m] as const,
    ["nproc", /^Max processes +\d+ +(\d+)/m] as const,
  ].flatMap(([name, line]) => {
    const hard = line.exec(text)?.[1];
    return hard === undefined ? [] : ["--ulimit", `${name}=${hard}:${hard}`];
  });
}

/** Whether a program needs no other file to run: an ELF file (64 bit, little-endian) without an interpreter. */
export function isStatic(program: Buffer): boolean {
  if (program.length < 64 || program.readUInt32BE(0) !== 0x7f454c46) return false;
  const [start, size, count] = [
    Number(program.readBigUInt64LE(32)),
    program.readUInt16LE(54),
    program.readUInt16LE(56),
  ];
  const headers = Array.from({ length: count }, (_, index) => program.readUInt32LE(start + index * size));
  return !headers.includes(3);
}
