import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { AccessRules } from "../../src/engines/oci/distribution/access-model.ts";
import type { Engine } from "../../src/guards/registry/model.ts";
import { createEngine } from "../../src/guards/registry/proxy/engine.ts";
import { type OpenProxy, openProxy } from "../../src/guards/registry/proxy/open.fixture.ts";
import type { ProxyOptions } from "../../src/guards/registry/proxy/options.ts";
import { openTokens, type Tokens } from "../../src/guards/registry/tokens/tokens.ts";
import { createUpstream } from "../../src/net/upstream.ts";
import { freePort } from "../free-ports.ts";
import { inProcess as command } from "../in-process.ts";
import { kernelClock } from "../kernel-clock.ts";
import { type DockerRegistry, startDockerRegistry } from "./docker-registry.ts";
import { makeKeys } from "./served-guard.ts";

export interface GuardedRegistry {
  readonly proxy: OpenProxy;
  readonly engine: DockerRegistry;
  readonly tokens: Tokens;
  /** By the name of an account. */
  readonly passwords: ReadonlyMap<string, string>;
  /** In force at once. */
  state(rules: AccessRules): Promise<void>;
  close(): Promise<void>;
}

/** What the guard is made of, for gates of the test's own. */
export interface GuardedGround {
  readonly engine: Engine;
  /** Of the engine. */
  readonly url: URL;
  readonly tokens: Tokens;
}

/**
 * @param accounts - names; of those that begin with `robot-` robots are made
 * @param gates - absent: they let everything through
 */
export async function startGuarded(
  program: string,
  folder: string,
  accounts: readonly string[],
  rules: AccessRules,
  gates: (ground: GuardedGround) => Partial<ProxyOptions> = () => ({}),
): Promise<GuardedRegistry> {
  const at = (name: string) => join(folder, name);
  const bulkhead = async (...words: readonly string[]) => {
    const { code, stdout, stderr } = await command(words, { cwd: folder, home: folder });
    if (code !== 0) throw new Error(`bulkhead ${words.join(" ")}: ${stderr}`);
    return stdout;
  };
  makeKeys(folder);
  const passwords = new Map<string, string>();
  for (const name of accounts) {
    const kind = name.startsWith("robot-") ? ["--robot"] : [];
    const said = await bulkhead("registry", "account", "add", name, ...kind, "--accounts", at("accounts.json"));
    passwords.set(name, /shown once\): (\S+)/.exec(said)?.[1] ?? "");
  }
  const port = await freePort();
  const realm = `http://127.0.0.1:${port}/token`;
  mkdirSync(at("engine"));
  const engine = await startDockerRegistry(program, at("engine"), {
    realm,
    service: "engine",
    issuer: "bulkhead",
    certificateFile: at("keys/engine.crt"),
    close: async () => undefined,
  });
  let current = rules;
  const tokens = await openTokens({
    realm,
    service: "registry.example.com",
    root: folder,
    keys: at("keys"),
    accounts: at("accounts.json"),
    engine: { issuer: "bulkhead", service: "engine" },
    rules: () => current,
    now: kernelClock,
  });
  const url = new URL(`http://${engine.host}`);
  const upstream = createUpstream({ origin: url });
  const own = createEngine(upstream, tokens.engine);
  const proxy = await openProxy(url.origin, {
    upstream,
    engine: own,
    ...gates({ engine: own, url, tokens }),
    port,
    authenticator: tokens.authenticator,
    tokens: tokens.engine,
    pages: tokens.pages,
    now: kernelClock,
  });
  return {
    proxy,
    engine,
    tokens,
    passwords,
    async state(next) {
      current = next;
      await tokens.look(kernelClock());
    },
    async close() {
      await proxy.close(0);
      await engine.stop();
    },
  };
}

/** A policy of containers' programs that takes any image, and no storage but the folder's own. */
export function clientFiles(folder: string): Readonly<Record<string, string>> {
  for (const name of ["home", "run", "tmp", "storage"]) mkdirSync(join(folder, name), { recursive: true });
  const policy = join(folder, "policy.json");
  // Another program may be reading it.
  if (!existsSync(policy)) writeFileSync(policy, JSON.stringify({ default: [{ type: "insecureAcceptAnything" }] }));
  return {
    PATH: process.env.PATH ?? "",
    HOME: join(folder, "home"),
    TMPDIR: join(folder, "tmp"),
    XDG_RUNTIME_DIR: join(folder, "run"),
    REGISTRY_AUTH_FILE: join(folder, "auth.json"),
  };
}
