/**
 * Dockerfiles of apt, npm and pip are built by buildah on bases that mmdebstrap makes, before and after `build lint --fix`,
 * and run. It asks Debian's suites and npm's registry as the machine is set up to: `make test-live`.
 */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { type Buildah, buildahIn, limits } from "../buildah.ts";
import { bulkhead } from "../bulkhead.ts";
import { type LiveDockerfile, liveDockerfiles } from "./dockerfiles.ts";

const CACHE = join(import.meta.dirname, "..", "..", ".cache", "live");
const NPM = "npm@10.9.2";
const only = process.env.ONLY;
const missing = ["buildah", "mmdebstrap"].find((name) => spawnSync(name, ["--version"]).status !== 0);

describe("a Dockerfile of apt, npm or pip builds and serves as before", {
  skip: missing !== undefined && `${missing} is not installed`,
}, () => {
  let folder: string;
  let buildah: Buildah;
  const kept: string[] = [];

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "bulkhead-live-"));
    buildah = buildahIn(join(folder, "buildah"), { mirrors: {}, auths: {}, driver: "overlay", patience: 600_000 });
    for (const [name, packages] of [
      ["plain", "apt"],
      ["node", "nodejs,ca-certificates"],
    ] as const) {
      await makeBase(name, packages);
    }
  });
  after(() => {
    for (const line of kept) process.stdout.write(`# ${line}\n`);
    rmSync(folder, { recursive: true, force: true });
  });

  async function makeBase(name: "plain" | "node", packages: string): Promise<void> {
    mkdirSync(CACHE, { recursive: true });
    const tar = join(CACHE, `${name}.tar`);
    if (!existsSync(tar)) {
      execFileSync("mmdebstrap", ["--variant=minbase", `--include=${packages}`, "trixie", tar], { stdio: "ignore" });
    }
    const context = join(folder, `base-${name}`);
    mkdirSync(context);
    cpSync(tar, join(context, "base.tar"));
    const lines = ["FROM scratch", "ADD base.tar /"];
    if (name === "node") {
      const packed = execFileSync("npm", ["pack", NPM, "--silent", "--pack-destination", context], {
        encoding: "utf8",
      });
      lines.push(
        `ADD ${packed.trim()} /usr/lib/node_modules/`,
        "RUN mv /usr/lib/node_modules/package /usr/lib/node_modules/npm && ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/bin/npm",
      );
    }
    // Registries that this machine knows by a certificate of its own.
    const own = process.env.NODE_EXTRA_CA_CERTS;
    if (name === "node" && own !== undefined && existsSync(own)) {
      cpSync(own, join(context, "own.pem"));
      lines.push("COPY own.pem /etc/ssl/own.pem", "ENV NODE_EXTRA_CA_CERTS=/etc/ssl/own.pem");
    }
    writeFileSync(join(context, "Dockerfile"), `${lines.join("\n")}\n`);
    const { code, said } = await buildah.build(context, `localhost/live/${name}:13`);
    assert.equal(code, 0, said);
  }

  for (const one of liveDockerfiles) {
    if (only !== undefined && !new RegExp(only).test(one.name)) continue;
    it(one.name, async () => {
      const base = `localhost/live/${one.base === "node" ? "node" : "plain"}:13`;
      const contexts = ["before", "after", "unsafe"].map((name) => contextOf(one, name, base));
      const [original = "", mended = "", unsafe = ""] = contexts;
      const notes = await fix(mended);
      const users = (text: string): number => text.match(/^USER /gm)?.length ?? 0;
      assert.equal(users(readFileSync(join(mended, "Dockerfile"), "utf8")), users(one.text));
      await fix(unsafe, "--unsafe");
      const was = await built(one, original, "before");
      const is = await built(one, mended, "after");
      const would = await built(one, unsafe, "unsafe");
      kept.push(
        `${one.name}: ${notes} safe changes; with --unsafe it ${would === is ? "does the same" : "does otherwise"}`,
      );
      if (one.broken === true) assert.match(was, /^it does not build/);
      else assert.doesNotMatch(was, /^it does not build/);
      assert.doesNotMatch(is, /^it does not build/);
      if (one.broken === undefined) assert.equal(is, was);
    });
  }

  function textOf({ text }: LiveDockerfile, base: string): string {
    return `FROM ${base}\n${text.replaceAll("BASE", base)}`;
  }

  function contextOf(one: LiveDockerfile, name: string, base: string): string {
    const context = join(folder, `${name}-${liveDockerfiles.indexOf(one)}`);
    mkdirSync(context);
    for (const [path, content] of Object.entries(one.files ?? {})) writeFileSync(join(context, path), content);
    writeFileSync(join(context, "Dockerfile"), textOf(one, base));
    return context;
  }

  /** @returns how many changes were made */
  async function fix(context: string, ...more: readonly string[]): Promise<number> {
    const { code, stdout, stderr } = await bulkhead(
      ["build", "lint", context, "--fix", "--offline", "--format", "plain", ...more],
      { cwd: folder, home: folder },
    );
    assert.ok(code === 0 || code === 1, stderr);
    return stdout.match(/^note: [^ ]+: fixed: /gm)?.length ?? 0;
  }

  /** What its smoke command says with its exit code, or that it does not build. */
  async function built({ smoke }: LiveDockerfile, context: string, name: string): Promise<string> {
    const { code, said } = await buildah.build(context, `live-${name}`);
    if (code !== 0) return `it does not build: ${said.slice(-2_000)}`;
    const container = `of-${name}-${Math.random().toString(36).slice(2)}`;
    await buildah.run("from", ...limits(), "--name", container, `live-${name}`);
    const ran = await buildah.run("run", "--isolation=chroot", container, "--", "sh", "-c", `(${smoke}) 2>&1`);
    await buildah.run("rm", container);
    await buildah.run("rmi", `live-${name}`);
    return `${ran.code}: ${ran.said}`;
  }
});
