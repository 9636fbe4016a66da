/** The process that evaluates rules, without rights: what it reads are attackers' words. */
import { connect, Socket as NetSocket, type Socket } from "node:net";
import { readClock } from "../../../core/clock.ts";
import { Problem } from "../../../core/problem.ts";
import { systemCause } from "../../../core/system-cause.ts";
import type { Alert } from "../../../engines/events/model.ts";
import type { DetectedStream } from "../../../evaluate/runtime/detections.ts";
import type { LineSink } from "../../../scan/serving/line-sink.ts";
import { openLineSink } from "../../../scan/serving/line-sink.ts";
import { errorText } from "../../../scan/serving/tell.ts";
import { responseRequestOf, writeResponseRequest } from "../response/request.ts";
import { sensorProblem } from "../sensor/commands.ts";
import { spokenTo } from "../sensor/open.ts";
import { type Channel, openChannel } from "./channel.ts";
import { dropRights } from "./drop-rights.ts";
import type { FromWorker, ToWorker } from "./messages.ts";
import { responds } from "./responding.ts";
import { type RunLinks, type RunningWatch, runWatch } from "./run.ts";

/** The descriptor of the channel to the process that started this one. */
const CHANNEL = 3;
/** Bytes of a message: rules of several megabytes among them. */
const LINE = 512 * 1024 * 1024;

/** Milliseconds. */
const END = 15_000;

/**
 * Until it is told to stop, or nobody is there to tell it.
 *
 * @param onReady - called once all has begun
 */
export async function work(onReady: () => void): Promise<void> {
  const over = Promise.withResolvers<void>();
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, () => undefined);
  const sensors = new Map<number, Opened>();
  let running: RunningWatch | undefined;
  let isResponding = false;
  const stream = new NetSocket({ fd: CHANNEL, readable: true, writable: true });
  const channel = openChannel(stream, {
    lineBytes: LINE,
    onMessage: (message) => void heard(message as unknown as ToWorker).catch(failed),
    // Whoever could read what is told is gone.
    onEnd() {
      // What still holds this process after that is a mistake of ours.
      setTimeout(() => process.kill(process.pid, "SIGKILL"), END).unref();
      for (const sensor of sensors.values()) sensor.ended("nobody is there to start it", undefined);
      void end().finally(over.resolve);
    },
  });
  const say = (message: FromWorker) => channel.send(message);

  function failed(error: unknown): void {
    if (error instanceof Problem) {
      const { code, place, message: cause, remedy } = error;
      say({ say: "failed", code, place, cause, ...(remedy === undefined ? {} : { remedy }) });
    } else say({ say: "failed", code: "runtime.worker", place: "rules", cause: errorText(error) });
    channel.close();
  }

  async function heard(message: ToWorker): Promise<void> {
    switch (message.say) {
      case "begin": {
        const { settings, user, hasSensor, now, blind } = message;
        if (user !== null) dropRights(user);
        const clock = () => (now === undefined ? readClock() : new Date(now));
        isResponding = responds(settings.lookedFor.policy);
        const links = linksTo(channel, settings.outputs, clock);
        const onMatch = (alert: Alert) => {
          if (isResponding) say({ say: "respond", request: writeResponseRequest(responseRequestOf(alert)) });
        };
        const opening = hasSensor ? { openSensor: opener(say, sensors) } : {};
        running = await runWatch(
          { ...settings, ...(blind === undefined ? {} : { blind }) },
          { ...links, ...opening, onMatch },
        );
        say({ say: "ready", ports: running.ports });
        onReady();
        return;
      }
      case "frames":
        sensors.get(message.sensor)?.frames(message.path, message.token);
        return;
      case "sensor-ended":
        sensors.get(message.sensor)?.ended(message.why ?? undefined, message.remedy);
        sensors.delete(message.sensor);
        return;
      case "known":
        running?.known(message.facts, message.settled);
        return;
      case "record":
        running?.record(message.record);
        return;
      case "renew":
        isResponding = responds(message.renewed.lookedFor.policy);
        await running?.renew(message.renewed);
        return;
      case "reopen":
        running?.reopen();
        return;
      case "stop":
        await stop();
    }
  }

  async function end(): Promise<readonly DetectedStream[]> {
    const ending = running;
    running = undefined;
    return (await ending?.stop()) ?? [];
  }

  async function stop(): Promise<void> {
    const streams = await end();
    for (const [index, { alerts, ...read }] of streams.entries()) {
      let dropped = 0;
      for (const alert of alerts) if (!say({ say: "alert", stream: index, alert })) dropped += 1;
      const gap = { code: "events.alerts", reason: `${dropped} alerts are not in the summary` };
      say({ say: "stream", stream: index, read: dropped === 0 ? read : { ...read, gaps: [...read.gaps, gap] } });
    }
    say({ say: "done" });
    channel.close();
  }

  await over.promise;
}

/** A sensor that was asked for, as the other process tells of it. */
interface Opened {
  ended(why: string | undefined, remedy: string | undefined): void;
  frames(path: string, token: string): void;
}

function linksTo(channel: Channel, outputs: ToWorkerOutputs, now: () => Date): Omit<RunLinks, "openSensor"> {
  const say = (message: FromWorker) => channel.send(message);
  const onEvent = (text: string) => void say({ say: "event", text });
  return {
    now,
    onEvent,
    containerSeen: (container) => void say({ say: "ask", container }),
    lines(path) {
      if (path === "-") return openLineSink({ path, onProblem: (problem) => onEvent(problem.line()) });
      // Files are the other process's: this one could not open them anew.
      return linesOver(
        channel,
        outputs.findIndex((one) => one.kind === "file" && one.path === path),
      );
    },
  };
}

type ToWorkerOutputs = Extract<ToWorker, { say: "begin" }>["settings"]["outputs"];

function linesOver(channel: Channel, output: number): LineSink {
  let dropped = 0;
  return {
    write(text) {
      if (!channel.send({ say: "line", output, text } satisfies FromWorker)) dropped += 1;
    },
    dropped: () => dropped,
    reopen: () => undefined,
    async close() {},
  };
}

function opener(
  say: (message: FromWorker) => boolean,
  sensors: Map<number, Opened>,
): NonNullable<RunLinks["openSensor"]> {
  let last = 0;
  return async (hooks, sink, notices) => {
    const sensor = ++last;
    const ended = Promise.withResolvers<string | undefined>();
    const opened = Promise.withResolvers<Socket>();
    opened.promise.catch(() => undefined);
    sensors.set(sensor, {
      ended(why, remedy) {
        ended.resolve(why);
        opened.reject(sensorProblem("the sensor", why ?? "ended at once", remedy));
      },
      frames: (path, token) => void toFrames(path, token).then(opened.resolve, opened.reject),
    });
    say({ say: "open", sensor, hooks });
    const frames = await opened.promise;
    return await spokenTo(
      {
        hooks,
        sink,
        notices: {
          ...notices,
          answer(command, done, why) {
            notices.answer?.(command, done, why);
            say({ say: "answer", sensor, command, done, why });
          },
        },
      },
      {
        place: "the sensor",
        frames,
        send: (line) => say({ say: "command", sensor, line: line.trimEnd() }),
        why: () => ended.promise,
        async end() {
          say({ say: "close", sensor });
          await ended.promise;
        },
      },
    );
  };
}

/** The sensor writes to the other end of this connection. */
async function toFrames(path: string, token: string): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const socket = connect({ path });
  const failed = (error: Error) => reject(sensorProblem("the sensor", systemCause(error)));
  socket.once("error", failed);
  socket.once("connect", () => {
    socket.off("error", failed);
    socket.write(token);
    resolve(socket);
  });
  return await promise;
}
