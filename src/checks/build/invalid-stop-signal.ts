import { dockerfileCheck } from "./dockerfile/lint-check.ts";

/** Signals of Linux (signal(7)), the real-time ones apart. */
const NAMES = new Set(
  "ABRT ALRM BUS CHLD CLD CONT FPE HUP ILL INT IO IOT KILL PIPE POLL PROF PWR QUIT SEGV STKFLT STOP SYS TERM TRAP TSTP TTIN TTOU URG USR1 USR2 VTALRM WINCH XCPU XFSZ".split(
    " ",
  ),
);

/** What is wrong with it as a signal to stop; undefined where nothing is. */
function wrong(value: string): string | undefined {
  if (/^\d+$/.test(value)) {
    const number = Number(value);
    if (number === 9 || number === 19) return "cannot be caught, so the program cannot shut down cleanly";
    return number >= 1 && number <= 64 ? undefined : "is no number of a signal";
  }
  const name = value.toUpperCase().replace(/^SIG/, "");
  if (name === "KILL" || name === "STOP") return "cannot be caught, so the program cannot shut down cleanly";
  return NAMES.has(name) || /^RTM(?:IN(?:\+\d{1,2})?|AX(?:-\d{1,2})?)$/.test(name) ? undefined : "is not a signal";
}

/** STOPSIGNAL of what is none, or of one that no program gets (Dockerfile reference, STOPSIGNAL). */
export const invalidStopSignal = dockerfileCheck({
  name: "invalid-stop-signal",
  title: "Invalid or uncatchable STOPSIGNAL",
  severity: "low",
  documentation: {
    what: "Checks `STOPSIGNAL`: unknown signals, and `SIGKILL` and `SIGSTOP`, are reported.",
    why: "The container does not start with a signal that is none. With one that cannot be handled the program is cut off in the middle of what it writes.",
    fix: "Name the signal that the program ends on, as a rule `SIGTERM`, which is the default.",
    references: ["https://docs.docker.com/reference/dockerfile/#stopsignal"],
  },
  needs: { dockerfile: "partial" },
  *detect({ dockerfile }) {
    for (const { instructions, index } of dockerfile.stages) {
      for (const instruction of instructions) {
        const [word] = instruction.keyword === "STOPSIGNAL" ? instruction.words : [];
        const what = word?.value === undefined ? undefined : wrong(word.value);
        if (word === undefined || what === undefined) continue;
        yield {
          subject: `STOPSIGNAL ${word.text}`,
          title: `${word.text} ${what}`,
          range: word.range,
          stage: index,
          fix: "set a signal that ends the program, for example STOPSIGNAL SIGTERM",
        };
      }
    }
  },
});
