/** `bulkhead registry serve` as a child process on loopback, in plain HTTP: for what measures it and what holds it to a standard. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { program } from "../bulkhead.ts";
import { compiled, unmoved } from "../environment.ts";
import { freePort } from "../free-ports.ts";

export interface ServedGuard {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  readonly pid: number;
  readonly stop: () => Promise<void>;
}

export interface ServedOptions {
  /** Keys, policy, accounts and the log of decisions are written there. */
  readonly folder: string;
  readonly policy: object;
  /** `127.0.0.1:PORT` of the engine. */
  readonly engine: string;
  /** URL of a PostgreSQL; absent: embedded, in the folder. */
  readonly database: string | undefined;
  /** What else it is given. */
  readonly words: readonly string[];
  /** Absent: one that is free. */
  readonly port?: number;
  /** Whether it scans what is pushed; absent: it does not. */
  readonly works?: boolean;
}

const environmentOf = (folder: string) => ({ ...unmoved, XDG_CACHE_HOME: join(folder, "cache"), ...compiled });

/** @returns the folder of the keys that tokens are signed with; an engine trusts its `engine.crt` */
export function makeKeys(folder: string): string {
  const keys = join(folder, "keys");
  const words = [program, "registry", "keys", keys];
  execFileSync(process.execPath, words, { env: environmentOf(folder), stdio: "ignore" });
  return keys;
}

/** @returns the file of accounts */
export function makeAccount(folder: string, name: string, password: string): string {
  const accounts = join(folder, "accounts.json");
  const words = [program, "registry", "account", "add", name, "--accounts", accounts, "--password-stdin"];
  execFileSync(process.execPath, words, { env: environmentOf(folder), input: `${password}\n`, stdio: "pipe" });
  return accounts;
}

/** Over keys that are made already. @throws Error with what it said, where it ends before it serves */
export async function serveGuard(options: ServedOptions): Promise<ServedGuard> {
  const { folder, policy, engine, database, words, works = false } = options;
  const at = (name: string) => join(folder, name);
  writeFileSync(at("bulkhead.yaml"), JSON.stringify(policy));
  if (database !== undefined) writeFileSync(at("database-url"), database);
  const port = options.port ?? (await freePort());
  const all = [
    ...["registry", "serve", "--policy", at("bulkhead.yaml"), "--engine", `http://${engine}`, "--keys", at("keys")],
    ...(database === undefined ? ["--data", at("data")] : ["--database-url-file", at("database-url")]),
    ...["--url", `http://127.0.0.1:${port}`, "--host", "127.0.0.1", "--port", String(port), "--plain-http"],
    ...[
      "--status-host",
      "127.0.0.1",
      "--status-port",
      "0",
      ...(works ? [] : ["--no-work"]),
      "--log",
      at("decisions.log"),
      "--drain",
      "0",
    ],
  ];
  const child = spawn(process.execPath, [program, ...all, ...words], {
    env: environmentOf(folder),
    stdio: ["ignore", "ignore", "pipe"],
  });
  const onExit = () => child.kill();
  process.once("exit", onExit);
  const exited = once(child, "exit");
  const said: string[] = [];
  const serves = Promise.withResolvers<void>();
  createInterface({ input: child.stderr }).on("line", (line) => {
    said.push(line);
    if (line.includes(": serves ")) serves.resolve();
  });
  exited.then(() => serves.reject(new Error(`registry serve ended:\n${said.join("\n")}`)));
  await serves.promise;
  return {
    host: `127.0.0.1:${port}`,
    pid: child.pid ?? 0,
    async stop() {
      child.kill();
      await exited;
      process.off("exit", onExit);
    },
  };
}
