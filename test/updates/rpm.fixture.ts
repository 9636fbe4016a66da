/**
 * Repositories and root file systems of rpm, made by its own programs: rpmbuild builds packages without a file in them,
 * createrepo_c lists them, gpg signs the list, rpm writes the database of what is installed.
 */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { text } from "node:stream/consumers";
import type { TestContext } from "node:test";
import { type FixtureUpdate, updateinfoXml } from "../../src/engines/vulnerability/vendors/updateinfo.fixture.ts";
import { site } from "./suites.fixture.ts";

export const missingRpmProgram = ["rpmbuild", "rpm", "createrepo_c", "modifyrepo_c", "gpg"].find(
  (program) => spawnSync(program, ["--version"]).status !== 0,
);
const hasDnf = spawnSync("dnf", ["--version"]).status === 0;

/** Whether dnf is here to be held against; a run without it says so. */
export function dnfIsHere(context: TestContext): boolean {
  if (!hasDnf) context.diagnostic("dnf is not installed: nothing was held against it");
  return hasDnf;
}

export interface FixtureRpm {
  /** `name-[epoch:]version-release.arch` */
  readonly build: string;
  readonly vendor?: string;
  /** Of the source rpm, where it is not the package's own. */
  readonly source?: string;
  /** `name:stream:version:context:arch` */
  readonly module?: string;
  readonly obsoletes?: string;
}

export interface FixtureRepository {
  readonly id: string;
  readonly packages: readonly FixtureRpm[];
  readonly updates?: readonly FixtureUpdate[];
  readonly modules?: string;
  /** How its files are packed. */
  readonly packing?: "gz" | "zstd" | "xz";
  readonly signed?: boolean;
}

interface Parts {
  readonly name: string;
  readonly epoch: string | undefined;
  readonly version: string;
  readonly release: string;
  readonly arch: string;
}

export function partsOf(build: string): Parts {
  const [, name = "", epoch, version = "", release = "", arch = ""] =
    /^(.+)-(?:(\d+):)?([^-]+)-([^-]+)\.([^.]+)$/.exec(build) ?? [];
  return { name, epoch, version, release, arch };
}

/** A site with makers of what rpm's distributions have. */
export async function rpmSite() {
  const made = await site();
  const { folder, root, server } = made;
  const home = join(folder, "gnupg");
  mkdirSync(home, { mode: 0o700 });
  const gpg = (...words: readonly string[]): Buffer =>
    run("gpg", ["--homedir", home, "--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", "", ...words]);
  gpg("--quick-gen-key", "vendor@example.org", "ed25519", "sign", "never");
  const key = gpg("--export", "--armor", "vendor@example.org");

  const built = new Map<string, string>();
  /** The file of a package, built once. */
  const build = (item: FixtureRpm): string => {
    const id = JSON.stringify(item);
    const known = built.get(id);
    if (known !== undefined) return known;
    const top = join(folder, "build", String(built.size));
    mkdirSync(top, { recursive: true });
    const { name, epoch, version, release, arch } = partsOf(item.build);
    const source = item.source ?? name;
    const lines = [
      `Name: ${source}`,
      ...(epoch === undefined ? [] : [`Epoch: ${epoch}`]),
      ...[`Version: ${version}`, `Release: ${release}`, "Summary: made", "License: MIT"],
      ...(item.vendor === undefined ? [] : [`Vendor: ${item.vendor}`]),
      ...(item.module === undefined ? [] : [`ModularityLabel: ${item.module}`]),
      ...(arch === "noarch" ? ["BuildArch: noarch"] : []),
      ...(source === name
        ? obsoletes(item)
        : ["%description", "made", `%package -n ${name}`, "Summary: made", ...obsoletes(item)]),
      ...(source === name
        ? ["%description", "made", "%files"]
        : [`%description -n ${name}`, "made", `%files -n ${name}`]),
    ];
    const spec = join(top, "made.spec");
    writeFileSync(spec, `${lines.join("\n")}\n`);
    const target = arch === "noarch" ? [] : ["--target", arch];
    run("rpmbuild", ["-bb", "--quiet", "--define", `_topdir ${top}`, ...target, spec]);
    const file = join(top, "RPMS", arch, `${name}-${version}-${release}.${arch}.rpm`);
    built.set(id, file);
    return file;
  };

  return {
    ...made,
    /** The vendor's public key, armored. */
    vendorKey: key,
    /** Makes a repository and puts it on the server below `/ID/`. */
    publishRpm({ id, packages, updates, modules, packing = "zstd", signed = true }: FixtureRepository): string {
      const path = join(folder, "repositories", id);
      rmSync(path, { recursive: true, force: true });
      mkdirSync(path, { recursive: true });
      for (const item of packages) {
        const file = build(item);
        writeFileSync(join(path, file.slice(file.lastIndexOf("/") + 1)), readFileSync(file));
      }
      run("createrepo_c", ["--quiet", "--no-database", `--general-compress-type=${packing}`, path]);
      const more = {
        ...(updates && { "updateinfo.xml": updateinfoXml(updates) }),
        ...(modules && { "modules.yaml": modules }),
      };
      for (const [name, content] of Object.entries(more)) {
        writeFileSync(join(folder, name), content);
        run("modifyrepo_c", [`--compress-type=${packing}`, join(folder, name), join(path, "repodata")]);
      }
      const repomd = join(path, "repodata/repomd.xml");
      if (signed) gpg("--detach-sign", "--armor", "--local-user", "vendor@example.org", repomd);
      for (const at of [...server.files.keys()]) if (at.startsWith(`/${id}/`)) server.files.delete(at);
      for (const entry of readdirSync(path, { recursive: true, withFileTypes: true })) {
        const file = join(entry.parentPath, entry.name);
        if (entry.isFile()) made.put(`/${id}/${relative(path, file)}`, readFileSync(file));
      }
      return path;
    },
    /** Writes a root file system with these packages; what else it has is for the caller to write. */
    install(packages: readonly FixtureRpm[], osRelease: string): void {
      rmSync(root, { recursive: true, force: true });
      made.write("etc/os-release", osRelease);
      run("rpm", ["--root", root, "--dbpath", "/var/lib/rpm", "--initdb"]);
      const files = packages.map(build);
      const quiet = ["--justdb", "--nodeps", "--nosignature", "--nodigest", "--ignorearch", "--ignoreos", "--force"];
      run("rpm", ["--root", root, "--dbpath", "/var/lib/rpm", "-i", ...quiet, ...files]);
    },
    /** A list of repositories in the root. */
    enable(...repositories: readonly (readonly [id: string, ...fields: string[]])[]): string {
      const written = repositories.map(([id, ...fields]) =>
        [`[${id}]`, `name=${id}`, `baseurl=${server.url}/${id}/`, "enabled=1", "gpgcheck=1", ...fields, ""].join("\n"),
      );
      made.write("etc/yum.repos.d/made.repo", written.join("\n"));
      return join(root, "etc/yum.repos.d/made.repo");
    },
    /** dnf with every folder of its own; what it prints. */
    async dnf(...words: readonly string[]): Promise<string> {
      for (const name of ["log", "cache"]) mkdirSync(join(folder, name), { recursive: true });
      mkdirSync(join(root, folder, "log"), { recursive: true });
      writeFileSync(join(folder, "dnf.conf"), "[main]\n");
      const settings = {
        reposdir: join(root, "etc/yum.repos.d"),
        cachedir: join(folder, "cache"),
        logdir: join(folder, "log"),
        varsdir: join(root, "etc/dnf/vars"),
        modulesdir: join(root, "etc/dnf/modules.d"),
        pluginpath: join(folder, "none"),
        metadata_expire: "0",
      };
      const child = spawn(
        "dnf",
        [
          ...["-q", `--installroot=${root}`, "--config", join(folder, "dnf.conf"), "--forcearch", "x86_64"],
          ...Object.entries(settings).map(([name, value]) => `--setopt=${name}=${value}`),
          ...words,
        ],
        { env: { PATH: process.env.PATH ?? "", LC_ALL: "C", HOME: folder }, stdio: ["ignore", "pipe", "pipe"] },
      );
      const [stdout, stderr, [code]] = await Promise.all([
        text(child.stdout),
        text(child.stderr),
        once(child, "close"),
      ]);
      assert.ok(code === 0 || code === 100, stderr);
      return stdout;
    },
    async [Symbol.asyncDispose]() {
      spawnSync("gpgconf", ["--homedir", home, "--kill", "all"]);
      await made[Symbol.asyncDispose]();
    },
  };
}

function obsoletes(item: FixtureRpm): string[] {
  return item.obsoletes === undefined ? [] : [`Obsoletes: ${item.obsoletes}`];
}

function run(program: string, words: readonly string[]): Buffer {
  const { status, stdout, stderr } = spawnSync(program, words);
  assert.equal(status, 0, `${program}: ${stderr}`);
  return stdout;
}

/** `name.arch  version  repository` of `dnf check-update` → `name.arch version repository`, sorted; obsoletes apart. */
export function checkUpdate(printed: string): string[] {
  const [updates = ""] = printed.split("Obsoleting Packages");
  return updates
    .split("\n")
    .map((line) => line.trim().replaceAll(/\s+/g, " "))
    .filter((line) => line.split(" ").length === 3)
    .sort();
}
