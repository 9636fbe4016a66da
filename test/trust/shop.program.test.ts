/** The shop's images in a real registry: the hardened one signed and attested, the insecure ones unsigned and by a stranger. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { buildWeek, hardenedImages } from "../../examples/shop/hardened/images.ts";
import { type ShopImage, writeLayout } from "../../examples/shop/image.ts";
import { insecureImages } from "../../examples/shop/insecure/images.ts";
import { releaseKey, securityKey, strangerKey } from "../../examples/shop/signers.ts";
import { pushLayout } from "../../scripts/image/push.ts";
import { readClock } from "../../src/core/clock.ts";
import { inProcess } from "../in-process.ts";
import { importMade } from "../made-advisories.ts";
import { cosignIn, withoutCosign } from "./cosign.ts";
import { startRegistry, type TestRegistry } from "./registry.ts";

/** The table of releases knows when Debian 13 ends, and these tests go on. */
const OLD_RELEASE = `exceptions:
  - id: image/end-of-life
    asset: "**/shop/api*"
    reason: the release is not what is tested
    owner: shop
    expires: ${new Date(readClock().getTime() + 30 * 86_400_000).toISOString().slice(0, 10)}`;

const hardened = join(import.meta.dirname, "..", "..", "examples", "shop", "hardened");

interface Link {
  readonly name: string;
  readonly state: string;
  readonly facts: readonly { readonly text: string; readonly state: string; readonly evidence: object }[];
  readonly gaps: readonly { readonly code: string }[];
}

describe("the shop's images in a registry", { skip: withoutCosign }, () => {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-shop-trust-"));
  const tree = join(folder, "hardened");
  let registry: TestRegistry;
  let commit = "";
  let api = "";
  let digest = "";

  const run = (...words: readonly string[]) => inProcess(words, { cwd: folder, home: folder });
  const succeed = async (...words: readonly string[]) => {
    const { code, stdout, stderr } = await run(...words);
    assert.equal(code, 0, `bulkhead ${words.join(" ")}\n${stdout}${stderr}`);
    return stdout;
  };
  const policy = ["--policy", join(tree, "bulkhead.yaml"), "--quiet"];

  async function push(images: readonly ShopImage[], name: string, repository: string): Promise<string> {
    const image = images.find((each) => each.name === name);
    assert.ok(image !== undefined);
    const layout = join(folder, "layouts", repository, name);
    writeLayout(image, layout);
    return await pushLayout(layout, `${registry.host}/${repository}/${name}:${image.reference.split(":")[1]}`);
  }

  before(async () => {
    registry = await startRegistry(folder);
    for (const { name, privateKey, publicKey } of [releaseKey, securityKey, strangerKey]) {
      writeFileSync(join(folder, `${name}.key`), privateKey);
      writeFileSync(join(folder, `${name}.pub`), publicKey);
    }
    digest = await push(hardenedImages(buildWeek(readClock(), undefined)), "api", "shop");
    api = `${registry.host}/shop/api@${digest}`;
    // The shop as its team has it, but for the registry's name, and what its manifests pin.
    cpSync(hardened, tree, { recursive: true, filter: (path) => !path.endsWith(".generated") });
    for (const path of ["bulkhead.yaml", "kubernetes/api.yaml"]) {
      const text = readFileSync(join(tree, path), "utf8")
        .replaceAll("registry.example.com", registry.host)
        .replace(/^exceptions: \[\]$/m, OLD_RELEASE)
        .replace(/(shop\/api:)[0-9.]+@sha256:[0-9a-f]{64}/, `$14.0.0@${digest}`);
      writeFileSync(join(tree, path), text);
    }
    const git = (...words: readonly string[]) =>
      execFileSync("git", ["-C", tree, "-c", "user.name=t", "-c", "user.email=t@example.com", ...words], {
        encoding: "utf8",
      }).trim();
    git("init", "-q", "-b", "main");
    git("remote", "add", "origin", "https://git.example.com/shop/shop.git");
    git("add", ".");
    git("commit", "-qm", "the shop");
    commit = git("rev-parse", "HEAD");
  });
  after(async () => {
    await registry?.stop();
    rmSync(folder, { recursive: true });
  });

  it("keys of the policy are those that sign", () => {
    for (const { name, publicKey } of [releaseKey, securityKey]) {
      assert.equal(readFileSync(join(hardened, "keys", `${name}.pub`), "utf8"), publicKey);
    }
    assert.deepEqual(readdirSync(join(hardened, "keys")).sort(), ["release.pub", "security.pub"]);
  });

  it("the hardened image is trusted once both have signed it, and everything is attested", async () => {
    const database = await importMade(folder);
    assert.equal((await run("verify", api, ...policy)).code, 1);
    await succeed("sign", "--key", "release.key", api);
    const half = await run("verify", api, ...policy);
    assert.equal(half.code, 1);
    assert.match(half.stdout, /^✗ not trusted: .*\n {2}.*security/);
    await succeed("sign", "--key", "security.key", "--form", "cosign-referrer", api);
    await succeed("image", "sbom", api, "--format", "cyclonedx", "--output", "api.cdx.json", "--quiet");
    await succeed("attest", "--type", "sbom", "--predicate", "api.cdx.json", "--key", "release.key", api);
    const scan = await run("image", "scan", api, "--db", database, "--format", "json=scan.json", "--quiet");
    assert.notEqual(scan.code, 2, scan.stderr);
    const bundle = ["--form", "bundle-attestation"];
    await succeed("attest", "--type", "vuln", "--predicate", "scan.json", ...bundle, "--key", "security.key", api);
    const source = ["--source", tree, "--dockerfile", join(tree, "api", "Dockerfile")];
    await succeed("attest", "--type", "slsa", ...source, "--key", "release.key", api);
    const trusted = await run("verify", `${registry.host}/shop/api:4.0.0`, ...policy);
    assert.equal(trusted.code, 0, trusted.stdout);
    assert.match(trusted.stdout, new RegExp(`^✓ trusted: .*\n[\\s\\S]*\n {2}image {4}${api}\n`));
  });

  it("and cosign verifies what signed it, by either key", async () => {
    const cosign = await cosignIn(folder);
    const words = ["verify", "--allow-http-registry", "--insecure-ignore-tlog", "--key", "release.pub", api];
    assert.match(await cosign.run(words), new RegExp(digest));
    await assert.rejects(cosign.run(words.with(4, "stranger.pub")), /no matching signatures|invalid signature/);
  });

  it("its trace has a link for each thing that is known, with what says so", async () => {
    const words = ["trace", `${registry.host}/shop/api:4.0.0`, ...policy, "--in", tree];
    const database = join(folder, "advisories.db");
    const json = await run(...words, "--db", database, "--format", "json");
    // Its policy asks for the push and the admission, and no log of either was read.
    assert.equal(json.code, 3, json.stdout);
    const { links, firstBroken } = JSON.parse(json.stdout);
    assert.equal(firstBroken, undefined);
    const states = links.map(({ name, state }: Link) => [name, state]);
    assert.deepEqual(states, [
      ["image", "observed"],
      ["source", "verified"],
      ["build", "verified"],
      ["base", "observed"],
      ["sbom", "verified"],
      ["vulnerabilities", "verified"],
      ["secrets", "observed"],
      ["signatures", "verified"],
      ["push", "unknown"],
      ["admission", "unknown"],
      ["runs", "observed"],
      ["reach", "observed"],
      ["behavior", "unknown"],
      ["loaded", "unknown"],
    ]);
    for (const { name, facts } of links as Link[]) {
      for (const { evidence } of facts) assert.notDeepEqual(evidence, {}, name);
    }
    const { stdout: text } = await run(...words, "--db", database);
    assert.match(text, new RegExp(`✓ source +git\\.example\\.com/shop/shop at ${commit}\n`));
    assert.match(text, /✓ runs +kubernetes\/Deployment\/shop\/api by digest\n/);
    for (const signer of ["release", "security"]) assert.match(text, new RegExp(`signed by ${signer}\n`));
  });

  it("of an image that nobody signed, and of one that a stranger signed, both are told and neither is trusted", async () => {
    const unsigned = await push(insecureImages, "web", "shop");
    const web = await run("verify", `${registry.host}/shop/web@${unsigned}`, ...policy);
    assert.equal(web.code, 1);
    assert.match(web.stdout, /tried {4}no signature was found\n/);
    const other = `${registry.host}/shop/worker@${await push(insecureImages, "worker", "shop")}`;
    await succeed("sign", "--key", "stranger.key", other);
    const worker = await run("verify", other, ...policy, "--format", "json");
    assert.equal(worker.code, 1);
    const { tried } = JSON.parse(worker.stdout);
    assert.deepEqual(
      tried.map(({ outcome, code }: Record<string, unknown>) => [outcome, code]),
      [["refused", "trust.unknown-key"]],
    );
  });

  it("image scan --verify says the same: the hardened image passes, the others fail", async () => {
    const scan = async (name: string) => {
      const words = ["image", "scan", `${registry.host}/shop/${name}`, ...policy, "--verify", "--no-secrets"];
      const { stdout, stderr } = await run(...words, "--format", "json");
      assert.notEqual(stdout, "", stderr);
      const { evaluations } = JSON.parse(stdout);
      const own = evaluations.filter(({ check }: { check: string }) => /^(?:registry|build\/provenance)/.test(check));
      return Object.fromEntries(own.map(({ check, verdict }: Record<string, string>) => [check, verdict]));
    };
    const api = await scan("api:4.0.0");
    assert.deepEqual([...new Set(Object.values(api))], ["pass"], JSON.stringify(api));
    assert.equal((await scan("web:1.4.2"))["registry/unsigned-image"], "fail");
    const failed = Object.entries(await scan("worker:0.9.0")).filter(([, verdict]) => verdict !== "pass");
    assert.deepEqual(failed.sort(), [
      ["build/provenance-missing", "fail"],
      ["registry/missing-attestation", "fail"],
      ["registry/untrusted-signer", "fail"],
    ]);
  });

  it("the scanned directory's own policy is nobody's word: what it would accept is unknown", async () => {
    const own = await inProcess(["verify", api, "--quiet"], { cwd: tree, home: folder });
    assert.equal(own.code, 3, own.stdout);
    assert.match(own.stdout, /^\? unknown: /);
  });

  it("a registry that does not answer leaves all of it unknown", async () => {
    await registry.stop();
    const silent = await run("verify", api, ...policy);
    assert.equal(silent.code, 3);
    assert.match(silent.stdout, /^\? unknown: .*\n {2}the reference was not resolved\n/);
    const traced = await run("trace", api, ...policy);
    assert.equal(traced.code, 2);
  });
});
