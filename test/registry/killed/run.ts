/** Guard, worker and PostgreSQL, killed at random while images are pushed through; then what is left is judged. */
import { execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { recordBelow } from "../../../src/engines/vulnerability/database/advisories.fixture.ts";
import { importAdvisories } from "../../../src/engines/vulnerability/database/import.ts";
import { type ServerProcess, startProcess } from "../../cluster/process.ts";
import { startDockerRegistry } from "../docker-registry.ts";
import { type Postgres, startPostgres } from "../postgres.ts";
import { pushingClient } from "./client.ts";
import { type Acknowledged, type Judged, judge } from "./judge.ts";

export interface KilledOptions {
  readonly pushes: number;
  readonly kills: number;
  /** What is killed when follows from it. */
  readonly seed: number;
  /** Programs of docker-registry and PostgreSQL. */
  readonly engine: string;
  readonly postgres: string;
  onKilled?(what: string, pushed: number): void;
}

export interface Killed extends Judged {
  readonly acknowledged: number;
  readonly retries: number;
  /** How often each was killed. */
  readonly killed: Readonly<Record<Victim, number>>;
}

const victims = ["guard", "worker", "postgres"] as const;
type Victim = (typeof victims)[number];

const BULKHEAD = join(import.meta.dirname, "../../../bin/bulkhead.js");
const USER = "ci";
/** Everything is done long before; what hangs is a fault. */
const PUSH_MILLISECONDS = 180_000;
const SETTLE_MILLISECONDS = 300_000;

export async function runKilled(options: KilledOptions): Promise<Killed> {
  const folder = await mkdtemp(join(tmpdir(), "bulkhead-killed-"));
  const ends: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
  try {
    return await runIn(folder, options, (end) => ends.push(end));
  } finally {
    for (const end of ends.reverse()) await end().catch(() => undefined);
  }
}

async function runIn(
  folder: string,
  { pushes, kills, seed, engine: program, postgres: programs, onKilled }: KilledOptions,
  atEnd: (end: () => Promise<unknown>) => void,
): Promise<Killed> {
  const engine = await startDockerRegistry(program, folder);
  atEnd(() => engine.stop());
  const postgres = await startPostgres(programs);
  atEnd(() => postgres.stop());
  const port = await freePort();
  const password = ["made", "for", "this", "run", seed].join("-");
  await prepare(folder, password, postgres);
  const standing = standingOptions(folder, `http://127.0.0.1:${port}`, `http://${engine.host}`);
  const processes: Record<"guard" | "worker", ServerProcess | undefined> = { guard: undefined, worker: undefined };
  const begin = (name: "guard" | "worker") => {
    const own = {
      guard: [
        "serve",
        ...standing,
        "--no-work",
        "--plain-http",
        "--host",
        "127.0.0.1",
        "--port",
        String(port),
        "--no-log",
      ],
      worker: ["work", ...standing],
    }[name];
    const accounts = name === "guard" ? ["--accounts", join(folder, "accounts.json")] : [];
    const args = [BULKHEAD, "registry", ...own, ...accounts];
    processes[name] = startProcess(process.execPath, args, join(folder, `${name}.log`));
  };
  atEnd(async () => Promise.all(Object.values(processes).map((each) => each?.stop())));
  begin("guard");
  begin("worker");

  const random = randomFrom(seed);
  const points = new Map<number, Victim>();
  while (points.size < Math.min(kills, pushes - 1)) {
    // Each of them about as often.
    points.set(1 + Math.floor(random() * (pushes - 1)), victims[points.size % victims.length] as Victim);
  }
  const killed: Record<Victim, number> = { guard: 0, worker: 0, postgres: 0 };
  async function kill(victim: Victim): Promise<void> {
    killed[victim] += 1;
    if (victim === "postgres") {
      await postgres.kill();
      return await postgres.start();
    }
    const victimProcess = processes[victim];
    if (victimProcess !== undefined) {
      process.kill(victimProcess.pid, "SIGKILL");
      await victimProcess.ended.catch(() => undefined);
    }
    begin(victim);
  }

  const client = pushingClient({ origin: `http://127.0.0.1:${port}`, username: USER, password });
  const acknowledged: Acknowledged[] = [];
  let next = 0;
  let killing: Promise<void> = Promise.resolve();
  const lane = async () => {
    for (let nth = next++; nth < pushes; nth = next++) {
      const victim = points.get(nth);
      if (victim !== undefined) {
        onKilled?.(victim, acknowledged.length);
        // In the middle of what the other lanes do, and one after the other.
        killing = killing.then(() => delay(random() * 50)).then(() => kill(victim));
      }
      const signal = AbortSignal.timeout(PUSH_MILLISECONDS);
      acknowledged.push(await client.push(`shop/app-${nth % 7}`, `v${nth}`, nth % 3 === 0, signal));
    }
  };
  await Promise.all([lane(), lane(), lane(), lane()]);
  await killing;

  // A worker that begins compares what is stored with the catalogue.
  await kill("worker");
  const judged = await settled(postgres, () =>
    judge(`http://${engine.host}`, (statement) => postgres.psql(statement), acknowledged),
  );
  return { ...judged, acknowledged: acknowledged.length, retries: client.retries, killed };
}

async function settled(postgres: Postgres, judged: () => Promise<Judged>): Promise<Judged> {
  const until = performance.now() + SETTLE_MILLISECONDS;
  for (;;) {
    const left = Number(await postgres.psql("select count(*) from job where failed_at is null"));
    const found = left === 0 ? await judged() : undefined;
    if (found?.faults.length === 0) return found;
    if (performance.now() > until) return found ?? (await judged());
    // Failed jobs come again when they are due.
    await postgres.psql("update job set not_before = now() where worker is null and failed_at is null");
    await delay(500);
  }
}

async function prepare(folder: string, password: string, postgres: Postgres): Promise<void> {
  const call = (args: readonly string[], input = "") =>
    execFileSync(process.execPath, [BULKHEAD, "registry", ...args], { input, cwd: folder });
  call(["keys", join(folder, "keys")]);
  call(["account", "add", USER, "--accounts", join(folder, "accounts.json"), "--password-stdin"], `${password}\n`);
  await writeFile(join(folder, "database-url"), `${postgres.url}\n`);
  const access = [{ who: [`user:${USER}`], repositories: ["shop/**"], actions: ["pull", "push"] }];
  const policy = { apiVersion: "bulkhead/v1", advisories: { maxAgeDays: 3_650 }, registry: { access } };
  await writeFile(join(folder, "bulkhead.yaml"), JSON.stringify(policy));
  const critical = { database_specific: { severity: "CRITICAL" } };
  const record = recordBelow("GHSA-made", "npm", "made", "2.0.0", critical);
  await writeFile(join(folder, "records.jsonl"), `${JSON.stringify(record)}\n`);
  const sources = [{ file: "records.jsonl", ecosystem: "npm", asOf: "2026-01-05", complete: true }];
  await writeFile(join(folder, "coverage.json"), JSON.stringify({ sources }));
  await importAdvisories({
    database: join(folder, "advisories.db"),
    sources: [join(folder, "records.jsonl")],
    now: new Date("2026-01-06T00:00:00Z"),
  });
}

function standingOptions(folder: string, url: string, engine: string): string[] {
  const at = (name: string) => join(folder, name);
  return [
    ...["--policy", at("bulkhead.yaml"), "--url", url, "--engine", engine, "--engine-without-tokens"],
    ...["--keys", at("keys"), "--database-url-file", at("database-url"), "--db", at("advisories.db")],
    ...["--cache", at("layers.db"), "--status-host", "127.0.0.1", "--status-port", "0"],
  ];
}

/** A linear congruence of 31 bits (Park and Miller, "Random number generators: good ones are hard to find", 1988). */
function randomFrom(seed: number): () => number {
  let state = (seed % 2_147_483_646) + 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
