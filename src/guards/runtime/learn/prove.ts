/**
 * Proves what was learned of a workload: a container of its image is started with just that (its system calls, its capabilities,
 * its user, a root filesystem that is read-only but for volumes) and watched; then a call that nobody learned is tried under the
 * same profile.
 */
import { randomBytes } from "node:crypto";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Problem } from "../../../core/problem.ts";
import type { LearnedProof, LearnedWorkload } from "../../../engines/events/learn/model.ts";
import { allowedSyscalls, seccompProfile } from "../../../fix/learned/seccomp.ts";
import { neededVolumes } from "../../../fix/learned/volumes.ts";
import type { Engine, EngineAnswer } from "./engine.ts";
import { probeProgram, unlearnedCall } from "./probe.ts";

export interface ProveOptions {
  readonly workload: LearnedWorkload;
  readonly engine: Engine;
  /** Name or id; the engine has it. */
  readonly image: string;
  /** Words after the image; empty: what it runs by itself. */
  readonly command: readonly string[];
  /** More for `run`: `--env=…`, `--volume=…`. */
  readonly words: readonly string[];
  /** What is run in the container and has to end with 0; empty: nothing. */
  readonly health: readonly string[];
  /** Milliseconds that it has to go on. */
  readonly milliseconds: number;
  readonly now: () => Date;
  /** Milliseconds between two looks. */
  readonly pause?: number;
  /** Whether a port answers. Absent: by a connection. */
  readonly answers?: (address: string, port: number) => Promise<boolean>;
}

const PAUSE = 500;
const EPERM = 1;

/** @throws Problem `learned.unproven` with what did not work, `learned.unprovable` where it cannot be tried */
export async function proveLearned(options: ProveOptions): Promise<LearnedProof> {
  const { workload, engine, image } = options;
  const place = workload.of.container;
  const { architecture, capabilities } = workload;
  const profile = seccompProfile(workload);
  if (profile === undefined || architecture === undefined || capabilities === undefined)
    throw unprovable(place, "system calls and capabilities were not learned");
  if (architecture !== (process.arch === "arm64" ? "arm64" : "x86_64"))
    throw unprovable(place, `learned on ${architecture}, and this machine is another`);
  const { volumes, impossible } = neededVolumes(workload);
  if (impossible.length > 0) throw unprovable(place, `it writes to ${impossible[0]}, where no volume can be`);
  const hidden = volumes.find(({ hides }) => hides.length > 0);
  if (hidden !== undefined) throw unprovable(place, `a volume at ${hidden.path} would hide ${hidden.hides[0]}`);
  const paths = volumes.map(({ path }) => path);
  const allowed = allowedSyscalls(workload.syscalls ?? []);
  const refused = unlearnedCall(allowed, architecture);
  if (refused === undefined) throw unprovable(place, "it was seen to make every call that could be tried");
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-prove-"));
  const name = `bulkhead-prove-${randomBytes(6).toString("hex")}`;
  try {
    const file = join(folder, "seccomp.json");
    writeFileSync(file, JSON.stringify(profile));
    const confined = [`--security-opt=seccomp=${file}`, "--cap-drop=ALL", ...capabilities.used.map(added)];
    const uid = userOf(workload);
    const started = await engine([
      ...["run", "--detach", `--name=${name}`, ...confined, "--read-only"],
      ...((await isPodman(engine)) ? ["--read-only-tmpfs=false"] : []),
      ...paths.map((path) => `--tmpfs=${path}:rw,mode=1777`),
      ...(uid === undefined ? [] : [`--user=${uid.uid}:${uid.gid}`]),
      ...options.words,
      image,
      ...options.command,
    ]);
    if (started.code !== 0) throw unproven(place, `it did not start: ${lastLine(started)}`);
    await watch(options, name);
    const id = await imageOf(engine, name);
    await probe(options, { folder, confined, refused, architecture });
    return {
      at: options.now().toISOString(),
      image: id,
      volumes: paths,
      capabilities: capabilities.used,
      ...(uid === undefined ? {} : { uid: uid.uid }),
      syscalls: allowed.length,
      refused,
    };
  } finally {
    await engine(["rm", "--force", name]);
    rmSync(folder, { recursive: true, force: true });
  }
}

function added(capability: string): string {
  return `--cap-add=${capability.replace(/^CAP_/, "")}`;
}

/** The one that it was all the time, where that is not root. */
function userOf({ users }: LearnedWorkload): { readonly uid: number; readonly gid: number } | undefined {
  const [one, ...more] = users;
  return one === undefined || more.length > 0 || one.uid === 0 ? undefined : one;
}

async function isPodman(engine: Engine): Promise<boolean> {
  return (await engine(["--version"])).out.startsWith("podman");
}

/** It goes on for as long as was asked, and every port that it was heard on answers. */
async function watch(options: ProveOptions, name: string): Promise<void> {
  const { engine, workload, milliseconds, health, pause = PAUSE, answers = connects } = options;
  const place = workload.of.container;
  const ports = workload.listening.filter(({ protocol, local, count }) => protocol === "TCP" && !local && count > 0);
  const waiting = new Set(ports.map(({ port }) => port));
  let isHealthy = health.length === 0;
  let failed = "";
  const looks = Math.max(1, Math.ceil(milliseconds / Math.max(1, pause)));
  for (let look = 0; look < looks; look++) {
    await delay(pause);
    const state = await stateOf(engine, name, place);
    if (!state.running) {
      // What was seen to end may do so: with what it was started for done.
      if (state.code === 0 && waiting.size === 0 && isHealthy && hasEnded(workload)) return;
      throw unproven(place, `it ended with ${state.code}: ${await lastWords(engine, name)}`);
    }
    for (const port of waiting) if (await answers(state.address, port)) waiting.delete(port);
    if (isHealthy) continue;
    const asked = await engine(["exec", name, ...health]);
    isHealthy = asked.code === 0;
    failed = lastLine(asked);
  }
  const [silent] = waiting;
  if (silent !== undefined) throw unproven(place, `port ${silent} does not answer: ${await lastWords(engine, name)}`);
  if (!isHealthy) throw unproven(place, `its health was not seen: ${failed}`);
}

function hasEnded({ watched }: LearnedWorkload): boolean {
  return watched.containers.some(({ stop }) => stop);
}

interface State {
  readonly running: boolean;
  readonly code: number;
  readonly address: string;
}

const STATE =
  "{{.State.Running}} {{.State.ExitCode}} {{.NetworkSettings.IPAddress}}{{range .NetworkSettings.Networks}} {{.IPAddress}}{{end}}";

async function stateOf(engine: Engine, name: string, place: string): Promise<State> {
  const { code, out, error } = await engine(["inspect", "--format", STATE, name]);
  if (code !== 0) throw unproven(place, `it is gone: ${error.trim()}`);
  const [running = "", ended = "", ...addresses] = out.trim().split(/\s+/);
  return { running: running === "true", code: Number(ended), address: addresses.find((each) => each !== "") ?? "" };
}

async function imageOf(engine: Engine, name: string): Promise<string> {
  const { out } = await engine(["inspect", "--format", "{{.Image}}", name]);
  const id = out.trim();
  return /^[0-9a-f]{64}$/.test(id) ? `sha256:${id}` : id;
}

async function connects(address: string, port: number): Promise<boolean> {
  if (address === "") return false;
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect({ host: address, port, timeout: 1_000 });
  socket.once("connect", () => resolve(true));
  for (const event of ["error", "timeout", "close"] as const) socket.once(event, () => resolve(false));
  const answered = await promise;
  socket.destroy();
  return answered;
}

/** Under the profile the call is not permitted, and under the engine's own it is: so it is the profile that refuses it. */
async function probe(
  { engine, image, workload, words }: ProveOptions,
  tried: {
    readonly folder: string;
    readonly confined: readonly string[];
    readonly refused: string;
    readonly architecture: "x86_64" | "arm64";
  },
): Promise<void> {
  const file = join(tried.folder, "probe");
  writeFileSync(file, probeProgram(tried.refused, tried.architecture));
  chmodSync(file, 0o755);
  chmodSync(tried.folder, 0o755);
  const ends = async (confined: readonly string[]) =>
    await engine([
      ...["run", "--rm", ...confined, ...words, `--volume=${file}:/bulkhead-probe:ro`],
      ...["--entrypoint=/bulkhead-probe", image],
    ]);
  const place = workload.of.container;
  const free = await ends([]);
  if (free.code === EPERM || free.code < 0 || free.code > 124)
    throw unprovable(place, `${tried.refused} could not be tried: ${lastLine(free)}`);
  const under = await ends(tried.confined);
  if (under.code !== EPERM)
    throw unproven(
      place,
      `${tried.refused}, which nobody learned, was not refused (${under.code}): ${lastLine(under)}`,
    );
}

async function lastWords(engine: Engine, name: string): Promise<string> {
  const { out, error } = await engine(["logs", "--tail=5", name]);
  return `${out}${error}`.trim().split("\n").join(" | ").slice(0, 500);
}

function lastLine({ out, error }: EngineAnswer): string {
  return (error.trim() || out.trim()).split("\n").at(-1)?.slice(0, 500) ?? "";
}

function unproven(place: string, cause: string): Problem {
  return new Problem({
    ...{ kind: "input", code: "learned.unproven", place, cause },
    remedy: "learn for longer, and merge: bulkhead runtime learn merge",
  });
}

function unprovable(place: string, cause: string): Problem {
  return new Problem({ kind: "input", code: "learned.unprovable", place, cause });
}
