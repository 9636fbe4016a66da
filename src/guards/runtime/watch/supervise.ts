/**
 * Watching in two processes: this one keeps root's rights, starts the sensor, asks runtimes for containers and writes files; the
 * other one has none, and reads what attackers wrote. The sensor's frames go straight there.
 */
import { hostname } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { readClock } from "../../../core/clock.ts";
import { Problem } from "../../../core/problem.ts";
import type { DetectedStream } from "../../../evaluate/runtime/detections.ts";
import { followContainers } from "../../../scan/runtime-containers.ts";
import type { LineSink } from "../../../scan/serving/line-sink.ts";
import { readResponseRequest } from "../response/request.ts";
import { type Channel, openChannel } from "./channel.ts";
import { type FramesSocket, openFramesSocket } from "./frames-socket.ts";
import type { Started, StartOptions } from "./here.ts";
import type { FromWorker, ToWorker } from "./messages.ts";
import type { Blind } from "./model.ts";
import { requestOf } from "./requests.ts";
import { createResponding } from "./responding.ts";
import type { Renewed } from "./run.ts";
import { createSensors, type Sensors } from "./supervised-sensors.ts";
import { startWorker, type Worker } from "./worker.ts";

export interface SuperviseOptions extends StartOptions {
  /** Words that this program is started with to be the other process. */
  readonly words: readonly string[];
  /** Whom it runs as; absent: as this one, who is not root. */
  readonly user?: { readonly uid: number; readonly gid: number };
}

const REFUSED = "what the process that evaluates rules asked for is refused";

/** Bytes of a message of the other process. */
const LINE = 8 * 1024 * 1024;
/** Milliseconds before it is started again, doubled each time up to the most; and that it may take to end. */
const AGAIN = 1_000;
const MOST_AGAIN = 60_000;
const END = 60_000;

export async function supervise(options: SuperviseOptions): Promise<Started> {
  const { settings, place, containers, onEvent, lines, now } = options;
  const frames = await openFramesSocket(options.user);
  const files = new Map<number, LineSink>();
  for (const [index, output] of settings.outputs.entries()) {
    if (output.kind === "file") files.set(index, lines(output.path, output.fileBytes));
  }
  let lookedFor: Renewed = { lookedFor: settings.lookedFor };
  let half: Half | undefined;
  const responding = createResponding({
    journal: options.journal,
    policy: settings.lookedFor.policy,
    ...(settings.hostname === undefined ? {} : { hostname: settings.hostname }),
    ...(containers === undefined ? {} : { containers }),
    own: () => [process.pid, ...(half?.pids() ?? [])],
    ...(place === undefined ? {} : { tell: async (command: string) => await half?.tell(command) }),
    onRecord: (record) => half?.say({ say: "record", record }),
    onEvent,
  });
  const following =
    containers === undefined
      ? undefined
      : await followContainers({
          ...containers,
          onFacts(facts, settled) {
            responding.known(facts);
            half?.say({ say: "known", facts, settled });
          },
          onProblem: (problem) => onEvent(problem.line()),
        });
  const stopping = new AbortController();
  const asked = new Promise<string>((resolve) =>
    stopping.signal.addEventListener("abort", () => resolve("was stopped"), { once: true }),
  );
  let blind: Blind | undefined;
  let lost: DetectedStream | undefined;

  async function start(): Promise<Half> {
    return await startHalf(options, {
      frames,
      begin: {
        say: "begin",
        settings: { ...settings, ...renewedSettings(settings, lookedFor) },
        user: options.user ?? null,
        hasSensor: place !== undefined,
        ...(options.isFixed === true ? { now: now().getTime() } : {}),
        ...(blind === undefined ? {} : { blind }),
      },
      onRequest(request) {
        if (request.say === "ask") following?.ask(request.container);
        else if (request.say === "line") files.get(request.output)?.write(request.text);
        else if (request.say === "respond") respond(request.request);
      },
      sensorBegan: () => responding.sensorBegan(),
    });
  }

  function respond(line: string): void {
    const request = readResponseRequest(line);
    if (request === undefined) onEvent(REFUSED);
    else responding.respond(request);
  }

  /** @returns what it found that was there at the end */
  async function keep(first: Half): Promise<readonly DetectedStream[]> {
    for (let current: Half | undefined = first; current !== undefined; current = await another()) {
      half = current;
      const how = await Promise.race([current.ended, asked]);
      half = undefined;
      if (stopping.signal.aborted) return await current.stop();
      blind = {
        since: BigInt(readClock().getTime()) * 1_000_000n,
        reason: `the process that evaluates rules ${how}`,
        host: hostname(),
      };
      onEvent(`${blind.reason}: it is started again`);
      lost ??= forgotten(blind.reason);
    }
    return [];
  }

  async function another(): Promise<Half | undefined> {
    for (let wait = AGAIN; ; wait = Math.min(2 * wait, MOST_AGAIN)) {
      await delay(wait, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (stopping.signal.aborted) return undefined;
      try {
        return await start();
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        onEvent(`${error.line()} (tried again in ${Math.min(2 * wait, MOST_AGAIN) / 1_000} s)`);
      }
    }
  }

  async function closeAll(): Promise<void> {
    await responding.close();
    await following?.close();
    await Promise.all([...files.values()].map((file) => file.close()));
    frames.close();
  }

  let first: Half;
  try {
    first = await start();
  } catch (error) {
    await closeAll();
    throw error;
  }
  const kept = keep(first);
  return {
    ports: first.ports,
    failed: new Promise(() => undefined),
    async renew(renewed) {
      lookedFor = renewed;
      responding.adopt(renewed.lookedFor.policy);
      half?.say({ say: "renew", renewed });
    },
    reopen() {
      for (const file of files.values()) file.reopen();
      half?.say({ say: "reopen" });
    },
    async stop() {
      stopping.abort();
      const streams = await kept;
      await closeAll();
      return [...streams, ...(lost === undefined ? [] : [lost])];
    },
  };
}

function renewedSettings(settings: StartOptions["settings"], { lookedFor, audit }: Renewed) {
  return { lookedFor, ...(settings.audit === undefined ? {} : { audit: { ...settings.audit, ...audit } }) };
}

/** What it had found is gone with it; that it was told at once is no summary. */
function forgotten(reason: string): DetectedStream {
  const read = { events: 0, evaluated: 0, lost: [], evicted: {} };
  const gap = { code: "events.blind", reason: `${reason}: what was found until then is not in the summary` };
  return { alerts: [], seen: [{ host: hostname() }], read, gaps: [gap] };
}

/** The other process, and what it does with sensors. */
interface Half {
  readonly ports: Started["ports"];
  /** How it has ended. */
  readonly ended: Promise<string>;
  say(message: ToWorker): void;
  /** Of it and of its sensor. */
  pids(): readonly number[];
  /** Tells the sensor a command of this process's. @throws Problem `runtime.sensor` */
  tell(command: string): Promise<void>;
  stop(): Promise<readonly DetectedStream[]>;
}

interface HalfOptions {
  readonly frames: FramesSocket;
  readonly begin: Extract<ToWorker, { say: "begin" }>;
  onRequest(request: FromWorker): void;
  sensorBegan(): void;
}

/** @throws Problem as it says why it cannot begin */
async function startHalf({ words, place, onEvent }: SuperviseOptions, options: HalfOptions): Promise<Half> {
  const { frames, begin, onRequest } = options;
  const worker: Worker = await startWorker(words);
  const ready = Promise.withResolvers<Started["ports"]>();
  const done = Promise.withResolvers<void>();
  const streams: { alerts: DetectedStream["alerts"][number][]; read?: Omit<DetectedStream, "alerts"> }[] = [];
  const say = (message: ToWorker) => void channel.send(message);
  const sensors: Sensors | undefined =
    place?.kind === "program"
      ? createSensors({ place, frames, say, onEvent, own: [process.pid, worker.pid], onBegan: options.sensorBegan })
      : undefined;
  const channel: Channel = openChannel(worker.channel, {
    lineBytes: LINE,
    onMessage(message) {
      const request = requestOf(message);
      if (request === undefined) onEvent(REFUSED);
      else heard(request);
    },
    onEnd(why) {
      if (why !== undefined) onEvent(`the process that evaluates rules: ${why}`);
      done.resolve();
      if (why !== undefined) worker.kill();
    },
  });

  function heard(request: FromWorker): void {
    switch (request.say) {
      case "ready":
        ready.resolve(request.ports);
        return;
      case "failed": {
        const { code, place: where, cause, remedy } = request;
        const problem = { kind: "unavailable" as const, code, place: where, cause };
        ready.reject(new Problem({ ...problem, ...(remedy === undefined ? {} : { remedy }) }));
        return;
      }
      case "event":
        onEvent(request.text);
        return;
      case "open":
      case "command":
      case "answer":
      case "close":
        sensors?.heard(request);
        return;
      case "alert":
        streamOf(request.stream).alerts.push(request.alert);
        return;
      case "stream":
        streamOf(request.stream).read = request.read;
        return;
      case "done":
        done.resolve();
        return;
      default:
        onRequest(request);
    }
  }

  function streamOf(index: number): (typeof streams)[number] {
    while (streams.length <= index) streams.push({ alerts: [] });
    return streams[index] as (typeof streams)[number];
  }

  const ended = worker.ended.then(async (how) => {
    ready.reject(new Problem({ kind: "unavailable", code: "runtime.worker", place: "rules", cause: how }));
    done.resolve();
    await sensors?.close();
    return how;
  });
  say(begin);
  try {
    const ports = await ready.promise;
    return {
      ports,
      ended,
      say,
      pids: () => [worker.pid, ...(sensors?.pids() ?? [])],
      tell: async (command) => await sensors?.tell(command),
      async stop() {
        say({ say: "stop" });
        const timeout = setTimeout(() => worker.kill(), END);
        await done.promise;
        channel.close();
        await ended;
        clearTimeout(timeout);
        return streams.flatMap(({ alerts, read }) => (read === undefined ? [] : [{ ...read, alerts }]));
      },
    };
  } catch (error) {
    worker.kill();
    await ended;
    throw error;
  }
}
