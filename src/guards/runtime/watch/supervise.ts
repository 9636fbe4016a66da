/**
 * Watching in two processes: this one keeps root's rights, starts the sensor, asks runtimes for containers and writes files; the
 * other one has none, and reads what attackers wrote. The sensor's frames go straight there.
 */
import { hostname } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { Problem } from "../../../core/problem.ts";
import type { DetectedStream } from "../../../evaluate/runtime/detections.ts";
import { followContainers } from "../../../scan/runtime-containers.ts";
import type { LineSink } from "../../../scan/serving/line-sink.ts";
import { type Channel, openChannel } from "./channel.ts";
import { type FramesSocket, openFramesSocket } from "./frames-socket.ts";
import type { Started, StartOptions } from "./here.ts";
import type { FromWorker, ToWorker } from "./messages.ts";
import { requestOf } from "./requests.ts";
import type { Renewed } from "./run.ts";
import { createSensors, type Sensors } from "./supervised-sensors.ts";
import { startWorker, type Worker } from "./worker.ts";

export interface SuperviseOptions extends StartOptions {
  /** Words that this program is started with to be the other process. */
  readonly words: readonly string[];
  /** Whom it runs as; absent: as this one, who is not root. */
  readonly user?: { readonly uid: number; readonly gid: number };
}

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
  const following =
    containers === undefined
      ? undefined
      : await followContainers({
          ...containers,
          onFacts: (facts, settled) => half?.say({ say: "known", facts, settled }),
          onProblem: (problem) => onEvent(problem.line()),
        });
  let isStopping = false;
  const lost: DetectedStream[] = [];

  async function start(blind?: Extract<ToWorker, { say: "begin" }>["blind"]): Promise<Half> {
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
      },
    });
  }

  async function keep(first: Half): Promise<void> {
    let wait = AGAIN;
    for (let current = first; ; ) {
      half = current;
      const how = await current.ended;
      if (isStopping) return;
      half = undefined;
      const since = BigInt(Date.now()) * 1_000_000n;
      const reason = `the process that evaluates rules ${how}`;
      onEvent(`${reason}: it is started again`);
      lost.push(forgotten(reason));
      for (;;) {
        await delay(wait);
        if (isStopping) return;
        try {
          current = await start({ since, reason, host: hostname() });
          wait = AGAIN;
          break;
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
          wait = Math.min(2 * wait, MOST_AGAIN);
          onEvent(`${error.line()} (tried again in ${wait / 1_000} s)`);
        }
      }
    }
  }

  async function closeAll(): Promise<void> {
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
      half?.say({ say: "renew", renewed });
    },
    reopen() {
      for (const file of files.values()) file.reopen();
      half?.say({ say: "reopen" });
    },
    async stop() {
      isStopping = true;
      const streams = (await half?.stop()) ?? [];
      await Promise.race([kept, delay(0)]);
      await closeAll();
      return [...streams, ...lost.slice(0, 1)];
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
  stop(): Promise<readonly DetectedStream[]>;
}

interface HalfOptions {
  readonly frames: FramesSocket;
  readonly begin: Extract<ToWorker, { say: "begin" }>;
  onRequest(request: FromWorker): void;
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
      ? createSensors({ place, frames, say, onEvent, own: [process.pid, worker.pid] })
      : undefined;
  const channel: Channel = openChannel(worker.channel, {
    lineBytes: LINE,
    onMessage(message) {
      const request = requestOf(message);
      if (request === undefined) onEvent("what the process that evaluates rules asked for is refused");
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
