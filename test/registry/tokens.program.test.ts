/** Real clients log in at the guard, push, pull and sign through it; the engine takes the guard's tokens and nobody else's. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { createLayout } from "../../scripts/image/layout.ts";
import { tarOf } from "../../scripts/image/tar.ts";
import type { AccessRules } from "../../src/engines/oci/distribution/access-model.ts";
import { readKeys, rotateKeys, writtenKeys } from "../../src/guards/registry/tokens/keys.ts";
import { keyFiles } from "../../src/guards/registry/tokens/tokens.ts";
import { kernelClock } from "../kernel-clock.ts";
import { cosignIn } from "../trust/cosign.ts";
import { findProgram } from "./client-programs.ts";
import { findDockerRegistry } from "./docker-registry.ts";
import { clientFiles, type GuardedRegistry, startGuarded } from "./guarded.ts";

const run = promisify(execFile);
const program = findDockerRegistry();
const needs = (name: string) => findProgram(name) === undefined && `${name} is not installed`;

const rules: AccessRules = {
  access: [
    { who: ["user:alice"], repositories: ["shop/**"], actions: ["pull", "push", "delete"] },
    { who: ["robot:*"], repositories: ["shop/**"], actions: ["pull"] },
    { who: ["anonymous"], repositories: ["public/**"], actions: ["pull"] },
    { who: ["user:alice"], repositories: ["public/**"], actions: ["push", "catalog"] },
  ],
  identities: [],
  exempt: [],
  environments: {},
};

describe("tokens of the registry guard", { skip: program === undefined && "docker-registry is not installed" }, () => {
  let folder: string;
  let guarded: GuardedRegistry;
  let host: string;
  let layout: string;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "bulkhead-guarded-"));
    guarded = await startGuarded(program as string, folder, ["alice", "robot-ci"], rules);
    host = guarded.proxy.host;
    layout = join(folder, "layout");
    const tar = tarOf(new Map([["text", { type: "file", mode: 0o644, bytes: Buffer.from("of a test") }]]));
    const created = "2026-11-23T00:00:00Z";
    const layers = [{ tar, createdBy: "a test" }];
    const writer = createLayout(layout);
    const image = writer.image({ architecture: "amd64", created, layers, execution: {}, annotations: {} });
    writer.close("latest", image, []);
  });
  after(async () => {
    await guarded?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const password = (name: string) => guarded.passwords.get(name) ?? "";
  const basic = (name: string) => `Basic ${Buffer.from(`${name}:${password(name)}`).toString("base64")}`;
  const skopeo = async (...words: readonly string[]) => {
    const env = clientFiles(folder);
    return await run("skopeo", ["--policy", join(folder, "policy.json"), ...words], { env, timeout: 60_000 });
  };
  const creds = (name: string) => `${name}:${password(name)}`;

  /** As a client would: asks, is told where to get a token and for what, gets it, asks again. */
  async function ask(path: string, name?: string, init: RequestInit = {}): Promise<Response> {
    const url = `${guarded.proxy.origin}/v2/${path}`;
    const first = await fetch(url, init);
    if (first.status !== 401) return first;
    await first.body?.cancel();
    const challenge = first.headers.get("www-authenticate") ?? "";
    const part = (key: string) => new RegExp(`${key}="([^"]*)"`).exec(challenge)?.[1] ?? "";
    const realm = new URL(part("realm"));
    realm.searchParams.set("service", part("service"));
    if (part("scope") !== "") realm.searchParams.set("scope", part("scope"));
    const given = await fetch(realm, name === undefined ? {} : { headers: { authorization: basic(name) } });
    const { token } = (await given.json()) as { token?: string };
    return await fetch(url, { ...init, headers: { ...init.headers, authorization: `Bearer ${token}` } });
  }

  test("the engine takes the guard's tokens, and no token that a client holds", async () => {
    const scope = "repository:shop/api:pull,push";
    const query = new URLSearchParams({ service: "registry.example.com", scope });
    const given = await fetch(`${guarded.proxy.origin}/token?${query}`, { headers: { authorization: basic("alice") } });
    const { token } = (await given.json()) as { token: string };
    const at = (origin: string, authorization: string) =>
      fetch(`${origin}/v2/shop/api/tags/list`, { headers: { authorization } }).then(({ status }) => status);
    // 404: it is let in, and there is no such repository yet.
    assert.equal(await at(guarded.proxy.origin, `Bearer ${token}`), 404);
    const direct = `http://${guarded.engine.host}`;
    assert.equal(await at(direct, `Bearer ${token}`), 401);
    assert.equal(await at(direct, basic("alice")), 401);
    const own = guarded.tokens.engine.authorization([{ repository: "shop/api", actions: ["pull"] }]);
    assert.equal(await at(direct, own), 404);
    assert.equal(await at(guarded.proxy.origin, own), 401);
    const other = guarded.tokens.engine.authorization([{ repository: "other/api", actions: ["pull"] }]);
    assert.equal(await at(direct, other), 401);
  });

  test("skopeo pushes and pulls as who may", { skip: needs("skopeo") }, async () => {
    const image = `docker://${host}/shop/api:1`;
    await skopeo("copy", "--dest-tls-verify=false", "--dest-creds", creds("alice"), `oci:${layout}`, image);
    const { stdout } = await skopeo("inspect", "--tls-verify=false", "--creds", creds("robot-ci"), image);
    assert.match(stdout, /"Digest": "sha256:/);
    const denied = ["copy", "--dest-tls-verify=false", "--dest-creds", creds("robot-ci")];
    await assert.rejects(skopeo(...denied, `oci:${layout}`, image), /robot:robot-ci is not allowed: push of shop\/api/);
    await assert.rejects(skopeo("inspect", "--tls-verify=false", image), /requested access to the resource is denied/);
    await assert.rejects(skopeo("inspect", "--tls-verify=false", "--creds", "alice:wrong", image), /unauthorized/);
    await skopeo("delete", "--tls-verify=false", "--creds", creds("alice"), image);
  });

  test("who may do nothing is told so, and not only that a blob cannot be asked for", {
    skip: needs("skopeo"),
  }, async () => {
    const to = ["--dest-tls-verify=false", "--dest-creds", creds("alice")];
    await assert.rejects(
      skopeo("copy", ...to, `oci:${layout}`, `docker://${host}/other/api:1`),
      /denied: user:alice is not allowed: pull and push of other\/api \(no rule of registry\.access grants it\)/,
    );
    const { entry } = guarded.proxy.decided.at(-1) ?? {};
    assert.deepEqual(
      [entry?.principal, entry?.operation, entry?.repository, entry?.decision.action, entry?.decision.basis],
      ["user:alice", "upload", "other/api", "refuse", "grant"],
    );
  });

  test("skopeo logs in once, and pulls without saying who", { skip: needs("skopeo") }, async () => {
    await skopeo("login", "--tls-verify=false", "-u", "alice", "-p", password("alice"), host);
    await skopeo("copy", "--dest-tls-verify=false", `oci:${layout}`, `docker://${host}/public/api:1`);
    await skopeo("logout", host);
    const { stdout } = await skopeo("inspect", "--tls-verify=false", `docker://${host}/public/api:1`);
    assert.match(stdout, /"Digest": "sha256:/);
    await assert.rejects(skopeo("login", "--tls-verify=false", "-u", "alice", "-p", "wrong", host), /invalid username/);
  });

  test("podman and buildah log in, push and pull", { skip: needs("podman") || needs("buildah") }, async () => {
    const own = join(folder, "podman");
    mkdirSync(own);
    const env = clientFiles(own);
    const storage = ["--root", join(own, "storage"), "--runroot", join(own, "run"), "--storage-driver", "vfs"];
    const policy = ["--signature-policy", join(own, "policy.json")];
    const as = (name: string, ...words: readonly string[]) =>
      run(name, [...storage, ...words], { env, timeout: 120_000 });
    await as("buildah", "login", "--tls-verify=false", "-u", "alice", "-p", password("alice"), host);
    await as("buildah", "pull", ...policy, `oci:${layout}`);
    const { stdout } = await as("buildah", "images", "--quiet");
    const [id = ""] = stdout.trim().split("\n");
    await as("buildah", "push", ...policy, "--tls-verify=false", id, `docker://${host}/shop/built:1`);
    await as("buildah", "rmi", "--all", "--force");
    await as("podman", "pull", ...policy, "--tls-verify=false", `${host}/shop/built:1`);
    await as(
      "podman",
      "push",
      ...policy,
      "--tls-verify=false",
      `${host}/shop/built:1`,
      `docker://${host}/shop/built:2`,
    );
    await as("podman", "logout", host);
    await assert.rejects(
      as("podman", "pull", ...policy, "--tls-verify=false", "--retry", "0", `${host}/shop/built:2`),
      /requested access to the resource is denied/,
    );
  });

  test("cosign signs and verifies with what skopeo's log-in left", {
    skip: needs("cosign") || needs("skopeo"),
  }, async () => {
    await skopeo(
      "copy",
      "--dest-tls-verify=false",
      "--dest-creds",
      creds("alice"),
      `oci:${layout}`,
      `docker://${host}/shop/signed:1`,
    );
    const { stdout } = await skopeo(
      "inspect",
      "--tls-verify=false",
      "--creds",
      creds("alice"),
      `docker://${host}/shop/signed:1`,
    );
    const image = `${host}/shop/signed@${(JSON.parse(stdout) as { Digest: string }).Digest}`;
    const cosign = await cosignIn(folder);
    await cosign.keyPair("one");
    await cosign.run(["login", host, "-u", "alice", "-p", password("alice")]);
    await cosign.sign(image, "one.key");
    const verify = ["verify", "--insecure-ignore-tlog", "--allow-http-registry", "--key", "one.pub", image];
    assert.match(await cosign.run(verify), /"docker-manifest-digest"/);
  });

  test("the list of repositories is asked for by a scope of its own", async () => {
    assert.equal((await ask("_catalog", "alice")).status, 200);
    assert.equal((await ask("_catalog", "robot-ci")).status, 403);
    assert.equal((await ask("_catalog")).status, 401);
  });

  test("keys are changed while the engine trusts what it did", async () => {
    const path = join(folder, "keys", keyFiles.keys);
    const headers = () => ({
      authorization: guarded.tokens.engine.authorization([{ repository: "shop/api", actions: ["pull"] }]),
    });
    const kid = () =>
      JSON.parse(Buffer.from(headers().authorization.slice(7).split(".")[0] ?? "", "base64url").toString()).kid;
    const before = kid();
    // Made long enough ago to sign at once.
    writeFileSync(path, writtenKeys(rotateKeys(readKeys(path), new Date(kernelClock().getTime() - 600_000))));
    assert.deepEqual(await guarded.tokens.look(kernelClock()), []);
    assert.notEqual(kid(), before);
    const { status } = await fetch(`http://${guarded.engine.host}/v2/shop/api/tags/list`, { headers: headers() });
    assert.ok(status === 200 || status === 404, String(status));
    const set = (await (await fetch(`${guarded.proxy.origin}/token/keys`)).json()) as { keys: { kid: string }[] };
    assert.deepEqual(set.keys.map((key) => key.kid).includes(kid()), true);
  });

  test("what the policy takes away is refused at once, whatever tokens were given", async () => {
    const query = new URLSearchParams({ scope: "repository:shop/api:pull" });
    const given = await fetch(`${guarded.proxy.origin}/token?${query}`, {
      headers: { authorization: basic("robot-ci") },
    });
    const { token } = (await given.json()) as { token: string };
    const tags = async () => {
      const headers = { authorization: `Bearer ${token}` };
      const answer = await fetch(`${guarded.proxy.origin}/v2/shop/api/tags/list`, { headers });
      return [answer.status, ((await answer.json()) as { errors?: { code: string }[] }).errors?.[0]?.code];
    };
    const before = await tags();
    assert.ok(before[0] === 200 || before[1] === "NAME_UNKNOWN", String(before));
    await guarded.state({ ...rules, access: rules.access.slice(0, 1) });
    assert.deepEqual(await tags(), [403, "DENIED"]);
    await guarded.state(rules);
    assert.deepEqual(await tags(), before);
  });
});
