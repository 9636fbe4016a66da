/** Sensors that the process without rights asks for: started here, told what it may say, their frames sent straight to it. */
import { isEvidenceProblem, type Problem } from "../../../core/problem.ts";
import type { SensorPlace } from "../model.ts";
import { createCommands, sensorProblem } from "../sensor/commands.ts";
import { endProgram } from "../sensor/open.ts";
import { checkSensor, type SensorProgram, startSensorProgram } from "../sensor/program.ts";
import type { FramesSocket } from "./frames-socket.ts";
import type { FromWorker, ToWorker } from "./messages.ts";

export interface SensorsOptions {
  readonly place: Extract<SensorPlace, { kind: "program" }>;
  readonly frames: FramesSocket;
  /** Processes of ours, that the sensor tells nothing of. */
  readonly own: readonly number[];
  /** Another one than the first runs. */
  onBegan(): void;
  say(message: ToWorker): void;
  onEvent(text: string): void;
}

export interface Sensors {
  heard(request: Extract<FromWorker, { say: "open" | "command" | "answer" | "close" }>): void;
  /** A command of this process's own. @throws Problem `runtime.sensor` with why it was not done */
  tell(command: string): Promise<void>;
  /** Of the one that runs. */
  pids(): readonly number[];
  /** Ends what runs. */
  close(): Promise<void>;
}

/** Numbers of this process's own commands begin here: the other's have nine digits at most. */
const OWN_NUMBERS = 1_000_000_000;

interface Running {
  readonly sensor: number;
  readonly program: SensorProgram;
  readonly commands: ReturnType<typeof createCommands>;
}

export function createSensors({ place, frames, own, say, onEvent, onBegan }: SensorsOptions): Sensors {
  let running: Running | undefined;
  let opening: Promise<void> = Promise.resolve();

  async function open(sensor: number, hooks: readonly string[]): Promise<void> {
    await close();
    let program: SensorProgram;
    try {
      checkSensor(place.file);
      const socket = await frames.accept((token) => say({ say: "frames", sensor, path: frames.path, token }));
      const owns = own.flatMap((pid) => ["--own", String(pid)]);
      try {
        program = await startSensorProgram({
          file: place.file,
          words: [...place.words, ...owns, "--hooks", hooks.join(",")],
          frames: socket,
          onMessage: onEvent,
        });
      } finally {
        // The sensor has its own; that one end is left says when it has ended.
        socket.destroy();
      }
    } catch (error) {
      if (!isEvidenceProblem(error)) throw error;
      const { message: why, remedy } = error as Problem;
      say({ say: "sensor-ended", sensor, why, ...(remedy === undefined ? {} : { remedy }) });
      return;
    }
    const commands = createCommands(place.file, (line) => program.send(line), undefined, OWN_NUMBERS);
    running = { sensor, program, commands };
    if (sensor > 1) onBegan();
    void program.ended.then((why) => {
      commands.close("the sensor has ended");
      if (running?.program === program) running = undefined;
      say({ say: "sensor-ended", sensor, why: why ?? null });
    });
  }

  async function close(): Promise<void> {
    const current = running;
    if (current !== undefined) await endProgram(current.program);
  }

  return {
    heard(request) {
      switch (request.say) {
        case "open":
          // One after the other: the one before must have ended.
          opening = opening.then(() => open(request.sensor, request.hooks));
          return;
        case "command":
          if (running?.sensor === request.sensor) running.program.send(`${request.line}\n`);
          return;
        case "answer":
          if (running?.sensor !== request.sensor) return;
          running.commands.answer(request.command, request.done, request.why);
          return;
        default:
          if (running?.sensor === request.sensor) void close();
          // It may have ended already, and then somebody waits.
          else say({ say: "sensor-ended", sensor: request.sensor, why: null });
      }
    },
    async tell(command) {
      if (running === undefined) throw sensorProblem(place.file, "it is not there at the moment");
      await running.commands.tell(command);
    },
    pids: () => (running === undefined ? [] : [running.program.pid]),
    async close() {
      await opening;
      await close();
    },
  };
}
