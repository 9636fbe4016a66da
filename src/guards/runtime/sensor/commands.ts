/** Commands to the sensor, and their answers by number (docs/sensor-control.md). */
import { Problem } from "../../../core/problem.ts";
import { bounds } from "./bounds.ts";

export interface Commands {
  /**
   * Sends one, without its number.
   *
   * @throws Problem `runtime.sensor` with why it was not done, or where no answer comes in time
   */
  tell(command: string): Promise<void>;
  /** What came of one. */
  answer(number: number, done: boolean, why: string): void;
  /** Nobody answers from now on. */
  close(why: string): void;
}

/**
 * @param place - how the sensor is named to the user
 * @param send - gets each line, its end among it; false: nobody takes it
 * @param from - numbers that are higher are this one's: a sensor may be told commands by several
 */
export function createCommands(
  place: string,
  send: (line: string) => boolean,
  milliseconds: number = bounds.answerMilliseconds,
  from = 0,
): Commands {
  const waiting = new Map<number, { done(): void; failed(problem: Problem): void }>();
  let last = from;
  let closed: string | undefined;

  return {
    async tell(command) {
      const number = ++last;
      const line = `${number} ${command}\n`;
      const what = `command ${command.split(" ", 1)[0] ?? ""}`;
      const refused = (cause: string) => sensorProblem(place, `${what}: ${cause}`);
      if (closed !== undefined) throw refused(closed);
      if (/[\n\0]/.test(command)) throw refused("has a line break");
      if (Buffer.byteLength(line) > bounds.commandBytes) throw refused(`over ${bounds.commandBytes} bytes`);
      if (waiting.size >= bounds.commands) throw refused(`${bounds.commands} commands wait for answers`);
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const late = setTimeout(
        () => end(number)?.failed(refused(`no answer in ${milliseconds / 1_000} s`)),
        milliseconds,
      );
      waiting.set(number, {
        done: () => resolve(),
        failed: (problem) => reject(problem),
      });
      try {
        if (!send(line)) throw refused("nobody takes it");
        await promise;
      } finally {
        clearTimeout(late);
        waiting.delete(number);
      }
    },
    answer(number, done, why) {
      const one = end(number);
      if (done) one?.done();
      else one?.failed(sensorProblem(place, `command refused: ${why === "" ? "no reason given" : why}`));
    },
    close(why) {
      closed ??= why;
      for (const one of waiting.values()) one.failed(sensorProblem(place, why));
      waiting.clear();
    },
  };

  function end(number: number) {
    const one = waiting.get(number);
    waiting.delete(number);
    return one;
  }
}

export function sensorProblem(place: string, cause: string, remedy?: string): Problem {
  const more = remedy === undefined ? {} : { remedy };
  return new Problem({ kind: "unavailable", code: "runtime.sensor", place, cause, ...more });
}
