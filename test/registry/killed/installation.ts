/** An engine, PostgreSQL, the guard and its worker, as processes of their own on loopback. */
import { execFileSync } from "node:child_process";
import { renameSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { recordBelow } from "../../../src/engines/vulnerability/database/advisories.fixture.ts";
import { importAdvisories } from "../../../src/engines/vulnerability/database/import.ts";
import { program } from "../../bulkhead.ts";
import { type ServerProcess, startProcess } from "../../cluster/process.ts";
import { freePort } from "../../free-ports.ts";
import { startDockerRegistry } from "../docker-registry.ts";
import { type Postgres, startPostgres } from "../postgres.ts";
import { type PushingClient, pushingClient } from "./client.ts";

export const victims = ["guard", "worker", "postgres"] as const;
export type Victim = (typeof victims)[number];

export interface Installation {
  /** Of the guard. */
  readonly origin: string;
  /** Of the engine, which asks nobody who they are. */
  readonly engine: string;
  readonly postgres: Postgres;
  readonly client: PushingClient;
  /** As by `kill -9`; it is begun again at once. */
  kill(victim: Victim): Promise<void>;
  /** One of another day takes the place of the advisory database; in each of these npm packages what is below 2.0.0 is vulnerable. */
  advise(day: number, packages: readonly string[]): Promise<void>;
}

export interface InstallationOptions {
  /** Programs of docker-registry and PostgreSQL. */
  readonly engine: string;
  readonly postgres: string;
  /** Of the first advisory database. */
  readonly packages: readonly string[];
}

const USER = "ci";

export async function withInstallation<T>(
  options: InstallationOptions,
  work: (installation: Installation) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "bulkhead-killed-"));
  const ends: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
  try {
    return await work(await install(folder, options, (end) => ends.push(end)));
  } finally {
    for (const end of ends.reverse()) await end().catch(() => undefined);
  }
}

async function install(
  folder: string,
  options: InstallationOptions,
  atEnd: (end: () => Promise<unknown>) => void,
): Promise<Installation> {
  const engine = await startDockerRegistry(options.engine, folder);
  atEnd(() => engine.stop());
  const postgres = await startPostgres(options.postgres);
  atEnd(() => postgres.stop());
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const at = (name: string) => join(folder, name);
  const password = ["made", "for", "this", "run", port].join("-");
  const call = (args: readonly string[], input = "") =>
    execFileSync(process.execPath, [program, "registry", ...args], { input, cwd: folder });
  call(["keys", at("keys")]);
  call(["account", "add", USER, "--accounts", at("accounts.json"), "--password-stdin"], `${password}\n`);
  await writeFile(at("database-url"), `${postgres.url}\n`);
  const access = [{ who: [`user:${USER}`], repositories: ["shop/**"], actions: ["pull", "push"] }];
  const policy = { apiVersion: "bulkhead/v1", advisories: { maxAgeDays: 3_650 }, registry: { access } };
  await writeFile(at("bulkhead.yaml"), JSON.stringify(policy));
  const advise = async (day: number, packages: readonly string[]) =>
    renameSync(await writeDatabase(folder, day, packages), at("advisories.db"));
  await advise(1, options.packages);

  const standing = [
    ...[
      "--policy",
      at("bulkhead.yaml"),
      "--url",
      origin,
      "--engine",
      `http://${engine.host}`,
      "--engine-without-tokens",
    ],
    ...["--keys", at("keys"), "--database-url-file", at("database-url"), "--db", at("advisories.db")],
    ...["--cache", at("layers.db"), "--status-host", "127.0.0.1", "--status-port", "0"],
  ];
  const listening = ["--plain-http", "--host", "127.0.0.1", "--port", String(port), "--no-log"];
  const programs = {
    guard: ["serve", ...standing, ...listening, "--no-work", "--accounts", at("accounts.json")],
    worker: ["work", ...standing],
  };
  const processes: Partial<Record<keyof typeof programs, ServerProcess>> = {};
  const begin = (name: keyof typeof programs) => {
    const args = [program, "registry", ...programs[name]];
    processes[name] = startProcess(process.execPath, args, at(`${name}.log`));
  };
  atEnd(async () => Promise.all(Object.values(processes).map((each) => each.stop())));
  begin("guard");
  begin("worker");

  return {
    origin,
    engine: `http://${engine.host}`,
    postgres,
    client: pushingClient({ origin, username: USER, password }),
    advise,
    async kill(victim) {
      if (victim === "postgres") {
        await postgres.kill();
        return await postgres.start();
      }
      const killed = processes[victim];
      if (killed !== undefined) {
        try {
          process.kill(killed.pid, "SIGKILL");
        } catch (error) {
          // One that began while the database was gone has ended by itself, as it would be started again then.
          if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
        }
        await killed.ended.catch(() => undefined);
      }
      begin(victim);
    },
  };
}

async function writeDatabase(folder: string, day: number, packages: readonly string[]): Promise<string> {
  const records = packages.map((name) =>
    recordBelow(`GHSA-${name}`, "npm", name, "2.0.0", { database_specific: { severity: "CRITICAL" } }),
  );
  await writeFile(join(folder, "records.jsonl"), records.map((record) => `${JSON.stringify(record)}\n`).join(""));
  const asOf = `2026-01-${String(day).padStart(2, "0")}`;
  const sources = [{ file: "records.jsonl", ecosystem: "npm", asOf, complete: true }];
  await writeFile(join(folder, "coverage.json"), JSON.stringify({ sources }));
  const database = join(folder, `day-${day}.db`);
  const source = join(folder, "records.jsonl");
  await importAdvisories({ database, sources: [source], now: new Date("2026-02-01T00:00:00Z") });
  return database;
}
