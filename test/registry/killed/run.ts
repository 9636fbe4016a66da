/** Guard, worker and PostgreSQL, killed at random while images are pushed through; then what is left is judged. */
import { setTimeout as delay } from "node:timers/promises";
import type { Postgres } from "../postgres.ts";
import { type Installation, type InstallationOptions, type Victim, victims, withInstallation } from "./installation.ts";
import { type Acknowledged, type Judged, judge } from "./judge.ts";

export interface KilledOptions extends Omit<InstallationOptions, "packages"> {
  readonly pushes: number;
  readonly kills: number;
  /** What is killed when follows from it. */
  readonly seed: number;
  onKilled?(what: Victim, pushed: number): void;
}

export interface Killed extends Judged {
  readonly acknowledged: number;
  readonly retries: number;
  /** How often each was killed. */
  readonly killed: Readonly<Record<Victim, number>>;
}

/** Everything is done long before; what hangs is a fault. */
const PUSH_MILLISECONDS = 180_000;
const SETTLE_MILLISECONDS = 300_000;
const LANES = 4;

export async function runKilled(options: KilledOptions): Promise<Killed> {
  return await withInstallation({ ...options, packages: ["made"] }, (installation) => run(installation, options));
}

async function run(installation: Installation, { pushes, kills, seed, onKilled }: KilledOptions): Promise<Killed> {
  const { client, postgres, engine } = installation;
  const random = randomFrom(seed);
  const points = new Map<number, Victim>();
  while (points.size < Math.min(kills, pushes - 1)) {
    const point = 1 + Math.floor(random() * (pushes - 1));
    // Each of them about as often.
    if (!points.has(point)) points.set(point, victims[points.size % victims.length] as Victim);
  }
  const killed: Record<Victim, number> = { guard: 0, worker: 0, postgres: 0 };
  const kill = async (victim: Victim) => {
    killed[victim] += 1;
    await installation.kill(victim);
  };
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
      const version = nth % 3 === 0 ? "1.0.0" : "2.0.0";
      const image = { repository: `shop/app-${nth % 7}`, tag: `v${nth}`, packages: { made: version } };
      const digest = await client.push(image, AbortSignal.timeout(PUSH_MILLISECONDS));
      acknowledged.push({ ...image, digest, isVulnerable: version === "1.0.0" });
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  await killing;
  // A worker that begins compares what is stored with the catalogue.
  await installation.kill("worker");
  const judged = await settled(postgres, () => judge(engine, (statement) => postgres.psql(statement), acknowledged));
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

/** A linear congruence of 31 bits (Park and Miller, "Random number generators: good ones are hard to find", 1988). */
function randomFrom(seed: number): () => number {
  let state = (seed % 2_147_483_646) + 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
